namespace Headcount.Core;

/// <summary>The words that the closed lists of the domain go by on every wire, in every log and report.</summary>
public static class Codes
{
    private static readonly string[] ReasonCodes =
    [
        "", "unknown_gate", "unknown_ticket", "revoked", "unpaid", "outside_validity", "wrong_gate",
        "already_inside", "no_reentry", "too_soon", "at_capacity",
    ];

    private static readonly string[] ReasonMessages =
    [
        "Welcome!", "Unknown gate", "Unknown ticket", "Ticket is not valid", "Ticket is not paid", "Not valid at this time",
        "Please use another gate", "Already inside", "Re-entry is not allowed", "Too soon after leaving", "Venue at capacity",
    ];

    private static readonly string[] KindCodes = ["unknown_ticket", "duplicate_entry", "exit_without_entry", "rapid_reentry"];

    private static readonly string[] WarningCodes =
    [
        "exit_without_entry", "rapid_reentry", "capacity_override", "clock_ahead", "clock_behind", "device_mismatch", "wrong_gate",
        "unknown_gate", "unknown_ticket", "revoked", "unpaid", "outside_validity", "already_inside", "no_reentry", "at_capacity",
        "contradicts_refusal",
    ];

    /// <summary>The code of a reason; empty for <see cref="RefusalReason.None"/>.</summary>
    public static string Code(this RefusalReason reason) => ReasonCodes[(int)reason];

    /// <summary>What the gate shows by default: <c>Welcome!</c>, or the reason in words.</summary>
    public static string Message(this RefusalReason reason) => ReasonMessages[(int)reason];

    /// <summary>The code of an anomaly.</summary>
    public static string Code(this AnomalyKind kind) => KindCodes[(int)kind];

    /// <summary>The code of a direction: <c>entry</c> or <c>exit</c>.</summary>
    public static string Code(this ScanType type) => type == ScanType.Entry ? "entry" : "exit";

    /// <summary>The code of an outcome; empty for <see cref="ScanOutcome.None"/>.</summary>
    public static string Code(this ScanOutcome outcome) => outcome switch
    {
        ScanOutcome.Accepted => "accepted",
        ScanOutcome.Rejected => "rejected",
        ScanOutcome.Recorded => "recorded",
        _ => "",
    };

    /// <summary>The codes of every warning set, in the order of <see cref="ScanWarnings"/>.</summary>
    public static IEnumerable<string> CodesOf(this ScanWarnings warnings)
    {
        for (var bit = 0; bit < WarningCodes.Length; bit++)
        {
            if (((int)warnings & (1 << bit)) != 0) yield return WarningCodes[bit];
        }
    }

    /// <summary>Finds the kind of anomaly that goes by a code.</summary>
    public static bool TryParseKind(string code, out AnomalyKind kind)
    {
        var index = Array.IndexOf(KindCodes, code);
        kind = (AnomalyKind)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>Finds the reason that goes by a code.</summary>
    public static bool TryParseReason(string code, out RefusalReason reason)
    {
        var index = Array.IndexOf(ReasonCodes, code, 1);
        reason = (RefusalReason)Math.Max(index, 0);
        return index >= 1;
    }
}
