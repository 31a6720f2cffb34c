using System.Text.Json;
using System.Text.Json.Serialization;

namespace Headcount.Client;

/// <summary>A message of the live feed. What its type does not have is null; <see cref="Json"/> is all of it.</summary>
public sealed record LiveMessage
{
    /// <summary><c>snapshot</c> (the whole picture), <c>occupancy</c>, <c>gate</c>, <c>ticket_types</c>, <c>anomaly</c>, <c>refusal</c>, <c>override</c>, <c>alert</c> or <c>scans</c>; ignore others.</summary>
    public string Type { get; init; } = "";

    /// <summary>The number of the last record it reflects.</summary>
    public long Seq { get; init; }

    /// <summary>When it was put together, in the event's zone.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>How many are inside; on <c>snapshot</c> and <c>occupancy</c>.</summary>
    public long? Occupancy { get; init; }

    /// <summary>How many may be; on <c>snapshot</c> and <c>occupancy</c>.</summary>
    public long? Capacity { get; init; }

    /// <summary>How many would be inside had there been no limit; on <c>snapshot</c> and <c>occupancy</c>.</summary>
    public long? Theoretical { get; init; }

    /// <summary>How many records were not told of one by one, because the reader was too far behind.</summary>
    public long? Skipped { get; init; }

    /// <summary>Every gate, by name; on <c>snapshot</c> and <c>gate</c>.</summary>
    public IReadOnlyDictionary<string, GateCount>? Gates { get; init; }

    /// <summary>Present tickets by type; on <c>snapshot</c> and <c>ticket_types</c>.</summary>
    public IReadOnlyDictionary<string, long>? TicketTypes { get; init; }

    /// <summary>Records of the log since the last bundle; on <c>scans</c>.</summary>
    public IReadOnlyList<LoggedScan>? Scans { get; init; }

    /// <summary>The whole message as it came.</summary>
    [JsonIgnore]
    public JsonElement Json { get; init; }
}
