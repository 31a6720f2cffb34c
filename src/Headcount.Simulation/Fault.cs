namespace Headcount.Simulation;

/// <summary>What goes wrong on a day, and what its rate is a share of.</summary>
public enum Fault
{
    /// <summary><c>duplicates</c>: a ticket already inside is scanned in again, by a double swipe or for a second person. Share of entries.</summary>
    Duplicates,

    /// <summary><c>repeats</c>: the same scan is delivered twice, by a retry. Share of delivered scans.</summary>
    Repeats,

    /// <summary><c>lost-exits</c>: somebody leaves, and no scan says so. Share of exits.</summary>
    LostExits,

    /// <summary><c>missed-entries</c>: somebody comes in, and no scan says so. Share of entries.</summary>
    MissedEntries,

    /// <summary><c>offline</c>: a gate loses its link for 6 to 40 minutes, and its scans arrive in one burst. Share of gates, at least one.</summary>
    Offline,

    /// <summary><c>clock-drift</c>: a device's clock is minutes off and drifts; the others drift by seconds. Share of devices, at least one.</summary>
    ClockDrift,

    /// <summary><c>forged</c>: a ticket that was never sold is tried. As a share of the tickets that were, at least one.</summary>
    Forged,

    /// <summary><c>rapid-reentry</c>: somebody goes out and is back in under five minutes. Share of breaks.</summary>
    RapidReentry,
}
