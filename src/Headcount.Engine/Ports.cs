using Headcount.Core;

namespace Headcount.Engine;

/// <summary>The append-only log of every event: the truth.</summary>
/// <remarks>Any thread. One writer an event at a time; <c>(event, seq)</c> is unique, so that a second one is told.</remarks>
public interface IScanLog
{
    /// <summary>Appends records of one event, in order of their <c>seq</c>, all of them or none. When it returns they are on disk.</summary>
    /// <exception cref="LogTakenException">Another writer has taken one of these numbers: whoever gets this must step down and read the log again.</exception>
    /// <exception cref="LogUnavailableException">Not kept, or not known to be: the log must be read again before anything else is appended.</exception>
    ValueTask AppendAsync(long eventId, IReadOnlyList<LogEntry> entries, CancellationToken cancellation);

    /// <summary>Appends records like <see cref="AppendAsync"/>, in two steps: when it completes, the next ones of the event may come; the task that it gives completes when these are on disk.</summary>
    /// <remarks>A log that can wait for the disk and write the next records at the same time does. Where the second step fails, so do those of all records that were written after these.</remarks>
    /// <exception cref="LogTakenException">As above.</exception>
    /// <exception cref="LogUnavailableException">As above.</exception>
    async ValueTask<Task> WriteAsync(long eventId, IReadOnlyList<LogEntry> entries)
    {
        await AppendAsync(eventId, entries, CancellationToken.None).ConfigureAwait(false);
        return Task.CompletedTask;
    }

    /// <summary>Reads records of one event in order of <c>seq</c>, in chunks.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="afterSeq">Only later ones; 0 = all.</param>
    /// <param name="throughSeq">Only up to this one; null = all.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="LogUnavailableException">It cannot be read now.</exception>
    IAsyncEnumerable<IReadOnlyList<LogEntry>> ReadAsync(long eventId, long afterSeq, long? throughSeq, CancellationToken cancellation);

    /// <summary>One record; null where there is none of that number.</summary>
    /// <exception cref="LogUnavailableException">It cannot be read now.</exception>
    ValueTask<LogEntry?> FindAsync(long eventId, long seq, CancellationToken cancellation);

    /// <summary>Makes sure that records would be kept now, after one was not; changes nothing.</summary>
    /// <exception cref="LogUnavailableException">They would not: the disk is full, the database is away.</exception>
    ValueTask CheckAsync(CancellationToken cancellation);
}

/// <summary>Where an event's settings and tickets come from when its mailbox opens.</summary>
public interface IEventSource
{
    /// <summary>The event's settings; null where there is no such event.</summary>
    ValueTask<EventSettings?> LoadSettingsAsync(long eventId, CancellationToken cancellation);

    /// <summary>All its tickets.</summary>
    IAsyncEnumerable<Ticket> LoadTicketsAsync(long eventId, CancellationToken cancellation);
}

/// <summary>Is told of everything that was committed and of every change of the settings. It must return at once and never throw.</summary>
/// <remarks>Called on the mailbox, one call at a time for an event, in order of the log.</remarks>
public interface IEventListener
{
    /// <summary>The mailbox was opened, its log read.</summary>
    void OnOpened(EventMailbox mailbox);

    /// <summary>Records were committed: they are on disk.</summary>
    void OnCommitted(EventMailbox mailbox, Commit commit);

    /// <summary>The settings changed; the gates go by them already.</summary>
    void OnSettingsChanged(EventMailbox mailbox);
}

/// <summary>Records that were committed together.</summary>
/// <param name="Entries">The records, in order.</param>
/// <param name="Figures">The figures after the last one.</param>
public sealed record Commit(IReadOnlyList<LogEntry> Entries, Figures Figures);

/// <summary>The log cannot be written or read now; what was to be kept is not known to be.</summary>
public sealed class LogUnavailableException : Exception
{
    /// <summary>With a cause.</summary>
    public LogUnavailableException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>Another writer has taken a number of the log.</summary>
public sealed class LogTakenException : Exception
{
    /// <summary>With a cause.</summary>
    public LogTakenException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
