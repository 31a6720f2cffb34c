using Headcount.Core;

namespace Headcount.Engine.Alerts;

/// <summary>Something that the control room must know of. Immutable: a change is a new value with the same <see cref="Number"/>.</summary>
public sealed record Alert
{
    /// <summary>What it goes by within its watch, from the moment it is raised; no other alert of the event has it while the process runs.</summary>
    public required long Number { get; init; }

    /// <summary>What it is about.</summary>
    public required AlertKind Kind { get; init; }

    /// <summary>Of <see cref="AlertKind.Occupancy"/>: the level, in per cent.</summary>
    public int? Level { get; init; }

    /// <summary>The gate it is about, where it is about one.</summary>
    public string? Gate { get; init; }

    /// <summary>The device it is about, where it is about one.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The last record it reflects; 0 = none.</summary>
    public long Seq { get; init; }

    /// <summary>When it was raised.</summary>
    public required Instant RaisedAt { get; init; }

    /// <summary>When what it tells of was over; null = it still is so.</summary>
    public Instant? ClearedAt { get; init; }

    /// <summary>Of a time in the past that it is about: from when (inclusive).</summary>
    public Instant? From { get; init; }

    /// <summary>Of a time in the past that it is about: until when (exclusive); null = it still is so.</summary>
    public Instant? Until { get; init; }

    /// <summary>A sentence for the control room, times on the venue's clock.</summary>
    public required string Message { get; init; }
}

/// <summary>What happened to an alert.</summary>
public enum AlertState : byte
{
    /// <summary><c>raised</c>.</summary>
    Raised,

    /// <summary><c>updated</c>: it is about more than it was.</summary>
    Updated,

    /// <summary><c>cleared</c>.</summary>
    Cleared,
}

/// <summary>A change of an alert.</summary>
/// <param name="State">What happened.</param>
/// <param name="Alert">The alert after it.</param>
public readonly record struct AlertChange(AlertState State, Alert Alert)
{
    /// <summary>The code of <see cref="State"/>.</summary>
    public string StateCode => State switch
    {
        AlertState.Raised => "raised",
        AlertState.Updated => "updated",
        _ => "cleared",
    };
}
