namespace Headcount.Core;

/// <summary>What was decided on one scan. Nothing has changed yet: that takes its record, applied.</summary>
public sealed record Decision
{
    /// <summary>The scan it is about.</summary>
    public required Scan Scan { get; init; }

    /// <summary>Accepted, rejected, or recorded.</summary>
    public required ScanOutcome Outcome { get; init; }

    /// <summary>Why it is refused.</summary>
    public RefusalReason Reason { get; init; }

    /// <summary>What is noted on it.</summary>
    public ScanWarnings Warnings { get; init; }

    /// <summary>When it counts; null where it is refused.</summary>
    public Instant? CountedAt { get; init; }

    /// <summary>When it was taken: as given, but never before the record before it.</summary>
    public Instant? ReceivedAt { get; init; }

    /// <summary>The ticket's type at this moment; null = none, or an unknown ticket.</summary>
    public string? TicketType { get; init; }

    /// <summary>The supervisor's word that it took; null where none was needed.</summary>
    public SupervisorOverride? Override { get; init; }

    /// <summary>Whether it was decided elsewhere.</summary>
    public bool IsFact { get; init; }

    /// <summary>The record to log and to apply, under the number given.</summary>
    public ScanRecord ToRecord(long seq) => IsFact
        ? new RecordedFact(seq, ReceivedAt, Scan)
        {
            Outcome = Outcome, Reason = Reason, Warnings = Warnings, CountedAt = CountedAt, TicketType = TicketType,
        }
        : new DecidedScan(seq, ReceivedAt, Scan)
        {
            Outcome = Outcome, Reason = Reason, Warnings = Warnings, CountedAt = CountedAt, TicketType = TicketType, Override = Override,
        };
}
