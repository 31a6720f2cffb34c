using Headcount.Core;

namespace Headcount.Engine;

/// <summary>The numbers of an event just after one record of its log. Immutable, any thread.</summary>
public sealed record Figures
{
    /// <summary>The number of the last record they reflect; 0 = none yet.</summary>
    public long Seq { get; init; }

    /// <summary>When that record was taken; null where there is none.</summary>
    public Instant? ReceivedAt { get; init; }

    /// <summary>How many are inside.</summary>
    public long Occupancy { get; init; }

    /// <summary>How many may be.</summary>
    public long Capacity { get; init; }

    /// <summary>The limit that no override passes; null = none.</summary>
    public long? FirmCapacity { get; init; }

    /// <summary>How many would be inside had there been no limit.</summary>
    public long Theoretical { get; init; }

    /// <summary>The greatest occupancy after any record.</summary>
    public long PeakOccupancy { get; init; }

    /// <summary>The greatest demand after any record.</summary>
    public long PeakTheoretical { get; init; }

    /// <summary>Stays opened.</summary>
    public long Entries { get; init; }

    /// <summary>Stays closed by an exit.</summary>
    public long Exits { get; init; }

    /// <summary>Distinct tickets that ever entered.</summary>
    public long FirstEntries { get; init; }
}

/// <summary>The figures with all breakdowns.</summary>
public sealed record Picture
{
    /// <summary>The totals.</summary>
    public required Figures Figures { get; init; }

    /// <summary>When it was taken.</summary>
    public Instant TakenAt { get; init; }

    /// <summary>Every configured gate and every gate scanned at, sorted ordinally.</summary>
    public required IReadOnlyDictionary<string, GatePicture> Gates { get; init; }

    /// <summary>Present tickets by ticket type: every configured type, and others that are inside; sorted ordinally.</summary>
    public required IReadOnlyDictionary<string, long> TicketTypes { get; init; }

    /// <summary>Present tickets by gate, then by ticket type; only what is not zero.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> GatesAndTicketTypes { get; init; }
}

/// <summary>One gate of a <see cref="Picture"/>.</summary>
/// <param name="Occupancy">Present tickets whose stay was opened there.</param>
/// <param name="Entries">Stays opened there.</param>
/// <param name="Exits">Stays closed there.</param>
/// <param name="Scans">All counted scans there.</param>
/// <param name="PerMinute">Scans decided or recorded there (refused ones too) whose <c>received_at</c> lies in the last 60 seconds.</param>
/// <param name="EntriesPerMinute">Of these, entries let through.</param>
/// <param name="ExitsPerMinute">Of these, exits let through.</param>
/// <param name="LastSeen">When the last scan from there came; null = never since the log began.</param>
public sealed record GatePicture(long Occupancy, long Entries, long Exits, long Scans, int PerMinute, int EntriesPerMinute, int ExitsPerMinute, Instant? LastSeen);
