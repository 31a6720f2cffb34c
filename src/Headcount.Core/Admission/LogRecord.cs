namespace Headcount.Core;

/// <summary>One record of an event's log: all that can ever change who is inside. The set is closed.</summary>
/// <remarks>Immutable. A log holds them in order of <see cref="Seq"/>, without a gap; applied again in that order they give the same state again.</remarks>
public abstract record LogRecord
{
    private protected LogRecord(long seq, Instant? receivedAt)
    {
        Seq = seq;
        ReceivedAt = receivedAt;
    }

    /// <summary>Its number: 1, 2, 3, …</summary>
    public long Seq { get; init; }

    /// <summary>When it was taken; it never decreases along <see cref="Seq"/>. Null in a stream, and then in every record of it.</summary>
    public Instant? ReceivedAt { get; init; }
}

/// <summary>A scan, decided here or elsewhere.</summary>
public abstract record ScanRecord : LogRecord
{
    private protected ScanRecord(long seq, Instant? receivedAt, Scan scan)
        : base(seq, receivedAt) => Scan = scan;

    /// <summary>The scan as it was sent.</summary>
    public Scan Scan { get; init; }

    /// <summary>What became of it.</summary>
    public required ScanOutcome Outcome { get; init; }

    /// <summary>Why it was refused.</summary>
    public RefusalReason Reason { get; init; }

    /// <summary>What was noted on it.</summary>
    public ScanWarnings Warnings { get; init; }

    /// <summary>When it counts; null where it was refused, and counts for nobody.</summary>
    public Instant? CountedAt { get; init; }

    /// <summary>The type the ticket had then; null = none, or an unknown ticket.</summary>
    public string? TicketType { get; init; }

    /// <summary>The supervisor's word that let it in, where there was one.</summary>
    public SupervisorOverride? Override { get; init; }
}

/// <summary>A scan decided here, at the moment it came: <see cref="ScanOutcome.Accepted"/> or <see cref="ScanOutcome.Rejected"/>.</summary>
public sealed record DecidedScan(long Seq, Instant? ReceivedAt, Scan Scan) : ScanRecord(Seq, ReceivedAt, Scan);

/// <summary>A fact, decided elsewhere: <see cref="ScanOutcome.Recorded"/>, or <see cref="ScanOutcome.Rejected"/> by a device.</summary>
public sealed record RecordedFact(long Seq, Instant? ReceivedAt, Scan Scan) : ScanRecord(Seq, ReceivedAt, Scan);

/// <summary>Takes back the scan it names: from here on, everything is as if that scan had not been.</summary>
/// <param name="Seq">Its own number.</param>
/// <param name="ReceivedAt">When it was taken.</param>
/// <param name="Annulled">The number of the scan it takes back, lower than its own.</param>
public sealed record Annulment(long Seq, Instant? ReceivedAt, long Annulled) : LogRecord(Seq, ReceivedAt);

/// <summary>The day was closed: every stay open at that instant ends then, those found later too, unless the ticket's next scan is an exit.</summary>
/// <param name="Seq">Its own number.</param>
/// <param name="ReceivedAt">When it was taken.</param>
/// <param name="At">The instant, not after <paramref name="ReceivedAt"/>.</param>
public sealed record DayClosing(long Seq, Instant? ReceivedAt, Instant At) : LogRecord(Seq, ReceivedAt);
