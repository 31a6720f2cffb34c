using Headcount.Core;

namespace Headcount.Engine;

/// <summary>A record of the log as it is kept, with what was answered: a repeat gets the first answer again, word for word.</summary>
/// <param name="Record">What happened.</param>
public sealed record LogEntry(LogRecord Record)
{
    /// <summary>How many were inside just after the record.</summary>
    public long Occupancy { get; init; }

    /// <summary>The capacity at that moment.</summary>
    public long Capacity { get; init; }

    /// <summary>Who annulled, closed, or made a scan by hand; null on scans of a device.</summary>
    public string? By { get; init; }

    /// <summary>Why it was annulled, or made by hand; null otherwise.</summary>
    public string? Note { get; init; }

    /// <summary>Whether an exit was of a ticket that the register lacked when it was decided. Only while the entry is in memory: the log does not keep it.</summary>
    public bool IsTicketUnknown { get; init; }

    /// <summary>The record's number.</summary>
    public long Seq => Record.Seq;
}
