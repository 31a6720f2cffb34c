namespace Headcount.Core;

/// <summary>What a gate does while it cannot reach the server; declared in advance. Exits are let through in all of them.</summary>
public enum DegradedMode : byte
{
    /// <summary><c>leased</c>: it lets in as many as the lease says that it holds.</summary>
    Leased,

    /// <summary><c>open</c>: it lets in every good ticket; room is not asked about.</summary>
    Open,

    /// <summary><c>closed</c>: it lets nobody in.</summary>
    Closed,
}

/// <summary>The rules by which a gate decides while it is cut off.</summary>
/// <remarks>Pure; any thread. Its <see cref="Admission"/> is filled from the register it was sent, and goes by these rules instead of the event's own.</remarks>
public static class OfflineRules
{
    /// <summary>What a gate that is cut off allows.</summary>
    /// <param name="rules">What the event allows.</param>
    /// <param name="mode">What was declared for the gate.</param>
    /// <param name="inside">How many the gate's own <see cref="Admission"/> counted when it began to decide for itself.</param>
    /// <param name="places">How many places its lease has left then; none = 0. Its own exits give places back by themselves: they lower what the admission counts.</param>
    /// <remarks>Who overrides (a type, a supervisor) passes a lease that is used up, but not where the event has a firm limit: nobody there can say how far off that is.</remarks>
    public static AdmissionRules Of(AdmissionRules rules, DegradedMode mode, long inside, long places)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var room = inside + Math.Max(0, places);
        return mode switch
        {
            DegradedMode.Open => rules with { Capacity = long.MaxValue, FirmCapacity = null },
            DegradedMode.Closed => rules with { Capacity = 0, FirmCapacity = long.MinValue },
            _ => rules with { Capacity = room, FirmCapacity = rules.FirmCapacity is null ? null : room },
        };
    }
}
