namespace Headcount.Core;

/// <summary>What a ticket is worth at the gate.</summary>
public enum TicketStatus : byte
{
    /// <summary>Paid and not taken back.</summary>
    Valid,

    /// <summary>Cancelled, refunded, blocked or replaced.</summary>
    Revoked,

    /// <summary>Its order is not paid.</summary>
    Unpaid,
}

/// <summary>One ticket of a register.</summary>
public sealed record Ticket(TicketId TicketId)
{
    /// <summary>The type of a ticket that no register knows.</summary>
    public const string UnknownType = "unknown";

    /// <summary>Its type, <c>VIP</c> for example; null where the register gives none.</summary>
    public string? TicketType { get; init; }

    /// <summary>Whose it is; null where the register does not say.</summary>
    public string? UserId { get; init; }

    /// <summary>Whether it is good for anything.</summary>
    public TicketStatus Status { get; init; }

    /// <summary>From when it opens a gate (inclusive); null = always.</summary>
    public Instant? ValidFrom { get; init; }

    /// <summary>Until when it opens a gate (exclusive); null = always.</summary>
    public Instant? ValidUntil { get; init; }

    /// <summary>The only gates it opens; empty = every gate.</summary>
    public IReadOnlyList<GateName> Gates { get; init; } = [];

    /// <summary>Whether it admits once only.</summary>
    public bool SingleEntry { get; init; }
}
