using Headcount.Core;

namespace Headcount.Streams;

/// <summary>A ticket as one element of a register gives it: what the element does not say, or leaves empty, is null.</summary>
internal sealed record GivenTicket(TicketId TicketId)
{
    public string? TicketType { get; init; }

    public string? UserId { get; init; }

    public TicketStatus? Status { get; init; }

    public Instant? ValidFrom { get; init; }

    public Instant? ValidUntil { get; init; }

    /// <summary>The only gates it opens; empty = every gate.</summary>
    public IReadOnlyList<GateName>? Gates { get; init; }

    public bool? SingleEntry { get; init; }
}
