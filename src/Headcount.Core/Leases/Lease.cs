namespace Headcount.Core;

/// <summary>Places that a gate may fill by itself while it is cut off.</summary>
/// <param name="Number">Its number, greater than that of every lease before it; 0 = none.</param>
/// <param name="Places">How many; 0 or more.</param>
/// <param name="ExpiresAt">Until when, by the server's clock (exclusive).</param>
public readonly record struct Lease(long Number, long Places, Instant ExpiresAt);

/// <summary>What a gate says of itself, every few seconds.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Gate">Where it stands; null = it does not say.</param>
/// <param name="Mode">What it does while it is cut off: only <see cref="DegradedMode.Leased"/> has a lease.</param>
/// <param name="LeaseNumber">The lease that it holds, by which the server knows that it heard of it; 0 = none.</param>
/// <param name="Waiting">How many scans it has decided that it has not handed in yet.</param>
public sealed record LeaseReport(string DeviceId, string? Gate, DegradedMode Mode, long LeaseNumber, long Waiting)
{
    /// <summary>Whether it goes off for good and gives its lease back: it will decide nothing until it is given another.</summary>
    public bool IsLeaving { get; init; }
}

/// <summary>A lease as it has to be kept, so that a server that was killed knows what is out.</summary>
/// <param name="DeviceId">The device that holds it.</param>
/// <param name="Gate">Where it stands.</param>
/// <param name="Lease">The lease, with the most places that the device can have.</param>
/// <param name="Seq">The last record of the log when it was given: what the device hands in after that has used it.</param>
public sealed record KeptLease(string DeviceId, string? Gate, Lease Lease, long Seq);

/// <summary>The bounds of leases.</summary>
public sealed record LeaseTerms
{
    /// <summary>How often a device is asked to say that it is there.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>After how long a silence a gate is cut off: exactly this long is.</summary>
    public TimeSpan CutOffAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a lease is good after it was last renewed.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>By how much longer a lease is kept than it is good, so that not every renewal has to be written down.</summary>
    public TimeSpan KeptLonger { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How recent the share of a gate is: what came in this long ago counts half.</summary>
    public TimeSpan HalfLife { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many devices of one event can hold leases; further ones get none.</summary>
    public int MostDevices { get; init; } = 4_096;
}

/// <summary>What is out on lease at an instant.</summary>
/// <param name="OnLease">Places that gates hold, cut off or not.</param>
/// <param name="Held">Of these, places that count as taken for everyone else, because their gates are cut off.</param>
/// <param name="CutOff">How many devices are cut off.</param>
public readonly record struct LeaseFigures(long OnLease, long Held, int CutOff);
