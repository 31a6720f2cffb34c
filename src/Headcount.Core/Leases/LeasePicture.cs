namespace Headcount.Core;

/// <summary>How one device stands.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Gate">Where it stands; null = it does not say.</param>
/// <param name="Mode">What it does while it is cut off.</param>
/// <param name="Places">The most places it can still fill by itself.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="LastHeard">When it last said that it is there; null = not since the server started.</param>
/// <param name="Waiting">How many scans it has still to hand in, as far as it said.</param>
public sealed record LeaseState(string DeviceId, string? Gate, DegradedMode Mode, long Places, Instant ExpiresAt, Instant? LastHeard, long Waiting)
{
    internal static LeaseState Of(LeaseHolder holder) =>
        new(holder.DeviceId, holder.Gate, holder.Mode, holder.RestAt(Instant.Min), holder.ExpiresAt, holder.LastHeard, holder.Waiting);

    /// <summary>Whether it is cut off.</summary>
    public bool IsCutOffAt(Instant now, TimeSpan cutOffAfter) => LastHeard is not { } heard || now - heard >= cutOffAfter;

    internal LeaseFigures At(Instant now, TimeSpan cutOffAfter)
    {
        if (now >= ExpiresAt) return default;
        var places = Places;
        if (IsCutOffAt(now, cutOffAfter)) return new LeaseFigures(places, places, 1);
        return new LeaseFigures(places, Waiting > 0 ? Math.Min(places, Waiting) : 0, 0);
    }
}

/// <summary>Every device that holds a lease, as of one moment. Immutable, any thread.</summary>
/// <param name="Devices">The devices.</param>
public sealed record LeasePicture(IReadOnlyList<LeaseState> Devices)
{
    /// <summary>Nobody holds any.</summary>
    public static readonly LeasePicture None = new([]);

    /// <summary>What is out at an instant, if nothing was heard since.</summary>
    public LeaseFigures At(Instant now, TimeSpan cutOffAfter) => At(now, cutOffAfter, static _ => true);

    /// <summary>What is out at one gate.</summary>
    public LeaseFigures OfGate(string gate, Instant now, TimeSpan cutOffAfter) => At(now, cutOffAfter, device => device.Gate == gate);

    private LeaseFigures At(Instant now, TimeSpan cutOffAfter, Func<LeaseState, bool> which)
    {
        var sum = default(LeaseFigures);
        foreach (var device in Devices)
        {
            if (!which(device)) continue;
            var one = device.At(now, cutOffAfter);
            sum = new LeaseFigures(sum.OnLease + one.OnLease, sum.Held + one.Held, sum.CutOff + one.CutOff);
        }

        return sum;
    }
}
