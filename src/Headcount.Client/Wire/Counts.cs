namespace Headcount.Client;

/// <summary>How many are inside now.</summary>
public sealed record CurrentOccupancy
{
    /// <summary>The event's slug.</summary>
    public string Event { get; init; } = "";

    /// <summary>How many are inside (of the gate or ticket type that was asked for, where one was).</summary>
    public long Occupancy { get; init; }

    /// <summary>How many may be.</summary>
    public long Capacity { get; init; }

    /// <summary><see cref="Occupancy"/> in per cent of <see cref="Capacity"/>.</summary>
    public decimal? Percent { get; init; }

    /// <summary>How many would be inside had there been no limit; null where a gate or type was asked for.</summary>
    public long? Theoretical { get; init; }

    /// <summary>Stays opened; null where a gate or type was asked for.</summary>
    public long? Entries { get; init; }

    /// <summary>Stays closed by an exit; null where a gate or type was asked for.</summary>
    public long? Exits { get; init; }

    /// <summary>Distinct tickets that ever entered; null where a gate or type was asked for.</summary>
    public long? FirstEntries { get; init; }

    /// <summary>Places that gates may fill by themselves if they are cut off; null where a gate or type was asked for.</summary>
    public long? OnLease { get; init; }

    /// <summary>Of these, places that count as taken, because their gates are cut off; null where a gate or type was asked for.</summary>
    public long? Held { get; init; }

    /// <summary>How many devices are cut off; null where a gate or type was asked for.</summary>
    public long? CutOff { get; init; }

    /// <summary>The number of the last record it reflects.</summary>
    public long Seq { get; init; }

    /// <summary>When it was asked, in the event's zone.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>What passed at a gate.</summary>
public record GateFlow
{
    /// <summary>Stays opened there.</summary>
    public long Entries { get; init; }

    /// <summary>Stays closed there.</summary>
    public long Exits { get; init; }

    /// <summary>All counted scans there.</summary>
    public long Scans { get; init; }
}

/// <summary>A gate now.</summary>
public record GateCount : GateFlow
{
    /// <summary>Present tickets that came in there.</summary>
    public long Occupancy { get; init; }

    /// <summary>Scans there in the last 60 seconds, refused ones too.</summary>
    public long PerMinute { get; init; }

    /// <summary>Entries let through there in the last 60 seconds; null where that was not asked for.</summary>
    public long? EntriesPerMinute { get; init; }

    /// <summary>Exits let through there in the last 60 seconds; null where that was not asked for.</summary>
    public long? ExitsPerMinute { get; init; }

    /// <summary>When the last scan from there came; null = never, or not asked for.</summary>
    public DateTimeOffset? LastSeen { get; init; }
}

/// <summary>A gate now, with its name.</summary>
public sealed record NamedGate : GateCount
{
    /// <summary>Its name.</summary>
    public string Gate { get; init; } = "";

    /// <summary>Whether it is one of the event's gates.</summary>
    public bool Configured { get; init; }
}

/// <summary>How many are inside of a ticket type.</summary>
/// <param name="Occupancy">Present tickets.</param>
public sealed record TicketTypeCount(long Occupancy);

/// <summary>How many were inside at an instant.</summary>
public sealed record PastOccupancy
{
    /// <summary>The event's slug.</summary>
    public string Event { get; init; } = "";

    /// <summary>The instant asked for.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>As it was known then; null = with all that is known now.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>The number of the last record it reflects.</summary>
    public long Seq { get; init; }

    /// <summary>How many were inside.</summary>
    public long Occupancy { get; init; }

    /// <summary>Stays opened by then.</summary>
    public long Entries { get; init; }

    /// <summary>Stays closed by then.</summary>
    public long Exits { get; init; }

    /// <summary>Distinct tickets that had entered by then.</summary>
    public long FirstEntries { get; init; }

    /// <summary>By the gate they came in at; only what is not zero.</summary>
    public IReadOnlyDictionary<string, long> ByGate { get; init; } = new Dictionary<string, long>();

    /// <summary>By ticket type; only what is not zero.</summary>
    public IReadOnlyDictionary<string, long> ByTicketType { get; init; } = new Dictionary<string, long>();

    /// <summary>By gate, then by ticket type; only what is not zero.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> ByGateAndTicketType { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, long>>();

    /// <summary>What had passed at each gate.</summary>
    public IReadOnlyDictionary<string, GateFlow> Flow { get; init; } = new Dictionary<string, GateFlow>();
}

/// <summary>The curve of the day.</summary>
public sealed record Timeline
{
    /// <summary>The number of the last record it reflects.</summary>
    public long Seq { get; init; }

    /// <summary>The time between two points, ISO 8601: <c>PT15M</c>.</summary>
    public string Step { get; init; } = "";

    /// <summary>The greatest occupancy, between points too.</summary>
    public TimelinePeak Peak { get; init; } = new(0, null);

    /// <summary>The points, in order.</summary>
    public IReadOnlyList<TimelinePoint> Points { get; init; } = [];
}

/// <summary>The greatest occupancy of a curve.</summary>
/// <param name="Occupancy">How many were inside.</param>
/// <param name="At">When that was first so; null where nobody ever was.</param>
public sealed record TimelinePeak(long Occupancy, DateTimeOffset? At);

/// <summary>One point of a curve.</summary>
/// <param name="At">When.</param>
/// <param name="Occupancy">How many were inside.</param>
/// <param name="Entries">Stays opened since the point before; of the first, all before it.</param>
/// <param name="Exits">Stays closed since the point before; of the first, all before it.</param>
public sealed record TimelinePoint(DateTimeOffset At, long Occupancy, long Entries, long Exits);

/// <summary>A scan that is not right.</summary>
public sealed record Anomaly
{
    /// <summary>The scan's number.</summary>
    public long Seq { get; init; }

    /// <summary><c>unknown_ticket</c>, <c>duplicate_entry</c>, <c>exit_without_entry</c> or <c>rapid_reentry</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The ticket.</summary>
    public string TicketId { get; init; } = "";

    /// <summary>The gate.</summary>
    public string Gate { get; init; } = "";

    /// <summary>When the scan counts.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The earlier scan it clashes with; null where the kind names none.</summary>
    public EarlierScan? Earlier { get; init; }

    /// <summary>The time between the two, in seconds.</summary>
    public decimal? Seconds { get; init; }
}

/// <summary>The scan that an anomaly clashes with.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Gate">Its gate.</param>
/// <param name="Timestamp">When it counts.</param>
public sealed record EarlierScan(long Seq, string Gate, DateTimeOffset Timestamp);

/// <summary>Something that the control room was told.</summary>
public sealed record Alert
{
    /// <summary>Its number; null where the server gives it none.</summary>
    public long? AlertId { get; init; }

    /// <summary>What it is about: <c>occupancy</c>, <c>capacity_exceeded</c> and so on.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Of an occupancy alert: the level, in per cent.</summary>
    public int? Level { get; init; }

    /// <summary>The gate it is about.</summary>
    public string? Gate { get; init; }

    /// <summary>The device it is about.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The last record it reflects.</summary>
    public long Seq { get; init; }

    /// <summary>When it was raised.</summary>
    public DateTimeOffset RaisedAt { get; init; }

    /// <summary>When what it tells of was over; null = it still is so.</summary>
    public DateTimeOffset? ClearedAt { get; init; }

    /// <summary>Of a time in the past: from when.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Of a time in the past: until when.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>A sentence for the control room.</summary>
    public string Message { get; init; } = "";
}

internal sealed record GateList(IReadOnlyList<NamedGate> Gates);

internal sealed record AnomalyPage(IReadOnlyList<Anomaly> Anomalies, string? Cursor);

internal sealed record AlertList(IReadOnlyList<Alert> Alerts);
