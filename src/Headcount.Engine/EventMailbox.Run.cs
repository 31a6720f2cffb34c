using Headcount.Core;
using Microsoft.Extensions.Logging;

namespace Headcount.Engine;

public sealed partial class EventMailbox
{
    private const int MostDoublings = 4;

    // How many rounds may wait for the disk: one is written while those before it are waited for.
    private const int MostUnderWay = 4;

    private readonly Queue<BatchItem> _waitingBatches = [];

    // What is decided and waits to be on disk, in order; on the mailbox.
    private readonly Queue<Round> _underWay = [];

    // Asked once everything decided before is on disk: nobody is told a number that a power cut takes back.
    private readonly List<StateItem> _questioning = [];

    // Where records are added now: the last of those under way.
    private Round _round = new();

    private Task<bool>? _arrival;

    // While the log does not take records: whether the state is what the log says.
    private bool _isStateGood;

    // Questions are asked when nothing is under way, so that while one waits nothing new begins.
    private bool MayBegin => _questioning.Count == 0 && _underWay.Count < MostUnderWay && (_underWay.Count == 0 || _round.Written.IsCompletedSuccessfully);

    private bool HasWork => _waitingBatches.Count > 0 || _items.Reader.TryPeek(out _);

    private async Task RunAsync()
    {
        while (await IsToGoOnAsync().ConfigureAwait(false))
        {
            try
            {
                if (MayBegin && HasWork) Begin();
                if (SettleWhatIsKept()) continue;
            }
            catch (Exception problem)
            {
                // A bug. What is half done is forgotten; the log says what holds.
                Tell(() => Log.MailboxFailed(_logger, _settings.Slug, problem));
            }

            while (!await IsStartedAnewAsync().ConfigureAwait(false)) await Task.Delay(_options.RetryDelay, _time).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsStartedAnewAsync()
    {
        try
        {
            await StartAnewAsync().ConfigureAwait(false);
            return true;
        }
        catch (Exception problem)
        {
            Tell(() => Log.MailboxFailed(_logger, _settings.Slug, problem));
            return false;
        }
    }

    // Waits until there is something to do; false at the end.
    private async ValueTask<bool> IsToGoOnAsync()
    {
        if (MayBegin && HasWork) return true;
        if (_underWay.Count == 0) return await _items.Reader.WaitToReadAsync().ConfigureAwait(false);
        var oldest = _underWay.Peek().Kept;
        if (!_round.Written.IsCompleted)
        {
            await Task.WhenAny(_round.Written, oldest).ConfigureAwait(false);
        }
        else if (MayBegin && !_items.Reader.Completion.IsCompleted)
        {
            if (_arrival is not { IsCompleted: false }) _arrival = _items.Reader.WaitToReadAsync().AsTask();
            await Task.WhenAny(_arrival, oldest).ConfigureAwait(false);
        }
        else
        {
            await Task.WhenAny(oldest).ConfigureAwait(false);
        }

        return true;
    }

    private void Begin()
    {
        _underWay.Enqueue(_round = new Round());
        DecideWhatWaits();
        if (_round.Entries.Count > 0) _round.Write(_log.WriteAsync(_settings.EventId, _round.Entries), _time.GetTimestamp());
        _round.Figures = _state.Figures();
    }

    // False where something was not kept.
    private bool SettleWhatIsKept()
    {
        while (_underWay.TryPeek(out var round) && round.Kept.IsCompleted)
        {
            if (!IsKept(round)) return false;
            Publish(round);
            AnswerAll(round);
            _underWay.Dequeue();
        }

        if (_underWay.Count > 0) return true;
        foreach (var question in _questioning) question.Run(_state);
        _questioning.Clear();
        return true;
    }

    // Logging can fail too, and must not be what ends a mailbox.
    private static void Tell(Action write)
    {
        try
        {
            write();
        }
        catch (Exception)
        {
            // There is nobody left to tell.
        }
    }

    private void DecideWhatWaits()
    {
        var now = Instant.FromDateTimeOffset(_time.GetUtcNow());
        var (entries, pending) = (_round.Entries, _round.Pending);
        while (entries.Count < _options.MaxCommit && pending.Count < _options.MaxCommit && _items.Reader.TryRead(out var item))
        {
            switch (item)
            {
                case ScanItem scan:
                    Interlocked.Decrement(ref _waiting);
                    pending.Add(new Pending(scan, default, null));
                    pending[^1] = new Pending(scan, Judge(scan.Request, now), null);
                    break;
                case BatchItem batch:
                    _waitingBatches.Enqueue(batch);
                    break;
                case RecordItem record:
                    pending.Add(new Pending(record, default, null));
                    pending[^1] = new Pending(record, Judge(record, now), null);
                    break;
                case StateItem question:
                    _questioning.Add(question);
                    break;
            }
        }

        // Nobody stands at a gate for a batch: one at a time, after those who do.
        if (entries.Count < _options.MaxCommit && _waitingBatches.TryDequeue(out var next)) JudgeBatch(next, now);
    }

    private void JudgeBatch(BatchItem batch, Instant now)
    {
        var judgements = new Judgement[batch.Requests.Count];
        _round.Pending.Add(new Pending(batch, default, judgements));
        for (var i = 0; i < judgements.Length; i++) judgements[i] = Judge(batch.Requests[i], now);
    }

    private Judgement Judge(in ScanRequest request, Instant now)
    {
        var scan = request.Scan;
        var match = _state.Repeats.Find(scan, request.IsFact && !request.WasRefused);
        if (match.Kind != RepeatKind.None) return new Judgement(match.Kind == RepeatKind.Repeat ? AnswerKind.Repeated : AnswerKind.Conflict, match.Seq);
        var admission = _state.Admission;
        var decision = request.IsFact
            ? admission.Decide(new ReportedScan(scan, now) { WasRefused = request.WasRefused, Reason = request.Reason, Noted = request.Noted })
            : admission.Decide(new Attempt(scan, now) { Override = request.Override, Noted = request.Noted });
        return Take(decision.ToRecord(admission.LastSeq + 1));
    }

    private Judgement Judge(RecordItem item, Instant now)
    {
        var (record, problem) = item.Decide(_state, now);
        return record is null ? new Judgement(AnswerKind.Logged, 0, problem) : Take(record, item.By, item.Note);
    }

    private Judgement Take(LogRecord record, string? by = null, string? note = null)
    {
        _state.Apply(record);
        _round.Entries.Add(new LogEntry(record)
        {
            Occupancy = _state.Admission.Actual, Capacity = _state.Settings.Rules.Capacity, By = by, Note = note,
            IsTicketUnknown = record is ScanRecord { Scan: { Type: ScanType.Exit } scan } && _state.Register.TermsOf(scan.TicketId) is null,
        });
        return new Judgement(AnswerKind.Logged, record.Seq);
    }

    private bool IsKept(Round round)
    {
        if (round.Kept.IsCompletedSuccessfully)
        {
            if (round.Entries.Count > 0) EngineMeter.Committed(round.Entries.Count, _time.GetElapsedTime(round.Began));
            foreach (var entry in round.Entries) _recent.Add(entry);
            return true;
        }

        Tell(() => Log.CommitFailed(_logger, _settings.Slug, round.Entries.Count, round.Entries[0].Seq, round.Kept.Exception?.InnerException ?? new OperationCanceledException()));
        return false;
    }

    private void Publish(Round round)
    {
        if (round.Entries.Count == 0) return;
        _figures = round.Figures;
        if (_listeners.Length == 0) return;
        var commit = new Commit(round.Entries, round.Figures);
        foreach (var listener in _listeners)
        {
            try
            {
                listener.OnCommitted(this, commit);
            }
            catch (Exception problem)
            {
                // A listener's trouble is not the gates'.
                Log.ListenerFailed(_logger, listener.GetType().Name, problem);
            }
        }
    }

    private void AnswerAll(Round round)
    {
        // Whoever was answered is another's already when the next one fails.
        for (; round.Answered < round.Pending.Count; round.Answered++) Answer(round, round.Pending[round.Answered]);
    }

    private void Answer(Round round, in Pending pending)
    {
        switch (pending.Item)
        {
            case ScanItem scan when pending.Judgement.Kind == AnswerKind.Logged || Find(round, pending.Judgement.Seq) is not null:
                scan.Answer(new ScanAnswer(pending.Judgement.Kind, Find(round, pending.Judgement.Seq)));
                break;
            case ScanItem scan:
                _ = AnswerFromLogAsync(scan, pending.Judgement);
                break;
            case RecordItem record:
                record.Answer(new AnnulAnswer(AnswerKind.Logged, pending.Judgement.Problem, pending.Judgement.Problem == AnnulmentProblem.None ? Find(round, pending.Judgement.Seq) : null));
                break;
            case BatchItem batch:
                _ = AnswerFromLogAsync(round, batch, pending.Batch!);
                break;
        }
    }

    private LogEntry? Find(Round round, long seq)
    {
        var first = round.Entries.Count > 0 ? round.Entries[0].Seq : long.MaxValue;
        return seq >= first ? round.Entries[(int)(seq - first)] : _recent.Find(seq);
    }

    private async Task AnswerFromLogAsync(ScanItem scan, Judgement judgement) => scan.Answer(await AnswerFromLogAsync(judgement).ConfigureAwait(false));

    private async Task AnswerFromLogAsync(Round round, BatchItem batch, Judgement[] judgements)
    {
        try
        {
            var answers = new ScanAnswer[judgements.Length];
            for (var i = 0; i < answers.Length; i++)
            {
                answers[i] = new ScanAnswer(judgements[i].Kind, Find(round, judgements[i].Seq));
                if (answers[i].Entry is null) answers[i] = await AnswerFromLogAsync(judgements[i]).ConfigureAwait(false);
            }

            batch.Answer(answers);
        }
        catch (Exception problem)
        {
            Tell(() => Log.MailboxFailed(_logger, _settings.Slug, problem));
            batch.Fail(AnswerKind.NotDurable);
        }
    }

    private async ValueTask<ScanAnswer> AnswerFromLogAsync(Judgement judgement)
    {
        try
        {
            var entry = await _log.FindAsync(_settings.EventId, judgement.Seq, CancellationToken.None).ConfigureAwait(false);
            return entry is null ? new ScanAnswer(AnswerKind.NotDurable, null) : new ScanAnswer(judgement.Kind, entry);
        }
        catch (Exception problem)
        {
            Log.ReadFailed(_logger, _settings.Slug, judgement.Seq, problem);
            return new ScanAnswer(AnswerKind.NotDurable, null);
        }
    }

    /// <summary>Forgets what is not known to be kept, reads the state from the log, and waits until that takes records again, for as long as it takes. Meanwhile nobody is kept waiting: all are told to try again.</summary>
    private async Task StartAnewAsync()
    {
        (_isOut, _isStateGood) = (true, false);

        // What is still being written is neither forgotten nor known: the log is read when it is one of the two.
        var writing = Task.WhenAll(_underWay.Select(round => round.Kept)).ContinueWith(static all => all.Exception, TaskScheduler.Default);
        FailAll();
        await WhileOutAsync(writing).ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        var delay = _options.RetryDelay;
        for (var doublings = 0; !_isClosed; doublings++)
        {
            if (_isStateGood || await ReadStateAsync().ConfigureAwait(false))
            {
                var checking = IsWritableAsync(mayTell: doublings == 0);
                await WhileOutAsync(checking).ConfigureAwait(false);
                if (await checking.ConfigureAwait(false))
                {
                    _isOut = false;
                    Tell(() => Log.Recovered(_logger, _settings.Slug, _figures.Seq));
                    return;
                }
            }

            await WhileOutAsync(Task.Delay(delay, _time)).ConfigureAwait(false);
            if (doublings < MostDoublings) delay *= 2;
        }

        // The state may say more than the log: whoever slips in before the line is closed must not be decided by it.
        _isStateGood = false;
        while (await _items.Reader.WaitToReadAsync().ConfigureAwait(false)) FailAll();
        foreach (var change in _questioning) change.Fail(AnswerKind.Closed);
        _questioning.Clear();
    }

    // A disk that is full can be read all the same: from then on questions are answered, and scans are not taken.
    private async Task<bool> ReadStateAsync()
    {
        var loading = LoadAsync();
        await WhileOutAsync(loading).ConfigureAwait(false);
        if (await loading.ConfigureAwait(false) is not { } state) return false;
        (_state, _settings, _figures, _picture, _isStateGood) = (state, state.Settings, state.Figures(), null, true);
        FailAll();
        return true;
    }

    private async Task WhileOutAsync(Task until)
    {
        while (!until.IsCompleted)
        {
            await Task.WhenAny(until, _items.Reader.WaitToReadAsync().AsTask()).ConfigureAwait(false);
            FailAll();
            if (_items.Reader.Completion.IsCompleted) return;
        }
    }

    private async Task<bool> IsWritableAsync(bool mayTell)
    {
        try
        {
            await _log.CheckAsync(CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (Exception problem)
        {
            // Once: a log that is written to the same full disk would have no use for more.
            if (mayTell) Tell(() => Log.StillOut(_logger, _settings.Slug, problem.Message));
            return false;
        }
    }

    private async Task<EventState?> LoadAsync()
    {
        try
        {
            return await EventState.LoadAsync(_settings.EventId, _log, _source, CancellationToken.None).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The event is gone.");
        }
        catch (Exception problem)
        {
            Tell(() => Log.RecoveryFailed(_logger, _settings.Slug, problem));
            return null;
        }
    }

    private void FailAll()
    {
        foreach (var round in _underWay)
        {
            for (; round.Answered < round.Pending.Count; round.Answered++) round.Pending[round.Answered].Item.Fail(AnswerKind.NotDurable);
        }

        _underWay.Clear();
        while (_waitingBatches.TryDequeue(out var batch)) batch.Fail(AnswerKind.NotDurable);
        while (_items.Reader.TryRead(out var item))
        {
            if (item is ScanItem) Interlocked.Decrement(ref _waiting);
            if (item is StateItem question)
                _questioning.Add(question);
            else
                item.Fail(AnswerKind.NotDurable);
        }

        if (_isStateGood)
        {
            foreach (var question in _questioning) question.Run(_state);
            _questioning.Clear();
            return;
        }

        // A change waits for the state that it is to be in: what is read may be older than it.
        foreach (var question in _questioning)
        {
            if (!question.IsChange) question.Fail(AnswerKind.NotDurable);
        }

        _questioning.RemoveAll(question => !question.IsChange);
    }

    private static partial class Log
    {
        [LoggerMessage(100, LogLevel.Error, "Event {Event}: {Count} records from {Seq} on could not be kept; the state is read anew from the log")]
        public static partial void CommitFailed(ILogger logger, string @event, int count, long seq, Exception problem);

        [LoggerMessage(101, LogLevel.Critical, "Event {Event}: its mailbox failed; the state is read anew from the log")]
        public static partial void MailboxFailed(ILogger logger, string @event, Exception problem);

        [LoggerMessage(102, LogLevel.Error, "A listener, {Listener}, failed")]
        public static partial void ListenerFailed(ILogger logger, string listener, Exception problem);

        [LoggerMessage(103, LogLevel.Warning, "Event {Event}: record {Seq} could not be read")]
        public static partial void ReadFailed(ILogger logger, string @event, long seq, Exception problem);

        [LoggerMessage(104, LogLevel.Information, "Event {Event}: the state is read from the log again, up to record {Seq}")]
        public static partial void Recovered(ILogger logger, string @event, long seq);

        [LoggerMessage(105, LogLevel.Error, "Event {Event}: the log cannot be read; it is tried again")]
        public static partial void RecoveryFailed(ILogger logger, string @event, Exception problem);

        [LoggerMessage(106, LogLevel.Error, "Event {Event}: the log takes no records; it is tried again and again. {Reason}")]
        public static partial void StillOut(ILogger logger, string @event, string reason);
    }
}
