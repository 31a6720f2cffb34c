namespace Headcount.Client;

/// <summary>Why an entry is refused, in order of precedence. Words, so that a client lives with a server that knows more of them.</summary>
public static class RefusalReasons
{
    /// <summary>The event has gates, and this is not one of them.</summary>
    public const string UnknownGate = "unknown_gate";

    /// <summary>The register lacks the ticket.</summary>
    public const string UnknownTicket = "unknown_ticket";

    /// <summary>Cancelled, refunded, blocked or replaced.</summary>
    public const string Revoked = "revoked";

    /// <summary>Its order is not paid.</summary>
    public const string Unpaid = "unpaid";

    /// <summary>Outside the hours that the ticket, its type or the event's doors allow.</summary>
    public const string OutsideValidity = "outside_validity";

    /// <summary>It is limited to other gates.</summary>
    public const string WrongGate = "wrong_gate";

    /// <summary>It is inside already.</summary>
    public const string AlreadyInside = "already_inside";

    /// <summary>It was inside before, and may enter once only.</summary>
    public const string NoReentry = "no_reentry";

    /// <summary>Back too soon after leaving, where the event refuses that.</summary>
    public const string TooSoon = "too_soon";

    /// <summary>The house is full.</summary>
    public const string AtCapacity = "at_capacity";
}

/// <summary>What can be odd about a scan that was taken. Words, so that a client lives with a server that knows more of them.</summary>
public static class ScanWarnings
{
    /// <summary>Somebody went out who was not inside.</summary>
    public const string ExitWithoutEntry = "exit_without_entry";

    /// <summary>Back within minutes of leaving.</summary>
    public const string RapidReentry = "rapid_reentry";

    /// <summary>Let in although the house was full.</summary>
    public const string CapacityOverride = "capacity_override";

    /// <summary>The device's clock is ahead of the server's; the server's counts.</summary>
    public const string ClockAhead = "clock_ahead";

    /// <summary>The device's clock is behind the server's; the server's counts.</summary>
    public const string ClockBehind = "clock_behind";

    /// <summary>The body named another device than the token's, which is used.</summary>
    public const string DeviceMismatch = "device_mismatch";

    /// <summary>Through another gate than the device's, or than the ticket is for.</summary>
    public const string WrongGate = "wrong_gate";

    /// <summary>A fact of a scan that was refused here: the device let the person through after all.</summary>
    public const string ContradictsRefusal = "contradicts_refusal";
}
