using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Headcount.Core;
using Headcount.Engine;

namespace Headcount.Server.Webhooks;

/// <summary>Sees to it that webhooks are told. Open this first.</summary>
/// <remarks>
/// Scans and closings of the day are in the log already: each webhook has a place in it (<c>webhooks.cursor_seq</c>), and follows. A few times a second
/// <see cref="WebhookLedger"/> writes down, in one transaction, what is to be sent and how attempts went, and <see cref="WebhookSender"/> sends it.
/// </remarks>
internal sealed partial class WebhookDesk : BackgroundService, IEventListener
{
    private static readonly TimeSpan OutageWait = TimeSpan.FromSeconds(1);

    private readonly WebhookLedger _ledger;
    private readonly WebhookLines _lines;
    private readonly WebhookSender _sender;
    private readonly DeliveryBook _book;
    private readonly WebhookLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentQueue<(long WebhookId, TaskCompletionSource Done)> _changed = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    // On the desk's own loop.
    private bool _isOut;
    private Instant _sweepAt;

    public WebhookDesk(WebhookLedger ledger, WebhookLines lines, WebhookSender sender, DeliveryBook book, WebhookLimits limits, TimeProvider time, IMeterFactory meters, ILogger<WebhookDesk> logger)
    {
        (_ledger, _lines, _sender, _book, _limits, _time, _logger) = (ledger, lines, sender, book, limits, time, logger);
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
                if (!_ledger.HasMore && !_isOut) await WaitAsync(began, stoppingToken);
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
        _ledger.Follow(eventId, seq);
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
            foreach (var delivery in _book.TakeAnnounced()) _lines.Queue(delivery);
            await _ledger.WriteAsync(cancellation);
            if (_isOut) WrittenAgain(_logger);
            _isOut = false;
            if (Now >= _sweepAt)
            {
                _sweepAt = Now + _limits.SweepInterval;
                await _ledger.SweepAsync(Now, cancellation);
            }
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
            await _ledger.WriteAttemptsAsync(cancellation);
            await _lines.ReloadAsync(change.WebhookId, cancellation);
            _changed.TryDequeue(out _);
            change.Done.TrySetResult();
        }
    }

    [LoggerMessage(710, LogLevel.Warning, "Webhooks cannot be read now; it is tried again")]
    private static partial void Unread(ILogger logger, Exception problem);

    [LoggerMessage(711, LogLevel.Warning, "What webhooks are to be told cannot be written down now; it waits where it is")]
    private static partial void NotWritten(ILogger logger, Exception problem);

    [LoggerMessage(712, LogLevel.Information, "What webhooks are to be told is written down again")]
    private static partial void WrittenAgain(ILogger logger);
}
