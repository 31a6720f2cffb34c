using Headcount.Core;

namespace Headcount.Data.Tickets;

/// <summary>In which order tickets are listed; ties go by their ids.</summary>
public enum TicketOrder
{
    Id,
    Name,
    Type,
    Status,
    Changed,
}

/// <summary>Which tickets of an event are looked for; what is null asks for nothing.</summary>
public sealed record TicketCriteria
{
    public required long EventId { get; init; }

    /// <summary>What somebody typed: the beginnings of words of ids, names or e-mail addresses, all of which must be there.</summary>
    public string? Search { get; init; }

    /// <summary>One of these types; an empty text asks for tickets without one.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    public TicketStatus? Status { get; init; }
}

/// <summary>A place in a list: after this ticket the next page begins.</summary>
/// <param name="Key">What the list is in order of, of that ticket.</param>
/// <param name="TicketId">The ticket.</param>
public readonly record struct TicketPlace(string Key, string TicketId);

/// <summary>A ticket of a list, with whose it is.</summary>
public sealed record ListedTicket
{
    public required string TicketId { get; init; }

    public string? TicketType { get; init; }

    public TicketStatus Status { get; init; }

    public string? UserId { get; init; }

    public string? Name { get; init; }

    public string? Email { get; init; }

    public Instant UpdatedAt { get; init; }

    public required TicketPlace Place { get; init; }
}
