using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Headcount.Core;
using Headcount.Data;
using Headcount.Engine;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Webhooks;

/// <summary>Sees to it that webhooks are told. Open this first.</summary>
/// <remarks>
/// Scans and closings of the day are in the log already: each webhook has a place in it (<c>webhooks.cursor_seq</c>), and follows. A few times a second, in one transaction,
/// this writes deliveries made from the log with the places they reach, what else there is to tell, and how attempts went; so nothing is written on the path of a scan, nothing
/// is lost with the process, and what webhooks cost the database does not depend on how many scans there are.
/// </remarks>
internal sealed partial class WebhookDesk : BackgroundService, IEventListener
{
    private static readonly TimeSpan OutageWait = TimeSpan.FromSeconds(1);

    private readonly IWriteQueue _writes;
    private readonly IScanLog _log;
    private readonly WebhookLines _lines;
    private readonly WebhookSender _sender;
    private readonly DeliveryBook _book;
    private readonly WebhookLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<long, long> _lastSeq = [];
    private readonly ConcurrentDictionary<long, TicketChanges> _tickets = [];
    private readonly ConcurrentQueue<(long WebhookId, TaskCompletionSource Done)> _changed = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    // On the desk's own loop.
    private readonly List<WebhookAttempt> _attempts = [];
    private bool _hasMore;
    private bool _isOut;
    private Instant _sweepAt;

    public WebhookDesk(IWriteQueue writes, IScanLog log, WebhookLines lines, WebhookSender sender, DeliveryBook book, WebhookLimits limits, TimeProvider time, IMeterFactory meters, ILogger<WebhookDesk> logger)
    {
        (_writes, _log, _lines, _sender, _book, _limits, _time, _logger) = (writes, log, lines, sender, book, limits, time, logger);
        _book.Announced = Wake;
        _sender.Attempted = Wake;
        meters.Create("Headcount.Webhooks").CreateObservableGauge("headcount.webhooks.waiting", () => _lines.All.Sum(line => line.Waiting), "{delivery}", "Deliveries that wait to be taken.");
    }

    private Instant Now => Instant.FromDateTimeOffset(_time.GetUtcNow());

    public void OnOpened(EventMailbox mailbox) => Follow(mailbox, mailbox.Figures.Seq);

    public void OnCommitted(EventMailbox mailbox, Commit commit) => Follow(mailbox, commit.Figures.Seq);

    public void OnSettingsChanged(EventMailbox mailbox)
    {
        // No topic is about settings.
    }

    public void OnTicketsChanged(EventMailbox mailbox, IReadOnlyList<Ticket> tickets)
    {
        var eventId = mailbox.Settings.EventId;
        if (!_lines.AnyTakesTickets(eventId)) return;
        _tickets.GetOrAdd(eventId, _ => new TicketChanges(_limits.MostTickets)).Add(mailbox, tickets);
        Wake();
    }

    /// <summary>The last record of an event that is known of; null = it was not asked yet.</summary>
    public long? LastSeq(long eventId) => _lastSeq.TryGetValue(eventId, out var seq) ? seq : null;

    /// <summary>A webhook was made, changed or taken away. When it completes, it is gone by.</summary>
    public Task ChangedAsync(long webhookId, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _changed.Enqueue((webhookId, done));
        Wake();
        return done.Task.WaitAsync(cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _sweepAt = Now + _limits.SweepInterval;
        try
        {
            await LoadAsync(stoppingToken);
            while (true)
            {
                var began = Now;
                await RoundAsync(stoppingToken);
                await Task.Delay(_isOut ? OutageWait : _limits.Pace, _time, stoppingToken);
                if (!_hasMore && !_isOut) await WaitAsync(began, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was taken last is written down, so that it is not sent again.
            await Task.WhenAll(_lines.All.Select(line => _lines.EndAsync(line.WebhookId)));
            await RoundAsync(CancellationToken.None);
        }
    }

    private void Follow(EventMailbox mailbox, long seq)
    {
        var eventId = mailbox.Settings.EventId;
        _lastSeq[eventId] = seq;
        if (_lines.AnyFollowsLog(eventId)) Wake();
    }

    private void Wake() => _signal.Writer.TryWrite(true);

    private async Task WaitAsync(Instant began, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sweep = Task.Delay(_sweepAt > began ? _sweepAt - began : TimeSpan.Zero, _time, patience.Token);
        await Task.WhenAny(_signal.Reader.WaitToReadAsync(cancellation).AsTask(), sweep);
        await patience.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
        _signal.Reader.TryRead(out _);
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await _lines.LoadAsync(cancellation);
                return;
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                Unread(_logger, problem);
                await Task.Delay(OutageWait, _time, cancellation);
            }
        }
    }

    private async Task RoundAsync(CancellationToken cancellation)
    {
        try
        {
            await TakeChangesAsync(cancellation);
            foreach (var delivery in _book.TakeAnnounced()) Queue(delivery);
            await WriteAsync(cancellation);
            if (_isOut) WrittenAgain(_logger);
            _isOut = false;
            if (Now >= _sweepAt) await SweepAsync(cancellation);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            if (!_isOut) NotWritten(_logger, problem);
            _isOut = true;
        }

        if (cancellation.CanBeCanceled)
        {
            foreach (var line in _lines.All) _sender.Begin(line);
        }
    }

    private async Task TakeChangesAsync(CancellationToken cancellation)
    {
        while (_changed.TryPeek(out var change))
        {
            // What it was told so far is written down before it is read anew.
            await _lines.EndAsync(change.WebhookId);
            await WriteAttemptsAsync(cancellation);
            await _lines.ReloadAsync(change.WebhookId, cancellation);
            _changed.TryDequeue(out _);
            change.Done.TrySetResult();
        }
    }

    private async Task WriteAttemptsAsync(CancellationToken cancellation)
    {
        _sender.TakeAttempts(_attempts);
        if (_attempts.Count == 0) return;
        await _writes.WriteAsync(async (db, ct) =>
        {
            foreach (var attempt in Latest()) await attempt.WriteAsync(db, ct);
            return true;
        }, cancellation);
        _attempts.Clear();
    }

    private IEnumerable<WebhookAttempt> Latest() => _attempts.GroupBy(attempt => attempt.DeliveryId).Select(group => group.Last());

    private async Task WriteAsync(CancellationToken cancellation)
    {
        _sender.TakeAttempts(_attempts);
        var pieces = await ReadLogAsync(cancellation);
        var tickets = TakeTickets();
        var places = pieces.Where(piece => piece.Rows.Count > 0 || piece.Cursor - piece.Line.WrittenCursor >= _limits.PlaceInterval).ToList();
        try
        {
            if (_attempts.Count + places.Count + tickets.Count > 0) await WriteAsync(places, tickets, cancellation);
        }
        catch
        {
            foreach (var (changes, taken, _) in tickets) changes.GiveBack(taken);
            throw;
        }

        // Deliveries first: what waits for the records before it may go once the cursor has moved.
        foreach (var piece in pieces) piece.Line.MoveCursor(piece.Cursor);
    }

    private async Task WriteAsync(IReadOnlyList<LogPiece> places, IReadOnlyList<(TicketChanges Changes, TicketChanges.Taken Taken, IReadOnlyList<NewBody> Bodies)> tickets, CancellationToken cancellation)
    {
        var added = await _writes.WriteAsync(async (db, ct) =>
        {
            foreach (var attempt in Latest()) await attempt.WriteAsync(db, ct);
            var rows = await DeliveryBook.SaveAsync(db, [.. places.SelectMany(piece => piece.Rows).Select(item => (_book.Row(item.Row.WebhookId, item.Row.Topic, item.Row.Body), item.Seq))], ct);
            foreach (var piece in places) await db.Webhooks.Where(row => row.WebhookId == piece.Line.WebhookId).ExecuteUpdateAsync(set => set.SetProperty(row => row.CursorSeq, piece.Cursor), ct);
            return rows.Concat(await _book.AddAsync(db, WebhookTopics.TicketChanged, [.. tickets.SelectMany(item => item.Bodies)], ct)).ToList();
        }, cancellation);
        _attempts.Clear();
        foreach (var delivery in added) Queue(delivery);
        foreach (var piece in places) piece.Line.WrittenCursor = piece.Cursor;
    }

    private void Queue(WaitingDelivery delivery) => _lines.Find(delivery.WebhookId)?.Add(delivery);

    private async Task<List<LogPiece>> ReadLogAsync(CancellationToken cancellation)
    {
        var pieces = new List<LogPiece>();
        var reading = new LogReading(_log, _book, _limits);
        _hasMore = false;
        foreach (var line in _lines.All)
        {
            // Of an event that nobody opened yet it is not known how far its log goes: it is read until it ends.
            var last = LastSeq(line.EventId);
            var (piece, isAtEnd) = await reading.NextAsync(line, last ?? long.MaxValue, cancellation);
            if (piece is not null) pieces.Add(piece);
            if (isAtEnd && last is null) _lastSeq.TryAdd(line.EventId, piece?.Cursor ?? line.Cursor);
            _hasMore |= piece is not null && piece.Cursor < (LastSeq(line.EventId) ?? long.MaxValue) && piece.Rows.Count + line.Ready(_limits.MostWaiting) < _limits.MostWaiting;
        }

        return pieces;
    }

    private List<(TicketChanges Changes, TicketChanges.Taken Taken, IReadOnlyList<NewBody> Bodies)> TakeTickets()
    {
        var all = new List<(TicketChanges, TicketChanges.Taken, IReadOnlyList<NewBody>)>();
        foreach (var (eventId, changes) in _tickets)
        {
            if (changes.IsEmpty || changes.Mailbox is not { } mailbox) continue;
            var taken = changes.Take(_limits.MostTicketsAtOnce);
            var (settings, seq) = (mailbox.Settings, mailbox.Figures.Seq);
            var bodies = taken.Tickets.Chunk(_limits.MostItems).Select(chunk => new NewBody(eventId, WebhookBodies.Tickets(settings, seq, chunk), seq)).ToList();
            if (taken.IsAll) bodies.Add(new NewBody(eventId, WebhookBodies.AllTickets(settings, seq), seq));
            all.Add((changes, taken, bodies));
            _hasMore |= !changes.IsEmpty;
        }

        return all;
    }

    // What is over is kept for a while, for those who want to see or repeat it.
    private async Task SweepAsync(CancellationToken cancellation)
    {
        _sweepAt = Now + _limits.SweepInterval;
        var before = Now + -_limits.Kept;
        await _writes.WriteAsync((db, ct) => db.WebhookDeliveries.Where(row => row.DeliveredAt < before || row.FailedAt < before).ExecuteDeleteAsync(ct), cancellation);
        foreach (var line in _lines.All)
        {
            await _writes.WriteAsync(async (db, ct) =>
            {
                var over = db.WebhookDeliveries.Where(row => row.WebhookId == line.WebhookId && (row.DeliveredAt != null || row.FailedAt != null));
                var oldest = await over.OrderByDescending(row => row.DeliveryId).Skip(_limits.MostKept).Select(row => (long?)row.DeliveryId).FirstOrDefaultAsync(ct);
                return oldest is null ? 0 : await over.Where(row => row.DeliveryId <= oldest).ExecuteDeleteAsync(ct);
            }, cancellation);
        }
    }

    [LoggerMessage(710, LogLevel.Warning, "Webhooks cannot be read now; it is tried again")]
    private static partial void Unread(ILogger logger, Exception problem);

    [LoggerMessage(711, LogLevel.Warning, "What webhooks are to be told cannot be written down now; it waits where it is")]
    private static partial void NotWritten(ILogger logger, Exception problem);

    [LoggerMessage(712, LogLevel.Information, "What webhooks are to be told is written down again")]
    private static partial void WrittenAgain(ILogger logger);
}
