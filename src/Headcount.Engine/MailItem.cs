using System.Threading.Tasks.Sources;
using Headcount.Core;

namespace Headcount.Engine;

/// <summary>Something that waits in a mailbox.</summary>
internal abstract class MailItem
{
    /// <summary>Cannot be done: the log does not keep anything now, or the mailbox has stopped.</summary>
    public abstract void Fail(AnswerKind why);
}

/// <summary>One scan, and whoever waits for its answer. Used again and again: a scan must not cost memory.</summary>
internal sealed class ScanItem : MailItem, IValueTaskSource<ScanAnswer>
{
    private ManualResetValueTaskSourceCore<ScanAnswer> _source = new() { RunContinuationsAsynchronously = true };

    public ScanRequest Request { get; set; }

    public ValueTask<ScanAnswer> Task => new(this, _source.Version);

    public void Answer(ScanAnswer answer) => _source.SetResult(answer);

    public override void Fail(AnswerKind why) => Answer(new ScanAnswer(why, null));

    ScanAnswer IValueTaskSource<ScanAnswer>.GetResult(short token)
    {
        var answer = _source.GetResult(token);
        _source.Reset();
        Request = default;
        ScanItems.Return(this);
        return answer;
    }

    ValueTaskSourceStatus IValueTaskSource<ScanAnswer>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ScanAnswer>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}

/// <summary>Scan items at rest.</summary>
internal static class ScanItems
{
    private const int Most = 4_096;

    private static readonly System.Collections.Concurrent.ConcurrentQueue<ScanItem> Resting = new();

    public static ScanItem Rent(in ScanRequest request)
    {
        if (!Resting.TryDequeue(out var item)) item = new ScanItem();
        item.Request = request;
        return item;
    }

    public static void Return(ScanItem item)
    {
        if (Resting.Count < Most) Resting.Enqueue(item);
    }
}

/// <summary>Scans that are committed together.</summary>
internal sealed class BatchItem(IReadOnlyList<ScanRequest> requests) : MailItem
{
    private readonly TaskCompletionSource<IReadOnlyList<ScanAnswer>> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<ScanRequest> Requests => requests;

    public Task<IReadOnlyList<ScanAnswer>> Task => _source.Task;

    public void Answer(IReadOnlyList<ScanAnswer> answers) => _source.TrySetResult(answers);

    public override void Fail(AnswerKind why)
    {
        var answers = new ScanAnswer[requests.Count];
        Array.Fill(answers, new ScanAnswer(why, null));
        Answer(answers);
    }
}

/// <summary>Something else that is decided and logged: an annulment, or a closing.</summary>
internal sealed class RecordItem(Func<EventState, Instant, (LogRecord? Record, AnnulmentProblem Problem)> decide, string by, string? note) : MailItem
{
    private readonly TaskCompletionSource<AnnulAnswer> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<AnnulAnswer> Task => _source.Task;

    public string By => by;

    public string? Note => note;

    public (LogRecord? Record, AnnulmentProblem Problem) Decide(EventState state, Instant now) => decide(state, now);

    public void Answer(AnnulAnswer answer) => _source.TrySetResult(answer);

    public override void Fail(AnswerKind why) => Answer(new AnnulAnswer(why, AnnulmentProblem.None, null));
}

/// <summary>A question or a change that is not logged.</summary>
internal abstract class StateItem(bool isChange) : MailItem
{
    /// <summary>Whether the state must have it, however long that takes: it is in the database already.</summary>
    public bool IsChange => isChange;

    public abstract void Run(EventState state);
}

/// <summary>A question or a change, with what it gives.</summary>
internal sealed class StateItem<T>(Func<EventState, T> run, bool isChange) : StateItem(isChange)
{
    private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _source.Task;

    public override void Run(EventState state)
    {
        try
        {
            _source.TrySetResult(run(state));
        }
        catch (Exception problem)
        {
            _source.TrySetException(problem);
        }
    }

    public override void Fail(AnswerKind why) => _source.TrySetException(why switch
    {
        AnswerKind.Closed => new EventClosedException(),
        AnswerKind.Busy => new EventBusyException("Too many questions about this event are waiting."),
        _ => new LogUnavailableException("The event's log cannot be read or written now; it is tried again all the time."),
    });
}
