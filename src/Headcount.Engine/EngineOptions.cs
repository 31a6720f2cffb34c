namespace Headcount.Engine;

/// <summary>The bounds of the engine.</summary>
public sealed record EngineOptions
{
    /// <summary>How many scans may wait in one event's mailbox before more are turned away as busy; 1 or more.</summary>
    public int MailboxCapacity { get; init; } = 20_000;

    /// <summary>How many records are committed together at the most; 1 or more.</summary>
    public int MaxCommit { get; init; } = 4_096;
}
