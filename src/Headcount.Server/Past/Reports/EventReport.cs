using Headcount.Core;

namespace Headcount.Server.Past.Reports;

/// <summary>What is asked of a report.</summary>
/// <param name="From">After this instant only; null = from the beginning.</param>
/// <param name="Until">Up to this instant; null = to the end.</param>
/// <param name="Step">The time between two points; null = as the length of the range suggests.</param>
public readonly record struct ReportRange(Instant? From, Instant? Until, TimeSpan? Step);

/// <summary>What happened at an event, in a range of time: every number counted from the log by Core. Immutable.</summary>
public sealed record EventReport
{
    public required string Event { get; init; }

    public required string Slug { get; init; }

    public required Zone Zone { get; init; }

    /// <summary>The last record that it reflects.</summary>
    public required long Seq { get; init; }

    public required ReportRange Range { get; init; }

    public required TimeSpan Step { get; init; }

    public required long Capacity { get; init; }

    /// <summary>Stays opened.</summary>
    public long Entries { get; init; }

    /// <summary>Stays closed by an exit.</summary>
    public long Exits { get; init; }

    /// <summary>Stays that a closing of the day ended.</summary>
    public long EndedByClosing { get; init; }

    /// <summary>Distinct tickets that came in.</summary>
    public long Visitors { get; init; }

    /// <summary>Of these, the ones that came in more than once.</summary>
    public long Returners { get; init; }

    /// <summary>Valid tickets of the register.</summary>
    public long Registered { get; init; }

    /// <summary>Of these, the ones that did not come in.</summary>
    public long NoShows { get; init; }

    public required Peak Peak { get; init; }

    /// <summary>The greatest number that would have been inside had there been no limit, and when that record was taken.</summary>
    public required Peak PeakTheoretical { get; init; }

    /// <summary>The curve; entries and exits of a point are since the one before.</summary>
    public required IReadOnlyList<TimelinePoint> Points { get; init; }

    /// <summary>How many would be inside had there been no limit, at each point.</summary>
    public required IReadOnlyList<long> Theoretical { get; init; }

    public required IReadOnlyList<GateReport> Gates { get; init; }

    public required IReadOnlyList<TypeReport> Types { get; init; }

    public required DwellReport Dwell { get; init; }

    /// <summary>Refused scans by the code of their reason, most first.</summary>
    public required IReadOnlyList<(string Reason, long Count)> Refusals { get; init; }

    /// <summary>The minute in which most came or went, by its end; null = nobody did.</summary>
    public (Instant Until, long Passages)? BusiestMinute { get; init; }

    /// <summary>The days of the event's scans, at most the latest hundred.</summary>
    public required IReadOnlyList<DateOnly> Days { get; init; }

    public long Refused => Refusals.Sum(one => one.Count);

    public GateReport? BusiestGate => Gates.Where(gate => gate.Entries + gate.Exits > 0).MaxBy(gate => gate.Entries + gate.Exits);

    /// <summary>Whether anything was scanned.</summary>
    public bool IsEmpty => Points.Count == 0;
}

/// <summary>What passed at one gate.</summary>
/// <param name="Gate">Its name.</param>
/// <param name="Entries">Stays opened there.</param>
/// <param name="Exits">Stays closed there.</param>
/// <param name="Refused">Scans refused there.</param>
/// <param name="BusiestUntil">The end of its busiest minute; null = none.</param>
/// <param name="BusiestPassages">How many passed in it.</param>
/// <param name="ByInterval">Entries and exits at each point of the curve.</param>
public sealed record GateReport(string Gate, long Entries, long Exits, long Refused, Instant? BusiestUntil, long BusiestPassages, IReadOnlyList<(long Entries, long Exits)> ByInterval);

/// <summary>What came of one type of ticket.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Registered">Valid tickets of the register.</param>
/// <param name="Visitors">Distinct tickets that came in with it.</param>
/// <param name="NoShows">Valid tickets that did not.</param>
/// <param name="Entries">Stays opened.</param>
/// <param name="Exits">Stays closed by an exit.</param>
/// <param name="Refused">Scans refused.</param>
/// <param name="MeanDwell">How long stays lasted that an exit closed; null = there is none.</param>
public sealed record TypeReport(string Type, long Registered, long Visitors, long NoShows, long Entries, long Exits, long Refused, TimeSpan? MeanDwell);

/// <summary>How long stays lasted that began in the range and that an exit closed.</summary>
/// <param name="Stays">How many they are.</param>
/// <param name="Mean">The mean; null = there is none.</param>
/// <param name="Median">Half of them lasted as long or less.</param>
/// <param name="NinetyPercent">Nine in ten of them did.</param>
/// <param name="Buckets">How many lasted less than so long (and not less than the bucket before says); null = longer.</param>
public sealed record DwellReport(long Stays, TimeSpan? Mean, TimeSpan? Median, TimeSpan? NinetyPercent, IReadOnlyList<(TimeSpan? Under, long Count)> Buckets);
