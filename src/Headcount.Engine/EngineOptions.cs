namespace Headcount.Engine;

/// <summary>The bounds of the engine.</summary>
public sealed record EngineOptions
{
    /// <summary>How many scans may wait in one event's mailbox before more are turned away as busy; 1 or more.</summary>
    public int MailboxCapacity { get; init; } = 20_000;

    /// <summary>How many scans one batch may hold; 1 or more.</summary>
    public int MaxBatch { get; init; } = 1_000;

    /// <summary>How many batches may wait in one event's mailbox; further ones wait outside it.</summary>
    public int MaxBatchesWaiting { get; init; } = 64;

    /// <summary>How long a batch waits outside before it is turned away as busy.</summary>
    public TimeSpan BatchPatience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How many questions may wait for one event's mailbox before more are turned away as busy; changes of settings and tickets always wait.</summary>
    public int MaxQuestionsWaiting { get; init; } = 2_000;

    /// <summary>How many readings of whole logs (<see cref="EventMailbox.AsOfAsync"/>) go on at once, of all events together; each holds a state of its own in memory.</summary>
    public int MaxReadings { get; init; } = 2;

    /// <summary>How many such readings may wait before more are turned away as busy.</summary>
    public int MaxReadingsWaiting { get; init; } = 16;

    /// <summary>How many records are committed together at the most (a batch is never parted, so that it may be exceeded by one batch); 1 or more.</summary>
    public int MaxCommit { get; init; } = 2_048;

    /// <summary>How long after a failure of the log it is tried again; it doubles up to sixteen times this.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);
}
