using Headcount.Core;

namespace Headcount.Data.Model;

/// <summary>An alert that was raised. Table <c>alerts</c>.</summary>
public sealed class AlertRow
{
    public long AlertId { get; set; }

    public long EventId { get; set; }

    /// <summary>One of the closed list of kinds (<c>Headcount.Engine.AlertKind</c>), by its code.</summary>
    public required string Kind { get; set; }

    /// <summary>The level of an occupancy alert, in per cent.</summary>
    public int? Level { get; set; }

    public string? Gate { get; set; }

    public string? DeviceId { get; set; }

    /// <summary>The last record it reflects.</summary>
    public long Seq { get; set; }

    public Instant RaisedAt { get; set; }

    /// <summary>When what it told of was over; null = it still is so.</summary>
    public Instant? ClearedAt { get; set; }

    /// <summary>Of a time in the past that it is about.</summary>
    public Instant? From { get; set; }

    public Instant? Until { get; set; }

    /// <summary>A sentence for the control room.</summary>
    public required string Message { get; set; }
}
