namespace Headcount.Core;

/// <summary>What a venue allows at its gates.</summary>
public sealed record AdmissionRules
{
    /// <summary>The re-entry window of the field: back in less than five minutes after an exit is worth a look.</summary>
    public static readonly TimeSpan DefaultReentryWindow = TimeSpan.FromMinutes(5);

    /// <summary>How many people may be inside; 0 or more.</summary>
    public required long Capacity { get; init; }

    /// <summary>The firm limit that no override passes; null = none.</summary>
    public long? FirmCapacity { get; init; }

    /// <summary>An entry less than this after the ticket's latest exit scan is rapid; exactly this long is not.</summary>
    public TimeSpan ReentryWindow { get; init; } = DefaultReentryWindow;

    /// <summary>Whether a rapid re-entry is refused (<c>too_soon</c>) or let in with a warning.</summary>
    public bool RejectRapidReentry { get; init; }

    /// <summary>The event's gates; empty = any name will do.</summary>
    public IReadOnlySet<string> Gates { get; init; } = new HashSet<string>();

    /// <summary>From when the doors are open (inclusive); null = always.</summary>
    public Instant? OpensAt { get; init; }

    /// <summary>Until when the doors are open (exclusive); null = always.</summary>
    public Instant? ClosesAt { get; init; }

    /// <summary>What each ticket type allows, by its name; a type that is not here allows everything and overrides nothing.</summary>
    public IReadOnlyDictionary<string, TicketTypeRules> TicketTypes { get; init; } = DefaultTicketTypes;

    /// <summary>The types of a stream that says nothing of them: <c>VIP</c> passes a full house.</summary>
    public static readonly IReadOnlyDictionary<string, TicketTypeRules> DefaultTicketTypes = Overriding("VIP");

    /// <summary>Types that pass a full house, and limit nothing else.</summary>
    public static IReadOnlyDictionary<string, TicketTypeRules> Overriding(params IEnumerable<string> types) =>
        types.Distinct(StringComparer.Ordinal).ToDictionary(type => type, _ => new TicketTypeRules { Override = true }, StringComparer.Ordinal);

    /// <summary>What a type allows; null where nothing is said of it.</summary>
    internal TicketTypeRules? OfType(string? type) => type is not null && TicketTypes.TryGetValue(type, out var rules) ? rules : null;
}

/// <summary>What a type of ticket allows.</summary>
public sealed record TicketTypeRules
{
    /// <summary>Whether it passes a full house (never a firm limit).</summary>
    public bool Override { get; init; }

    /// <summary>From when it opens a gate (inclusive); null = always.</summary>
    public Instant? ValidFrom { get; init; }

    /// <summary>Until when it opens a gate (exclusive); null = always.</summary>
    public Instant? ValidUntil { get; init; }

    /// <summary>The only gates it opens; empty = every gate.</summary>
    public IReadOnlyList<GateName> Gates { get; init; } = [];

    /// <summary>Whether it admits once only.</summary>
    public bool SingleEntry { get; init; }
}
