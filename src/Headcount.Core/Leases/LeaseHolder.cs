namespace Headcount.Core;

/// <summary>One device, and what it may fill by itself. Written by <see cref="LeaseBook"/> alone.</summary>
internal sealed class LeaseHolder(string deviceId)
{
    // The lease it is known to have heard of, and the one it was told last and may not have heard of: either can be the one it goes by.
    private Lease _held;
    private Lease _offered;
    private long _usedOfHeld;
    private long _usedOfOffered;
    private double _weight;
    private Instant _weighedAt;

    public string DeviceId => deviceId;

    public string? Gate { get; set; }

    public DegradedMode Mode { get; set; }

    /// <summary>When it last said that it is there; null = not since the book was opened.</summary>
    public Instant? LastHeard { get; set; }

    /// <summary>How many of its scans are still to come, as far as it said.</summary>
    public long Waiting { get; set; }

    /// <summary>What is kept on disk of its lease.</summary>
    public Lease Kept { get; set; }

    /// <summary>The lease that it was told last.</summary>
    public Lease Current => _offered;

    public Instant ExpiresAt => _held.ExpiresAt > _offered.ExpiresAt ? _held.ExpiresAt : _offered.ExpiresAt;

    /// <summary>Whether nothing of the lease it was told last is used.</summary>
    public bool IsUnused => _usedOfOffered == 0;

    /// <summary>The most places that it can still fill by itself.</summary>
    public long RestAt(Instant now) => Math.Max(0, Math.Max(Rest(_held, _usedOfHeld, now), Rest(_offered, _usedOfOffered, now)));

    /// <summary>How many of them count as taken for everyone else.</summary>
    public long HeldAt(Instant now, TimeSpan cutOffAfter)
    {
        if (IsCutOffAt(now, cutOffAfter)) return RestAt(now);
        return Waiting > 0 ? Math.Min(RestAt(now), Waiting) : 0;
    }

    public bool IsCutOffAt(Instant now, TimeSpan cutOffAfter) => LastHeard is not { } heard || now - heard >= cutOffAfter;

    /// <summary>Takes a lease up that was kept from before the book was opened.</summary>
    public void Restore(Lease lease) => (_held, _offered, Kept) = (lease, lease, lease);

    /// <summary>It says which lease it goes by; 0 = none. One that nobody here remembers says nothing.</summary>
    public void Confirm(long number)
    {
        if (number == _offered.Number)
            (_held, _usedOfHeld) = (_offered, _usedOfOffered);
        else if (number == _held.Number)
            (_offered, _usedOfOffered) = (_held, _usedOfHeld);
        else if (number == 0)
            (_held, _offered, _usedOfHeld, _usedOfOffered) = (default, default, 0, 0);
    }

    /// <summary>It is told a new lease, or the same for longer.</summary>
    public void Offer(Lease lease)
    {
        if (lease.Number != _offered.Number) _usedOfOffered = 0;
        if (lease.Number == _held.Number) _held = lease;
        _offered = lease;
    }

    /// <summary>It gives everything back.</summary>
    public void Release() => (_held, _offered, _usedOfHeld, _usedOfOffered, Waiting) = (default, default, 0, 0, 0);

    /// <summary>It handed in what it decided by itself: so many more are inside for it.</summary>
    public void Use(long more)
    {
        _usedOfHeld += more;
        _usedOfOffered += more;
    }

    /// <summary>Somebody came in there.</summary>
    public void Weigh(Instant now, TimeSpan halfLife) => (_weight, _weighedAt) = (WeightAt(now, halfLife) + 1, now > _weighedAt ? now : _weighedAt);

    /// <summary>How many came in there lately.</summary>
    public double WeightAt(Instant now, TimeSpan halfLife) => now <= _weighedAt ? _weight : _weight * Math.Pow(0.5, (now - _weighedAt) / halfLife);

    private static long Rest(Lease lease, long used, Instant now) => lease.Number != 0 && now < lease.ExpiresAt ? lease.Places - used : 0;
}
