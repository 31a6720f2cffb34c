namespace Headcount.Engine.Alerts;

/// <summary>What an alert can be about: a closed list.</summary>
public enum AlertKind : byte
{
    /// <summary><c>occupancy</c>: as many are inside as a level says, in per cent of the capacity.</summary>
    Occupancy,

    /// <summary><c>capacity_exceeded</c>: records that came late show that more were inside than the capacity allows.</summary>
    CapacityExceeded,

    /// <summary><c>gate_silent</c>: nothing comes from a gate that was in use, while others are busy.</summary>
    GateSilent,

    /// <summary><c>unknown_burst</c>: many tickets that nobody knows, in a short time.</summary>
    UnknownBurst,

    /// <summary><c>clock_drift</c>: a device's clock is wrong.</summary>
    ClockDrift,

    /// <summary><c>fact_backlog</c>: many scans arrive long after they were made.</summary>
    FactBacklog,
}

/// <summary>The words that the kinds go by on every wire and in the database.</summary>
public static class AlertKinds
{
    private static readonly string[] CodesInOrder = ["occupancy", "capacity_exceeded", "gate_silent", "unknown_burst", "clock_drift", "fact_backlog"];

    /// <summary>Every code, in the order of <see cref="AlertKind"/>.</summary>
    public static IReadOnlyList<string> All => CodesInOrder;

    /// <summary>The code of a kind.</summary>
    public static string Code(this AlertKind kind) => CodesInOrder[(int)kind];

    /// <summary>Finds the kind that goes by a code.</summary>
    public static bool TryParse(string code, out AlertKind kind)
    {
        var index = Array.IndexOf(CodesInOrder, code);
        kind = (AlertKind)Math.Max(index, 0);
        return index >= 0;
    }
}
