using Headcount.Core;
using Microsoft.Extensions.Logging;

namespace Headcount.Engine;

public sealed partial class EventMailbox
{
    private const int MostDoublings = 4;

    // What is decided and waits to be on disk; on the mailbox.
    private readonly List<LogEntry> _entries = [];
    private readonly List<Pending> _pending = [];
    private readonly Queue<BatchItem> _waitingBatches = [];

    // Asked once everything decided before is on disk: nobody is told a number that a power cut takes back.
    private readonly List<StateItem> _questioning = [];

    // While the log does not take records: whether the state is what the log says.
    private bool _isStateGood;

    /// <summary>An answer that waits for the disk: of one of the commit's records, or of a batch's.</summary>
    private readonly record struct Pending(MailItem Item, Judgement Judgement, Judgement[]? Batch);

    /// <summary>What is to be answered: a record of this commit by its place, or an earlier one by its number.</summary>
    private readonly record struct Judgement(AnswerKind Kind, long Seq, AnnulmentProblem Problem = AnnulmentProblem.None);

    private async Task RunAsync()
    {
        while (_waitingBatches.Count > 0 || await _items.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            try
            {
                DecideWhatWaits();
            }
            catch (Exception problem)
            {
                // A bug. What is half done is forgotten; the log says what holds.
                Log.MailboxFailed(_logger, _settings.Slug, problem);
                await StartAnewAsync().ConfigureAwait(false);
                continue;
            }

            if (_entries.Count > 0 && !await CommitAsync().ConfigureAwait(false))
            {
                await StartAnewAsync().ConfigureAwait(false);
                continue;
            }

            Publish();
            AnswerAll();
        }
    }

    private void DecideWhatWaits()
    {
        var now = Instant.FromDateTimeOffset(_time.GetUtcNow());
        while (_entries.Count < _options.MaxCommit && _pending.Count < _options.MaxCommit && _items.Reader.TryRead(out var item))
        {
            switch (item)
            {
                case ScanItem scan:
                    Interlocked.Decrement(ref _waiting);
                    _pending.Add(new Pending(scan, default, null));
                    _pending[^1] = new Pending(scan, Judge(scan.Request, now), null);
                    break;
                case BatchItem batch:
                    _waitingBatches.Enqueue(batch);
                    break;
                case RecordItem record:
                    _pending.Add(new Pending(record, default, null));
                    _pending[^1] = new Pending(record, Judge(record, now), null);
                    break;
                case StateItem question:
                    _questioning.Add(question);
                    break;
            }
        }

        // Nobody stands at a gate for a batch: one at a time, after those who do.
        if (_entries.Count < _options.MaxCommit && _waitingBatches.TryDequeue(out var next)) JudgeBatch(next, now);
    }

    private void JudgeBatch(BatchItem batch, Instant now)
    {
        var judgements = new Judgement[batch.Requests.Count];
        _pending.Add(new Pending(batch, default, judgements));
        for (var i = 0; i < judgements.Length; i++) judgements[i] = Judge(batch.Requests[i], now);
    }

    private Judgement Judge(in ScanRequest request, Instant now)
    {
        var scan = request.Scan;
        var match = _state.Repeats.Find(scan, request.IsFact && !request.WasRefused);
        if (match.Kind != RepeatKind.None) return new Judgement(match.Kind == RepeatKind.Repeat ? AnswerKind.Repeated : AnswerKind.Conflict, match.Seq);
        var admission = _state.Admission;
        var decision = request.IsFact
            ? admission.Decide(new ReportedScan(scan, now) { WasRefused = request.WasRefused, Reason = request.Reason, Noted = request.Noted, Code = request.Code })
            : admission.Decide(new Attempt(scan, now) { Override = request.Override, Noted = request.Noted, Code = request.Code, Held = _state.Leases.HeldFor(now, scan.DeviceId?.Value) });
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
        _entries.Add(new LogEntry(record)
        {
            Occupancy = _state.Admission.Actual, Capacity = _state.Settings.Rules.Capacity, By = by, Note = note,
            IsTicketUnknown = record is ScanRecord { Scan: { Type: ScanType.Exit } scan } && _state.Register.TermsOf(scan.TicketId) is null,
        });
        return new Judgement(AnswerKind.Logged, record.Seq);
    }

    private async ValueTask<bool> CommitAsync()
    {
        var began = _time.GetTimestamp();
        try
        {
            await _log.AppendAsync(_settings.EventId, _entries, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception problem)
        {
            Log.CommitFailed(_logger, _settings.Slug, _entries.Count, _entries[0].Seq, problem);
            return false;
        }

        EngineMeter.Committed(_entries.Count, _time.GetElapsedTime(began));
        foreach (var entry in _entries) _recent.Add(entry);
        return true;
    }

    private void Publish()
    {
        if (_entries.Count == 0) return;
        _figures = _state.Figures();
        ShowLeases();
        if (_listeners.Length == 0) return;
        var commit = new Commit([.. _entries], _figures);
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

    private void AnswerAll()
    {
        foreach (var pending in _pending) Answer(pending);
        _pending.Clear();
        _entries.Clear();
        foreach (var question in _questioning) question.Run(_state);
        _questioning.Clear();
    }

    private void Answer(in Pending pending)
    {
        switch (pending.Item)
        {
            case ScanItem scan when pending.Judgement.Kind == AnswerKind.Logged || Find(pending.Judgement.Seq) is not null:
                scan.Answer(new ScanAnswer(pending.Judgement.Kind, Find(pending.Judgement.Seq)));
                break;
            case ScanItem scan:
                _ = AnswerFromLogAsync(scan, pending.Judgement);
                break;
            case RecordItem record:
                record.Answer(new AnnulAnswer(AnswerKind.Logged, pending.Judgement.Problem, pending.Judgement.Problem == AnnulmentProblem.None ? Find(pending.Judgement.Seq) : null));
                break;
            case BatchItem batch:
                _ = AnswerFromLogAsync(batch, pending.Batch!);
                break;
        }
    }

    private LogEntry? Find(long seq)
    {
        var first = _entries.Count > 0 ? _entries[0].Seq : long.MaxValue;
        return seq >= first ? _entries[(int)(seq - first)] : _recent.Find(seq);
    }

    private async Task AnswerFromLogAsync(ScanItem scan, Judgement judgement) => scan.Answer(await AnswerFromLogAsync(judgement).ConfigureAwait(false));

    private async Task AnswerFromLogAsync(BatchItem batch, Judgement[] judgements)
    {
        var answers = new ScanAnswer[judgements.Length];

        // Before the first wait: what is in this commit is at hand only until the next one begins.
        for (var i = 0; i < answers.Length; i++) answers[i] = new ScanAnswer(judgements[i].Kind, Find(judgements[i].Seq));
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i].Entry is null) answers[i] = await AnswerFromLogAsync(judgements[i]).ConfigureAwait(false);
        }

        batch.Answer(answers);
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
        FailAll();
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
                    Log.Recovered(_logger, _settings.Slug, _figures.Seq);
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
        _shownLeases = -1;
        ShowLeases();
        foreach (var listener in _listeners) listener.OnReloaded(this);
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
            if (mayTell) Log.StillOut(_logger, _settings.Slug, problem.Message);
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
            Log.RecoveryFailed(_logger, _settings.Slug, problem);
            return null;
        }
    }

    private void FailAll()
    {
        foreach (var pending in _pending) pending.Item.Fail(AnswerKind.NotDurable);
        _pending.Clear();
        _entries.Clear();
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
