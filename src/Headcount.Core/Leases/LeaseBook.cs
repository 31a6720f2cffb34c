namespace Headcount.Core;

/// <summary>Who may fill how many places by themselves when they are cut off, and how many of these count as taken for everyone else.</summary>
/// <remarks>
/// <para>A lease changes no decision as long as its gate is heard of. From when a gate is cut off (<see cref="LeaseTerms.CutOffAfter"/>) until it has reported, or the
/// lease expires, what it has not used counts as taken for everyone else. What it hands in moves places from the lease to the count, and its exits back again.</para>
/// <para>A lease is never greater than the places that are free and that nobody else has on lease. An answer can be lost: until a device names the lease it was
/// told, the greater of that and the one before is out.</para>
/// <para>It reads no clock and does no I/O. One thread at a time owns it.</para>
/// </remarks>
/// <param name="terms">The bounds; null = the defaults.</param>
public sealed class LeaseBook(LeaseTerms? terms = null)
{
    private readonly LeaseTerms _terms = terms ?? new LeaseTerms();
    private readonly Dictionary<string, LeaseHolder> _holders = new(StringComparer.Ordinal);
    private readonly LeaseHolder _elsewhere = new("");
    private Instant _nextChange = Instant.Max;
    private long _held;
    private long _lastNumber;
    private long _version;

    /// <summary>The bounds.</summary>
    public LeaseTerms Terms => _terms;

    /// <summary>Goes up with every change.</summary>
    public long Version => _version;

    /// <summary>Whether nobody holds a lease.</summary>
    public bool IsEmpty => _holders.Count == 0;

    /// <summary>Takes up what was out when the server stopped. Who held a lease could not reach the server since: until they report, they are cut off.</summary>
    public void Restore(KeptLease kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        var holder = new LeaseHolder(kept.DeviceId) { Gate = kept.Gate };
        holder.Restore(kept.Lease);
        _holders[kept.DeviceId] = holder;
        _lastNumber = Math.Max(_lastNumber, kept.Lease.Number);
        Forget();
    }

    /// <summary>How many places count as taken for a scan of a device.</summary>
    /// <param name="now">The time.</param>
    /// <param name="deviceId">The device, whose own places are its own; null = nobody in particular.</param>
    public long HeldFor(Instant now, string? deviceId)
    {
        if (_holders.Count == 0) return 0;
        if (now >= _nextChange) Reckon(now);
        if (_held == 0 || deviceId is null || !_holders.TryGetValue(deviceId, out var own)) return _held;
        return _held - own.HeldAt(now, _terms.CutOffAfter);
    }

    /// <summary>A device says that it is there.</summary>
    /// <param name="report">What it says.</param>
    /// <param name="free">How many more may come in now: the capacity less who is inside; it may be negative.</param>
    /// <param name="seq">The last record of the log.</param>
    /// <param name="now">The time.</param>
    /// <returns>The lease that it is to go by, and what has to be on disk before it is told; null = nothing.</returns>
    public (Lease Lease, KeptLease? ToKeep) Report(LeaseReport report, long free, long seq, Instant now)
    {
        ArgumentNullException.ThrowIfNull(report);
        Forget();
        if (!_holders.TryGetValue(report.DeviceId, out var holder))
        {
            if (report.IsLeaving || report.Mode != DegradedMode.Leased || !HasRoom(now)) return default;
            _holders[report.DeviceId] = holder = new LeaseHolder(report.DeviceId);
        }

        (holder.Gate, holder.Mode, holder.LastHeard, holder.Waiting) = (report.Gate, report.Mode, now, Math.Max(0, report.Waiting));
        holder.Confirm(report.LeaseNumber);
        if (report.IsLeaving)
        {
            holder.Release();
            _holders.Remove(report.DeviceId);
            return (default, new KeptLease(report.DeviceId, report.Gate, default, seq));
        }

        // What it has still to hand in is paid from the lease it had.
        if (holder.Waiting == 0) holder.Offer(NextOf(holder, free, now));
        return (holder.Current, ToKeep(holder, seq, now));
    }

    /// <summary>What was to be kept of a device's lease could not be: it has to be tried again before the device is told.</summary>
    public void NotKept(string deviceId)
    {
        if (_holders.TryGetValue(deviceId, out var holder)) holder.Kept = default;
    }

    /// <summary>A record was taken: what a device decided by itself uses its lease, or gives back to it.</summary>
    /// <param name="record">The record.</param>
    /// <param name="change">By how many it changed who is inside now.</param>
    public void Take(ScanRecord record, long change)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (_holders.Count == 0) return;
        var holder = record.Scan.DeviceId is { Value: { Length: > 0 } device } ? _holders.GetValueOrDefault(device) : null;
        if (record.Outcome != ScanOutcome.Rejected && record.Scan.Type == ScanType.Entry && record.ReceivedAt is { } at) (holder ?? _elsewhere).Weigh(at, _terms.HalfLife);
        if (holder is null || record is not RecordedFact) return;
        holder.Use(change);
        if (holder.Waiting > 1) holder.Waiting--;
        Forget();
    }

    /// <summary>What is out.</summary>
    public LeaseFigures FiguresAt(Instant now) => Picture().At(now, _terms.CutOffAfter);

    /// <summary>What is out, to be looked at elsewhere, later.</summary>
    public LeasePicture Picture() => _holders.Count == 0 ? LeasePicture.None : new LeasePicture([.. _holders.Values.Select(LeaseState.Of)]);

    // A device that is new when the book is full takes the place of one whose lease is over.
    private bool HasRoom(Instant now)
    {
        if (_holders.Count < _terms.MostDevices) return true;
        var over = _holders.Values.FirstOrDefault(holder => holder.ExpiresAt <= now && holder.IsCutOffAt(now, _terms.CutOffAfter));
        return over is not null && _holders.Remove(over.DeviceId);
    }

    private Lease NextOf(LeaseHolder holder, long free, Instant now)
    {
        if (holder.Mode != DegradedMode.Leased) return default;

        // Not all devices ask for leases: one that does must not be told the whole house for its own, or nobody gets in elsewhere once it is cut off.
        var (others, unreachable, weights) = (0L, 0L, _elsewhere.WeightAt(now, _terms.HalfLife) + 1);
        foreach (var other in _holders.Values)
        {
            var cutOff = other.IsCutOffAt(now, _terms.CutOffAfter);
            if (!cutOff && other.Mode == DegradedMode.Leased) weights += other.WeightAt(now, _terms.HalfLife) + 1;
            if (other == holder) continue;
            var rest = other.RestAt(now);
            others += rest;
            if (cutOff) unreachable += rest;
        }

        var most = Math.Max(0, free - others);
        var share = (holder.WeightAt(now, _terms.HalfLife) + 1) / weights;
        var wanted = Math.Min(most, (long)(Math.Max(0, free - unreachable) * share));

        // A few more or less are not worth a new lease.
        var before = holder.Current;
        var isGood = before.Number != 0 && before.ExpiresAt > now && holder.IsUnused && before.Places <= most;
        if (isGood && Math.Abs(wanted - before.Places) <= Math.Max(2, before.Places / 8) && (wanted > 0 || before.Places == 0)) return before with { ExpiresAt = now + _terms.Lifetime };
        _lastNumber = Math.Max(_lastNumber + 1, now.Microseconds);
        return new Lease(_lastNumber, wanted, now + _terms.Lifetime);
    }

    private KeptLease? ToKeep(LeaseHolder holder, long seq, Instant now)
    {
        // What is kept may be more than what is out, never less; where it is much more, a restart would hold what nobody has.
        var rest = holder.RestAt(now);
        var kept = holder.Kept;
        var isEnough = rest <= kept.Places && holder.Current.ExpiresAt <= kept.ExpiresAt && holder.Current.Number == kept.Number;
        if (isEnough && kept.Places - rest <= Math.Max(2, rest / 8)) return null;
        if (rest == 0 && kept.Places == 0) return null;
        holder.Kept = new Lease(holder.Current.Number, rest, holder.Current.ExpiresAt + _terms.KeptLonger);
        return new KeptLease(holder.DeviceId, holder.Gate, holder.Kept, seq);
    }

    private void Forget()
    {
        _nextChange = Instant.Min;
        _version++;
    }

    private void Reckon(Instant now)
    {
        (_held, _nextChange) = (0, Instant.Max);
        foreach (var holder in _holders.Values)
        {
            _held += holder.HeldAt(now, _terms.CutOffAfter);
            if (holder.ExpiresAt > now && holder.ExpiresAt < _nextChange) _nextChange = holder.ExpiresAt;
            if (holder.LastHeard is { } heard && heard + _terms.CutOffAfter is var cutOff && cutOff > now && cutOff < _nextChange) _nextChange = cutOff;
        }
    }
}
