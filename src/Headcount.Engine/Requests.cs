using Headcount.Core;

namespace Headcount.Engine;

/// <summary>A scan that a door hands to the mailbox: to be decided now, or a fact decided elsewhere.</summary>
/// <param name="Scan">The scan; its gate, direction and device are filled in already.</param>
public readonly record struct ScanRequest(Scan Scan)
{
    /// <summary>A supervisor's word, where there is one; only on what is to be decided now.</summary>
    public SupervisorOverride? Override { get; init; }

    /// <summary>What the door has to note: <see cref="ScanWarnings.DeviceMismatch"/>, <see cref="ScanWarnings.WrongGate"/>.</summary>
    public ScanWarnings Noted { get; init; }

    /// <summary>What the code says that the ticket was shown by; null = a plain id.</summary>
    public CodeTerms? Code { get; init; }

    /// <summary>Whether it was decided elsewhere.</summary>
    public bool IsFact { get; init; }

    /// <summary>Of a fact: whether the device refused it.</summary>
    public bool WasRefused { get; init; }

    /// <summary>Of a refused fact: why, where the device said so.</summary>
    public RefusalReason Reason { get; init; }

    /// <summary>Who handed it in without a device, and why; null = a device did.</summary>
    public HandScan? ByHand { get; init; }
}

/// <summary>A scan that somebody made by hand, in the office: like any other, and marked as such in the log.</summary>
/// <param name="By">Who.</param>
/// <param name="Reason">Why.</param>
public sealed record HandScan(string By, string Reason);

/// <summary>What became of a request.</summary>
public enum AnswerKind : byte
{
    /// <summary>It is in the log: accepted, rejected or recorded, as <see cref="ScanAnswer.Entry"/> says.</summary>
    Logged,

    /// <summary>It came before: <see cref="ScanAnswer.Entry"/> is what was logged and answered then.</summary>
    Repeated,

    /// <summary>Its <c>scan_id</c> came before with other content: set aside. <see cref="ScanAnswer.Entry"/> is the first.</summary>
    Conflict,

    /// <summary>The queue is full: not taken. Sending it again is safe.</summary>
    Busy,

    /// <summary>It could not be made durable: not counted. Sending it again is safe.</summary>
    NotDurable,

    /// <summary>The event is archived, or the server is stopping: not taken.</summary>
    Closed,
}

/// <summary>The answer to a scan. It is given only after what it says is on disk.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Entry">The record; null where none was taken. Its <see cref="LogEntry.Record"/> is a <see cref="ScanRecord"/>.</param>
public readonly record struct ScanAnswer(AnswerKind Kind, LogEntry? Entry);

/// <summary>The answer to a request that takes a scan back.</summary>
/// <param name="Kind">What became of it: logged, busy, not durable, or closed.</param>
/// <param name="Problem">Why it cannot be taken back; then nothing was logged.</param>
/// <param name="Entry">The annulment's record.</param>
public readonly record struct AnnulAnswer(AnswerKind Kind, AnnulmentProblem Problem, LogEntry? Entry);
