using System.Text.Json.Serialization;

namespace Headcount.Client;

/// <summary>What became of a scan.</summary>
[JsonConverter(typeof(SnakeCaseEnum<ScanStatus>))]
public enum ScanStatus
{
    /// <summary>Let through.</summary>
    Accepted,

    /// <summary>Refused: <see cref="ScanResult.Reason"/> says why.</summary>
    Rejected,

    /// <summary>A fact, taken down.</summary>
    Recorded,

    /// <summary>The device used this scan id for another scan before, which stands; this one counts for nothing.</summary>
    Conflict,
}

/// <summary>The answer to a scan. It is durable: it survives a crash of the server.</summary>
public sealed record ScanResult
{
    /// <summary>What became of it.</summary>
    public required ScanStatus Status { get; init; }

    /// <summary>Whether the gate is to open.</summary>
    [JsonIgnore]
    public bool IsLetThrough => Status is ScanStatus.Accepted or ScanStatus.Recorded;

    /// <summary>Why it was refused: one of <see cref="RefusalReasons"/>; null where it was not.</summary>
    public string? Reason { get; init; }

    /// <summary>Words for the gate's display.</summary>
    public string Message { get; init; } = "";

    /// <summary>The same words where it was refused or is a conflict; null otherwise.</summary>
    public string? Error { get; init; }

    /// <summary>The ticket.</summary>
    public string TicketId { get; init; } = "";

    /// <summary>The ticket's type; null where it has none or is unknown.</summary>
    public string? TicketType { get; init; }

    /// <summary>The scan's id; null where it had none.</summary>
    public string? ScanId { get; init; }

    /// <summary>Its number in the event's log; null on a conflict.</summary>
    public long? Seq { get; init; }

    /// <summary>How many are inside just after it.</summary>
    public long? CurrentOccupancy { get; init; }

    /// <summary>How many may be.</summary>
    public long? Capacity { get; init; }

    /// <summary>What was odd about it: some of <see cref="ScanWarnings"/>.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>What became of a batch of facts.</summary>
public sealed record BatchResult
{
    /// <summary>Taken down, and not had before.</summary>
    public long Recorded { get; init; }

    /// <summary>Had before: they changed nothing.</summary>
    public long Repeated { get; init; }

    /// <summary>Refused by the device, and taken down as that.</summary>
    public long Rejected { get; init; }

    /// <summary>Not readable, or in conflict with an earlier scan of the same id: not taken.</summary>
    public long Invalid { get; init; }

    /// <summary>Those that were not plainly recorded, or all where that was asked for.</summary>
    public IReadOnlyList<BatchItemResult> Results { get; init; } = [];
}

/// <summary>What became of one fact of a batch.</summary>
public sealed record BatchItemResult
{
    /// <summary>Its place in the batch, from 0.</summary>
    public long Index { get; init; }

    /// <summary>Its id; null where it had none.</summary>
    public string? ScanId { get; init; }

    /// <summary><c>recorded</c>, <c>repeated</c>, <c>rejected</c> or <c>invalid</c>.</summary>
    public string Status { get; init; } = "";

    /// <summary>Its number in the event's log; null where it was not taken.</summary>
    public long? Seq { get; init; }

    /// <summary>What was odd about it: some of <see cref="ScanWarnings"/>.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What is wrong with it, where it is invalid.</summary>
    public string? Error { get; init; }
}

/// <summary>The answer to an annulment.</summary>
public sealed record AnnulResult
{
    /// <summary>The annulment's own number in the log.</summary>
    public long? Seq { get; init; }

    /// <summary>The number of the scan that it takes back.</summary>
    public long? Annuls { get; init; }

    /// <summary>How many are inside just after it.</summary>
    public long? CurrentOccupancy { get; init; }
}
