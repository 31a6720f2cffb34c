namespace Headcount.Core;

/// <summary>Why an entry is refused: a closed list, and its order is the precedence. The first that applies is given.</summary>
public enum RefusalReason : byte
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary><c>unknown_gate</c>: the event has gates, and this is not one of them.</summary>
    UnknownGate,

    /// <summary><c>unknown_ticket</c>: the register lacks the ticket.</summary>
    UnknownTicket,

    /// <summary><c>revoked</c>: the ticket was cancelled, refunded, blocked or replaced.</summary>
    Revoked,

    /// <summary><c>unpaid</c>: its order is not paid.</summary>
    Unpaid,

    /// <summary><c>outside_validity</c>: outside the hours that the ticket, its type or the event's doors allow.</summary>
    OutsideValidity,

    /// <summary><c>wrong_gate</c>: the ticket, or its type, is limited to other gates.</summary>
    WrongGate,

    /// <summary><c>already_inside</c>: present already.</summary>
    AlreadyInside,

    /// <summary><c>no_reentry</c>: admitted before, not inside now, and a single entry is all it allows.</summary>
    NoReentry,

    /// <summary><c>too_soon</c>: a rapid re-entry, where the policy is to refuse those.</summary>
    TooSoon,

    /// <summary><c>at_capacity</c>: the venue is full, and no override applies.</summary>
    AtCapacity,
}

/// <summary>What is noted on a scan that was let through; on a refused one, only what is about the clock and the device.</summary>
[Flags]
public enum ScanWarnings
{
    /// <summary>Nothing to note.</summary>
    None = 0,

    /// <summary><c>exit_without_entry</c>: an exit of somebody not inside.</summary>
    ExitWithoutEntry = 1 << 0,

    /// <summary><c>rapid_reentry</c>: back sooner than the re-entry window after an exit.</summary>
    RapidReentry = 1 << 1,

    /// <summary><c>capacity_override</c>: let in although the venue was full.</summary>
    CapacityOverride = 1 << 2,

    /// <summary><c>clock_ahead</c>: the device's clock is ahead of the server's.</summary>
    ClockAhead = 1 << 3,

    /// <summary><c>clock_behind</c>: the device's clock is behind the server's.</summary>
    ClockBehind = 1 << 4,

    /// <summary><c>device_mismatch</c>: the body names another device than the token's.</summary>
    DeviceMismatch = 1 << 5,

    /// <summary><c>wrong_gate</c>: an exit at another gate than the token's; on a fact, a ticket limited to other gates.</summary>
    WrongGate = 1 << 6,

    /// <summary><c>unknown_gate</c>, on a fact: the event lacks the gate.</summary>
    UnknownGate = 1 << 7,

    /// <summary><c>unknown_ticket</c>, on a fact: the register lacks the ticket.</summary>
    UnknownTicket = 1 << 8,

    /// <summary><c>revoked</c>, on a fact: the ticket was revoked.</summary>
    Revoked = 1 << 9,

    /// <summary><c>unpaid</c>, on a fact: the ticket's order is not paid.</summary>
    Unpaid = 1 << 10,

    /// <summary><c>outside_validity</c>, on a fact: outside the ticket's hours.</summary>
    OutsideValidity = 1 << 11,

    /// <summary><c>already_inside</c>, on a fact: it was present already.</summary>
    AlreadyInside = 1 << 12,

    /// <summary><c>no_reentry</c>, on a fact: it had used its single entry.</summary>
    NoReentry = 1 << 13,

    /// <summary><c>at_capacity</c>, on a fact: the venue was full at that instant.</summary>
    AtCapacity = 1 << 14,

    /// <summary><c>contradicts_refusal</c>, on a fact: the same scan was refused live.</summary>
    ContradictsRefusal = 1 << 15,
}
