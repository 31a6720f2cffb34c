namespace Headcount.Core;

/// <summary>What one ticket is worth at the gate: its register entry without the person.</summary>
public sealed record TicketTerms
{
    /// <summary>The terms of every ticket where there is no register: valid, of no type, limited by nothing.</summary>
    public static readonly TicketTerms Any = new();

    /// <summary>Its type; null = none.</summary>
    public string? TicketType { get; init; }

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
