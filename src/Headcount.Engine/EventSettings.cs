using Headcount.Core;

namespace Headcount.Engine;

/// <summary>What an event's gates go by, besides its tickets. Immutable: a change is a new value.</summary>
public sealed record EventSettings
{
    /// <summary>The event's number in the database.</summary>
    public required long EventId { get; init; }

    /// <summary>The event's name in addresses.</summary>
    public required string Slug { get; init; }

    /// <summary>The event's name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The zone in which the venue reads its clock.</summary>
    public required Zone Zone { get; init; }

    /// <summary>Capacity, gates, ticket types, hours and re-entry.</summary>
    public required AdmissionRules Rules { get; init; }

    /// <summary>At which percentages of the capacity an alert is raised, ascending.</summary>
    public IReadOnlyList<int> AlertLevels { get; init; } = [80, 90, 100];

    /// <summary>What each gate does while it is cut off from the server; a gate that is not here goes by its lease.</summary>
    public IReadOnlyDictionary<string, DegradedMode> DegradedModes { get; init; } = new Dictionary<string, DegradedMode>();

    /// <summary>Whether entries take a signed code, and plain ids are refused.</summary>
    public bool RequiresCodes { get; init; }

    /// <summary>Whether the event is over for good: its log can be read, and takes no more scans.</summary>
    public bool IsArchived { get; init; }
}
