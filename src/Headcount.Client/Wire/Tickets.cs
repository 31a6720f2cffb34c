using System.Text.Json.Serialization;

namespace Headcount.Client;

/// <summary>What may be said of a ticket when it is taken in or changed. What is null is not said: it stays as it is.</summary>
public abstract record TicketTerms
{
    private protected TicketTerms()
    {
    }

    /// <summary>Its type; one that is not known yet is made.</summary>
    public string? TicketType { get; init; }

    /// <summary>Whose it is.</summary>
    public string? UserId { get; init; }

    /// <summary>Whether it is good; a new one is valid by default.</summary>
    public TicketStatus? Status { get; init; }

    /// <summary>From when it is good.</summary>
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>Until when it is good.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>The only gates it opens, in place of all before.</summary>
    public IReadOnlyList<string>? Gates { get; init; }

    /// <summary>Whether nobody who went out comes in again.</summary>
    public bool? SingleEntry { get; init; }
}

/// <summary>A row of the register to take in. Of a ticket that is known, what is null stays as it is.</summary>
public sealed record NewTicket : TicketTerms
{
    /// <summary>The ticket, 1 to 128 characters.</summary>
    public required string TicketId { get; init; }
}

/// <summary>What to change of a ticket; what is null stays as it is. It holds from the next scan.</summary>
public sealed record TicketChange : TicketTerms
{
    /// <summary>Fields to make empty, by their names on the wire: <c>valid_until</c>, <c>ticket_type</c> and so on.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Clear { get; init; } = [];
}

/// <summary>Whether a ticket is good.</summary>
[JsonConverter(typeof(SnakeCaseEnum<TicketStatus>))]
public enum TicketStatus
{
    /// <summary>It is.</summary>
    Valid,

    /// <summary>Cancelled, refunded, blocked or replaced.</summary>
    Revoked,

    /// <summary>Its order is not paid.</summary>
    Unpaid,
}

/// <summary>A ticket as it stands.</summary>
public sealed record Ticket
{
    /// <summary>The ticket.</summary>
    public string TicketId { get; init; } = "";

    /// <summary>Its type; null = none.</summary>
    public string? TicketType { get; init; }

    /// <summary>Whose it is, where the caller may know.</summary>
    public string? UserId { get; init; }

    /// <summary>Whether it is good.</summary>
    public TicketStatus Status { get; init; }

    /// <summary>From when it is good.</summary>
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>Until when it is good.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>The only gates it opens; null or empty = every gate.</summary>
    public IReadOnlyList<string>? Gates { get; init; }

    /// <summary>Whether nobody who went out comes in again.</summary>
    public bool SingleEntry { get; init; }

    /// <summary>Whether it is inside; null where the answer does not say.</summary>
    public bool? Inside { get; init; }
}

/// <summary>Whether a ticket would get in now. Asking changes nothing.</summary>
public sealed record TicketValidity
{
    /// <summary>Whether it would.</summary>
    public bool IsValid { get; init; }

    /// <summary>Why not: one of <see cref="RefusalReasons"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it is inside.</summary>
    public bool Inside { get; init; }

    /// <summary>Its type; null = none, or unknown.</summary>
    public string? TicketType { get; init; }
}

/// <summary>What became of rows of the register.</summary>
public sealed record TicketImport
{
    /// <summary>Rows taken in.</summary>
    public long Imported { get; init; }

    /// <summary>Rows that could not be taken.</summary>
    public long Invalid { get; init; }

    /// <summary>Ticket types that were not known before, and are made.</summary>
    public IReadOnlyList<string> TicketTypesCreated { get; init; } = [];

    /// <summary>The rows that could not be taken; of many, the first ones.</summary>
    public IReadOnlyList<TicketImportRow> Results { get; init; } = [];
}

/// <summary>A row of the register that was not taken.</summary>
public sealed record TicketImportRow
{
    /// <summary>Its place, from 0.</summary>
    public long Index { get; init; }

    /// <summary>Its line, from 1.</summary>
    public long? Line { get; init; }

    /// <summary><c>invalid</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>What is wrong with it.</summary>
    public string? Error { get; init; }
}
