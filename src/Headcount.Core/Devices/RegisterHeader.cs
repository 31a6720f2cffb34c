namespace Headcount.Core;

/// <summary>The first line of a download: what the gates go by, and what the download is of.</summary>
public sealed record RegisterHeader
{
    /// <summary>Whether everything comes, in place of what was known; otherwise changes.</summary>
    public required bool IsSnapshot { get; init; }

    /// <summary>Whether only tickets that are not valid come: what is not there is proven by its signed code alone.</summary>
    public required bool IsOfCodes { get; init; }

    /// <summary>The event's name in addresses.</summary>
    public required string Event { get; init; }

    /// <summary>The event's number, which its codes name.</summary>
    public required long EventId { get; init; }

    /// <summary>The event's name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The venue's zone.</summary>
    public required string Zone { get; init; }

    /// <summary>The version of the register after it, to ask for changes since.</summary>
    public required string Version { get; init; }

    /// <summary>The last record of the log that is reflected for certain.</summary>
    public required long Seq { get; init; }

    /// <summary>When it was taken, by the server's clock.</summary>
    public required Instant TakenAt { get; init; }

    /// <summary>What the event allows.</summary>
    public required AdmissionRules Rules { get; init; }

    /// <summary>What each gate does while it is cut off.</summary>
    public required IReadOnlyDictionary<string, DegradedMode> DegradedModes { get; init; }

    /// <summary>Whether plain ids are refused.</summary>
    public required bool RequiresCodes { get; init; }

    /// <summary>The keys of the event's codes.</summary>
    public required IReadOnlyList<TicketKey> Keys { get; init; }
}
