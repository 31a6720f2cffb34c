using Headcount.Core;

namespace Headcount.Engine;

/// <summary>The one owner of an event's state: takes scans, decides them in order, has them kept, and only then answers.</summary>
/// <remarks>All members may be called from any thread.</remarks>
public sealed class EventMailbox
{
    /// <summary>What the gates go by now.</summary>
    public EventSettings Settings => throw new NotImplementedException();

    /// <summary>The figures after the last record on disk.</summary>
    public Figures Figures => throw new NotImplementedException();

    /// <summary>How many requests wait.</summary>
    public int QueueLength => throw new NotImplementedException();

    /// <summary>Hands in one scan.</summary>
    public ValueTask<ScanAnswer> SubmitAsync(ScanRequest request) => throw new NotImplementedException();

    /// <summary>Hands in up to <see cref="EngineOptions.MaxCommit"/> scans that are committed together; the answers are in their order.</summary>
    public ValueTask<IReadOnlyList<ScanAnswer>> SubmitAsync(IReadOnlyList<ScanRequest> requests) => throw new NotImplementedException();

    /// <summary>Takes back a scan. Whether the caller may is for the door to say.</summary>
    public ValueTask<AnnulAnswer> AnnulAsync(long seq, string by, string reason) => throw new NotImplementedException();

    /// <summary>Closes the day at an instant; one still to come is cut back to now.</summary>
    public ValueTask<(AnswerKind Kind, LogEntry? Entry)> CloseDayAsync(Instant? at, string by) => throw new NotImplementedException();

    /// <summary>Changes what the gates go by. When it completes, they do.</summary>
    public ValueTask ChangeSettingsAsync(EventSettings settings) => throw new NotImplementedException();

    /// <summary>Takes tickets in, in place of earlier ones of the same ids. When it completes, the gates go by them.</summary>
    public ValueTask ChangeTicketsAsync(IReadOnlyList<Ticket> tickets) => throw new NotImplementedException();

    /// <summary>Asks the state something, between two scans. The question must be short (well under a millisecond), must not keep the state and must not change it.</summary>
    /// <exception cref="EventClosedException">The mailbox has stopped.</exception>
    public ValueTask<T> AskAsync<T>(Func<Admission, T> question) => throw new NotImplementedException();

    /// <summary>What a ticket allows now; null = unknown.</summary>
    public ValueTask<Ticket?> FindTicketAsync(TicketId ticket) => throw new NotImplementedException();

    /// <summary>The figures with all breakdowns, after everything that was answered before the call.</summary>
    public ValueTask<Picture> PictureAsync() => throw new NotImplementedException();

    /// <summary>The state as the log stood after a record, read from the log: it takes its time and holds nobody up. At most two at a time.</summary>
    public Task<Admission> AsOfAsync(long seq, CancellationToken cancellation) => throw new NotImplementedException();
}
