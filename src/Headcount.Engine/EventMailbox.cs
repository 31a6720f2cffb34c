using System.Threading.Channels;
using Headcount.Core;
using Microsoft.Extensions.Logging;

namespace Headcount.Engine;

/// <summary>The one owner of an event's state: takes scans, decides them in order, has them kept, and only then answers.</summary>
/// <remarks>
/// All members may be called from any thread. While records are being written, what comes next gathers and is decided together (group commit). Facts in batches
/// wait behind scans that somebody stands at a gate for. When the log fails, everything that was decided and is not known to be kept is forgotten, those who
/// wait are told to try again, and the state is read anew from the log.
/// </remarks>
public sealed partial class EventMailbox : IAsyncDisposable
{
    private const int MostQuestions = 256;

    private readonly IScanLog _log;
    private readonly IEventSource _source;
    private readonly IEventListener[] _listeners;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<MailItem> _items = Channel.CreateUnbounded<MailItem>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _questions = new(MostQuestions);
    private readonly LogReadings _readings;
    private readonly SemaphoreSlim _batches;
    private readonly RecentEntries _recent = new();
    private readonly Task _running;

    private EventState _state;
    private volatile EventSettings _settings;
    private volatile Figures _figures;
    private volatile Picture? _picture;
    private int _waiting;
    private int _asking;
    private volatile bool _isClosed;
    private volatile bool _isOut;

    internal EventMailbox(EventState state, IScanLog log, IEventSource source, IEnumerable<IEventListener> listeners, LogReadings readings, EngineOptions options, TimeProvider time, ILogger logger)
    {
        (_state, _log, _source, _listeners, _readings, _options, _time, _logger) = (state, log, source, [.. listeners], readings, options, time, logger);
        _settings = state.Settings;
        _figures = state.Figures();
        _batches = new SemaphoreSlim(options.MaxBatchesWaiting);
        foreach (var listener in _listeners) listener.OnOpened(this);
        _running = Task.Run(RunAsync);
    }

    /// <summary>What the gates go by now.</summary>
    public EventSettings Settings => _settings;

    /// <summary>The figures after the last record on disk.</summary>
    public Figures Figures => _figures;

    /// <summary>How many scans wait for a decision.</summary>
    public int QueueLength => Volatile.Read(ref _waiting);

    /// <summary>Whether the log takes records now; while it does not, scans are answered <see cref="AnswerKind.NotDurable"/>.</summary>
    public bool IsDurable => !_isOut;

    /// <summary>Hands in one scan.</summary>
    public ValueTask<ScanAnswer> SubmitAsync(ScanRequest request)
    {
        if (_isClosed || _settings.IsArchived) return new(new ScanAnswer(AnswerKind.Closed, null));
        if (Interlocked.Increment(ref _waiting) > _options.MailboxCapacity)
        {
            Interlocked.Decrement(ref _waiting);
            return new(new ScanAnswer(AnswerKind.Busy, null));
        }

        var item = ScanItems.Rent(in request);
        var task = item.Task;
        if (!_items.Writer.TryWrite(item))
        {
            Interlocked.Decrement(ref _waiting);
            item.Fail(AnswerKind.Closed);
        }

        return task;
    }

    /// <summary>Hands in up to <see cref="EngineOptions.MaxBatch"/> scans that are committed together; the answers are in their order. Where many batches wait already, this one waits for its turn to wait.</summary>
    /// <exception cref="ArgumentException">There are more.</exception>
    public async ValueTask<IReadOnlyList<ScanAnswer>> SubmitAsync(IReadOnlyList<ScanRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        if (requests.Count > _options.MaxBatch) throw new ArgumentException($"A batch holds at most {_options.MaxBatch} scans.", nameof(requests));
        var item = new BatchItem(requests);
        if (_isClosed || _settings.IsArchived)
        {
            item.Fail(AnswerKind.Closed);
        }
        else if (!await _batches.WaitAsync(_options.BatchPatience).ConfigureAwait(false))
        {
            item.Fail(AnswerKind.Busy);
        }
        else
        {
            try
            {
                Post(item);
                await item.Task.ConfigureAwait(false);
            }
            finally
            {
                _batches.Release();
            }
        }

        return await item.Task.ConfigureAwait(false);
    }

    /// <summary>Takes back a scan. Whether the caller may is for the door to say.</summary>
    public async ValueTask<AnnulAnswer> AnnulAsync(long seq, string by, string reason)
    {
        var item = new RecordItem((state, now) => state.Admission.CanAnnul(seq) is var problem && problem != AnnulmentProblem.None
            ? (null, problem)
            : (state.Admission.Annul(seq, now), problem), by, reason);
        return await LogAsync(item).ConfigureAwait(false);
    }

    /// <summary>Closes the day at an instant; one still to come is cut back to now; null = now.</summary>
    public async ValueTask<(AnswerKind Kind, LogEntry? Entry)> CloseDayAsync(Instant? at, string by)
    {
        var item = new RecordItem((state, now) => (state.Admission.CloseDay(at ?? now, now), AnnulmentProblem.None), by, null);
        var answer = await LogAsync(item).ConfigureAwait(false);
        return (answer.Kind, answer.Entry);
    }

    /// <summary>Changes what the gates go by. When it completes, they do.</summary>
    public async ValueTask ChangeSettingsAsync(EventSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await OnStateAsync(state =>
        {
            state.Settings = settings;
            _settings = settings;
            _figures = state.Figures();
            _picture = null;
            foreach (var listener in _listeners) listener.OnSettingsChanged(this);
            return true;
        }, isChange: true).ConfigureAwait(false);
    }

    /// <summary>Takes tickets in, in place of earlier ones of the same ids. When it completes, the gates go by them.</summary>
    public async ValueTask ChangeTicketsAsync(IReadOnlyList<Ticket> tickets)
    {
        ArgumentNullException.ThrowIfNull(tickets);
        await OnStateAsync(state =>
        {
            foreach (var ticket in tickets) state.Register.Set(ticket);
            return true;
        }, isChange: true).ConfigureAwait(false);
    }

    /// <summary>Asks the state something, between two scans. The question must be short (well under a millisecond), must not keep the state and must not change it.</summary>
    /// <exception cref="EventBusyException">Too many questions wait.</exception>
    /// <exception cref="EventClosedException">The mailbox has stopped.</exception>
    /// <exception cref="LogUnavailableException">The log could not be read or written, and the state is not there.</exception>
    public ValueTask<T> AskAsync<T>(Func<Admission, T> question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return OnStateAsync(state => question(state.Admission));
    }

    /// <summary>What a ticket allows now; null = unknown.</summary>
    public ValueTask<Ticket?> FindTicketAsync(TicketId ticket) => OnStateAsync(state => state.Register.Find(ticket));

    /// <summary>How many tickets there are, revoked ones among them.</summary>
    public ValueTask<int> CountTicketsAsync() => OnStateAsync(state => state.Register.Count);

    /// <summary>Every ticket that is not revoked. Gates wait meanwhile, a few hundredths of a second for a hundred thousand: only where something is wrong.</summary>
    public ValueTask<IReadOnlyList<TicketId>> GoodTicketsAsync() => OnStateAsync<IReadOnlyList<TicketId>>(state =>
    {
        var good = new List<TicketId>(state.Register.Count);
        foreach (var ticket in state.Register)
        {
            if (ticket.Status != TicketStatus.Revoked) good.Add(ticket.TicketId);
        }

        return good;
    });

    /// <summary>The figures with all breakdowns, after everything that was answered before the call.</summary>
    public ValueTask<Picture> PictureAsync() => OnStateAsync(state =>
    {
        // Rates go down while nothing happens: a picture is good for as long as no record and no second has passed.
        var now = Instant.FromDateTimeOffset(_time.GetUtcNow());
        if (_picture is { } last && last.Figures == _figures && now - last.TakenAt < TimeSpan.FromSeconds(1)) return last;
        return _picture = state.Picture(now);
    });

    /// <summary>The state as the log stood after a record, read from the log: it takes its time and holds nobody up. Few at a time: <see cref="EngineOptions.MaxReadings"/>.</summary>
    /// <exception cref="EventBusyException">Too many wait for their turn.</exception>
    /// <exception cref="LogUnavailableException">The log cannot be read.</exception>
    public async Task<Admission> AsOfAsync(long seq, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seq);
        return await _readings.InTurnAsync(() => EventState.AsOfAsync(_settings, Math.Min(seq, _figures.Seq), _log, cancellation), cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes no more, answers what was taken, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        _items.Writer.TryComplete();
        await _running.ConfigureAwait(false);
    }

    private void Post(MailItem item)
    {
        if (_isClosed || !_items.Writer.TryWrite(item)) item.Fail(AnswerKind.Closed);
    }

    private async ValueTask<AnnulAnswer> LogAsync(RecordItem item)
    {
        if (_settings.IsArchived) item.Fail(AnswerKind.Closed);
        return await InTurnAsync(item, item.Task).ConfigureAwait(false);
    }

    private ValueTask<T> OnStateAsync<T>(Func<EventState, T> run, bool isChange = false)
    {
        var item = new StateItem<T>(run, isChange);
        return InTurnAsync(item, item.Task, mustWait: isChange);
    }

    // Whoever comes while many wait already waits outside, so that the line itself stays short; and goes away where the line outside is long.
    private async ValueTask<T> InTurnAsync<T>(MailItem item, Task<T> answer, bool mustWait = false)
    {
        if (answer.IsCompleted) return await answer.ConfigureAwait(false);
        try
        {
            if (Interlocked.Increment(ref _asking) > _options.MaxQuestionsWaiting && !mustWait)
            {
                item.Fail(AnswerKind.Busy);
                return await answer.ConfigureAwait(false);
            }

            await _questions.WaitAsync().ConfigureAwait(false);
            try
            {
                Post(item);
                return await answer.ConfigureAwait(false);
            }
            finally
            {
                _questions.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }
}
