namespace Headcount.Core;

/// <summary>What an input held, before any question was asked of it.</summary>
/// <param name="Scans">Scans taken: neither repeats nor malformed ones.</param>
/// <param name="Repeated">Scans that came again; they change nothing.</param>
/// <param name="Malformed">Elements set aside, conflicting scan ids among them.</param>
/// <param name="Skipped">Rows whose direction is neither of the values that were asked for.</param>
public readonly record struct Intake(long Scans, long Repeated, long Malformed, long Skipped);

/// <summary>What passed at one gate.</summary>
/// <param name="Entries">Stays opened there.</param>
/// <param name="Exits">Stays closed there.</param>
/// <param name="Scans">All counted scans there.</param>
public readonly record struct GateFlow(long Entries, long Exits, long Scans);

/// <summary>How many people are inside, and where they came in.</summary>
/// <remarks>Maps hold only keys whose value is not zero, sorted ordinally.</remarks>
public sealed record OccupancyReport
{
    /// <summary>What was read, the whole of it.</summary>
    public required Intake Intake { get; init; }

    /// <summary>The instant asked about; null = after all scans.</summary>
    public Instant? At { get; init; }

    /// <summary>Tickets present.</summary>
    public long Occupancy { get; init; }

    /// <summary>Stays opened so far.</summary>
    public long Entries { get; init; }

    /// <summary>Stays closed so far.</summary>
    public long Exits { get; init; }

    /// <summary>Distinct tickets that ever entered.</summary>
    public long FirstEntries { get; init; }

    /// <summary>Present tickets by the gate that opened their stay.</summary>
    public required IReadOnlyDictionary<string, long> ByGate { get; init; }

    /// <summary>Present tickets by ticket type.</summary>
    public required IReadOnlyDictionary<string, long> ByTicketType { get; init; }

    /// <summary>Present tickets by gate, then by ticket type.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> ByGateAndTicketType { get; init; }

    /// <summary>What passed at each gate that was scanned at.</summary>
    public required IReadOnlyDictionary<string, GateFlow> Flow { get; init; }
}

/// <summary>The greatest occupancy, and the first instant it was reached.</summary>
/// <param name="Occupancy">Tickets present then.</param>
/// <param name="At">The first instant; null where nobody ever was inside.</param>
public readonly record struct Peak(long Occupancy, Instant? At);

/// <summary>One point of the day's curve.</summary>
/// <param name="At">The instant.</param>
/// <param name="Occupancy">Tickets present then.</param>
/// <param name="Entries">Stays opened since the point before (the first: all before it).</param>
/// <param name="Exits">Stays closed since the point before.</param>
public readonly record struct TimelinePoint(Instant At, long Occupancy, long Entries, long Exits);

/// <summary>The curve of the day.</summary>
public sealed record TimelineReport
{
    /// <summary>What was read.</summary>
    public required Intake Intake { get; init; }

    /// <summary>The elapsed time between two points.</summary>
    public required TimeSpan Step { get; init; }

    /// <summary>The greatest occupancy at any instant, between points too.</summary>
    public required Peak Peak { get; init; }

    /// <summary>The points, in order of time.</summary>
    public required IReadOnlyList<TimelinePoint> Points { get; init; }
}

/// <summary>What can be wrong with a scan, in the order in which one scan's anomalies are listed.</summary>
public enum AnomalyKind : byte
{
    /// <summary><c>unknown_ticket</c>: the register lacks the ticket.</summary>
    UnknownTicket,

    /// <summary><c>duplicate_entry</c>: an entry while present.</summary>
    DuplicateEntry,

    /// <summary><c>exit_without_entry</c>: an exit while not present.</summary>
    ExitWithoutEntry,

    /// <summary><c>rapid_reentry</c>: an entry too soon after the ticket's latest earlier exit scan.</summary>
    RapidReentry,
}

/// <summary>A scan that another one refers back to.</summary>
/// <param name="Position">Its place in the input, counting every element from 1.</param>
/// <param name="Gate">Its gate.</param>
/// <param name="Timestamp">Its instant.</param>
public sealed record EarlierScan(long Position, GateName Gate, Instant Timestamp);

/// <summary>A scan that is not right, and why.</summary>
/// <param name="Position">Its place in the input, counting every element from 1.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="TicketId">Whose ticket.</param>
/// <param name="Gate">At which gate.</param>
/// <param name="Timestamp">When.</param>
/// <param name="Earlier">The earlier scan it clashes with; null where the kind names none.</param>
public sealed record Anomaly(long Position, AnomalyKind Kind, TicketId TicketId, GateName Gate, Instant Timestamp, EarlierScan? Earlier)
{
    /// <summary>The time between the earlier scan and this one; null where there is no earlier one.</summary>
    public TimeSpan? Elapsed => Earlier is null ? null : Timestamp - Earlier.Timestamp;
}

/// <summary>Every scan that is not right, in counted order.</summary>
public sealed record AnomalyReport
{
    /// <summary>What was read.</summary>
    public required Intake Intake { get; init; }

    /// <summary>The anomalies, in counted order; of one scan, in the order of <see cref="AnomalyKind"/>.</summary>
    public required IReadOnlyList<Anomaly> Anomalies { get; init; }

    /// <summary>How many there are of each kind; kinds without any are left out; in the order of their codes.</summary>
    public required IReadOnlyDictionary<string, long> ByKind { get; init; }
}

/// <summary>An entry that was refused.</summary>
/// <param name="Position">Its place in the input, counting every element from 1.</param>
/// <param name="TicketId">Whose ticket.</param>
/// <param name="Gate">At which gate.</param>
/// <param name="Timestamp">When.</param>
/// <param name="Reason">Why.</param>
public sealed record Rejection(long Position, TicketId TicketId, GateName Gate, Instant Timestamp, RefusalReason Reason);

/// <summary>Who would have got in.</summary>
public sealed record AdmissionReport
{
    /// <summary>What was read.</summary>
    public required Intake Intake { get; init; }

    /// <summary>The capacity that was enforced.</summary>
    public required long Capacity { get; init; }

    /// <summary>People inside after the last scan.</summary>
    public long Actual { get; init; }

    /// <summary>People who would be inside had there been no limit.</summary>
    public long Theoretical { get; init; }

    /// <summary>The greatest <see cref="Actual"/> after any scan.</summary>
    public long PeakActual { get; init; }

    /// <summary>The greatest <see cref="Theoretical"/> after any scan.</summary>
    public long PeakTheoretical { get; init; }

    /// <summary>Entries let in, overrides too.</summary>
    public long Admitted { get; init; }

    /// <summary>Exits of people inside.</summary>
    public long Released { get; init; }

    /// <summary>Entries let in although the venue was full.</summary>
    public long Overrides { get; init; }

    /// <summary>Refused entries by the code of their reason.</summary>
    public required IReadOnlyDictionary<string, long> Rejected { get; init; }

    /// <summary>The refused entries, in order of arrival.</summary>
    public required IReadOnlyList<Rejection> Rejections { get; init; }

    /// <summary>Accepted scans with a warning, by the warning's code.</summary>
    public required IReadOnlyDictionary<string, long> Warnings { get; init; }
}
