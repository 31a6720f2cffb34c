using System.Collections.Concurrent;
using System.Threading.Channels;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Engine.Alerts;

namespace Headcount.Server.Alerts;

/// <summary>Watches every open event, keeps its alerts and tells of them.</summary>
/// <remarks>Rules run where records are committed, which costs well under a microsecond a record; everything else happens here, off that path.</remarks>
internal sealed partial class AlertDesk(AlertKeeper keeper, IEnumerable<IAlertSink> sinks, TimeProvider time, ILogger<AlertDesk> logger)
    : BackgroundService, IHostedLifecycleService, IEventListener
{
    /// <summary>How often time is looked at.</summary>
    public static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    /// <summary>How many changes may wait for the database. Beyond it only the last state of each alert is kept, and then the oldest that are over are given up, which is logged.</summary>
    public const int MostWaiting = 10_000;

    // The past of one event is asked about this often at the most, and for at most this share of its time.
    private static readonly TimeSpan QuestionInterval = TimeSpan.FromSeconds(2);
    private const int QuestionShare = 200;

    private readonly ConcurrentDictionary<long, Watched> _watched = [];
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly IAlertSink[] _sinks = [.. sinks];
    private List<AlertNews> _news = [];
    private ILookup<long, Alert> _known = Enumerable.Empty<Alert>().ToLookup(_ => 0L);
    private bool _isOut;

    private sealed class Watched(EventMailbox mailbox)
    {
        public readonly Lock Lock = new();
        public readonly AlertWatch Watch = new();
        public EventMailbox Mailbox = mailbox;
        public Instant MayAskAt = Instant.Min;
    }

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    /// <summary>Before anything can be scanned: what is active already is not raised again.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken) => _known = await keeper.ReadAsync(cancellationToken);

    public void OnOpened(EventMailbox mailbox)
    {
        var settings = mailbox.Settings;
        var watched = _watched.GetOrAdd(settings.EventId, _ => new Watched(mailbox));
        lock (watched.Lock)
        {
            watched.Mailbox = mailbox;
            watched.Watch.Open(settings, mailbox.Figures, _known[settings.EventId], Now);
        }

        _signal.Writer.TryWrite(true);
    }

    public void OnCommitted(EventMailbox mailbox, Commit commit)
    {
        if (!_watched.TryGetValue(mailbox.Settings.EventId, out var watched)) return;
        bool hasChanges;
        lock (watched.Lock)
        {
            foreach (var entry in commit.Entries) watched.Watch.Take(entry);
            hasChanges = watched.Watch.HasChanges;
        }

        if (hasChanges) _signal.Writer.TryWrite(true);
    }

    public void OnSettingsChanged(EventMailbox mailbox)
    {
        if (!_watched.TryGetValue(mailbox.Settings.EventId, out var watched)) return;
        lock (watched.Lock) watched.Watch.Set(mailbox.Settings, mailbox.Figures, Now);
        _signal.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TickInterval, time);
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        var signal = _signal.Reader.WaitToReadAsync(stoppingToken).AsTask();
        try
        {
            while (true)
            {
                await Task.WhenAny(tick, signal);
                stoppingToken.ThrowIfCancellationRequested();
                var isTick = tick.IsCompleted;
                if (isTick) tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
                if (signal.IsCompleted)
                {
                    _signal.Reader.TryRead(out _);
                    signal = _signal.Reader.WaitToReadAsync(stoppingToken).AsTask();
                }

                if (isTick) await TryTickAsync(stoppingToken);

                // While the database is out, once a second is often enough.
                if (isTick || !_isOut) await KeepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // What was raised last is written down before the server is gone.
            await KeepAsync(CancellationToken.None);
        }
    }

    private async Task TryTickAsync(CancellationToken cancellation)
    {
        try
        {
            await TickAsync(cancellation);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            // The gates go on, and so do the other rules.
            TickFailed(logger, problem);
        }
    }

    private async Task TickAsync(CancellationToken cancellation)
    {
        var now = Now;
        foreach (var watched in _watched.Values)
        {
            Instant? question = null;
            lock (watched.Lock)
            {
                if (!watched.Mailbox.Settings.IsArchived) watched.Watch.Tick(now);
                if (now >= watched.MayAskAt) question = watched.Watch.TakeQuestion();
            }

            if (question is { } from) await AskAsync(watched, from, cancellation);
        }
    }

    private async Task AskAsync(Watched watched, Instant from, CancellationToken cancellation)
    {
        try
        {
            cancellation.ThrowIfCancellationRequested();
            var (found, took) = await watched.Mailbox.AskAsync(admission =>
            {
                var began = time.GetTimestamp();
                return (Found: admission.CapacityExceeded(from), Took: time.GetElapsedTime(began));
            });
            lock (watched.Lock)
            {
                watched.MayAskAt = Now + (took * QuestionShare > QuestionInterval ? took * QuestionShare : QuestionInterval);
                watched.Watch.Answer(from, found, Now);
            }
        }
        catch (Exception problem) when (problem is EventClosedException or EventBusyException or LogUnavailableException)
        {
            lock (watched.Lock) watched.Watch.AskAgain(from);
        }
    }

    private async Task KeepAsync(CancellationToken cancellation)
    {
        foreach (var watched in _watched.Values)
        {
            lock (watched.Lock)
            {
                if (watched.Watch.HasChanges) _news.AddRange(watched.Watch.TakeChanges().Select(change => new AlertNews(watched.Mailbox.Settings, change)));
            }
        }

        if (_news.Count == 0) return;
        try
        {
            var ids = await keeper.KeepAsync(_news, cancellation);
            for (var i = 0; i < _news.Count; i++) Tell(_news[i], ids[i]);
            _news.Clear();
            if (_isOut) KeptAgain(logger);
            _isOut = false;
        }
        catch (Exception problem) when (problem is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // The control room is told all the same.
            foreach (var news in _news) Tell(news, null);
            if (!_isOut) NotKept(logger, problem);
            _isOut = true;
            Shorten();
        }
    }

    private void Tell(AlertNews news, long? id)
    {
        if (news.IsTold) return;
        news.IsTold = true;
        Changed(logger, news.Settings.Slug, news.Change.Alert.Kind.Code(), news.Change.StateCode, news.Change.Alert.Message);
        foreach (var sink in _sinks) sink.OnAlert(news.Settings, id, news.Change);
    }

    private void Shorten()
    {
        if (_news.Count <= MostWaiting) return;
        var last = new Dictionary<(long, long), AlertNews>();
        foreach (var news in _news) last[(news.Settings.EventId, news.Change.Alert.Number)] = news;
        _news = [.. last.Values];
        var over = _news.Count - MostWaiting;
        if (over <= 0) return;
        var given = _news.Where(news => news.Change.State == AlertState.Cleared).Take(over).ToHashSet();
        _news.RemoveAll(given.Contains);
        GivenUp(logger, given.Count);
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(700, LogLevel.Information, "Event {Event}: alert {Kind} {State}: {Message}")]
    private static partial void Changed(ILogger logger, string @event, string kind, string state, string message);

    [LoggerMessage(701, LogLevel.Warning, "Alerts cannot be written down now; they are shown all the same, and written when the database is back")]
    private static partial void NotKept(ILogger logger, Exception problem);

    [LoggerMessage(702, LogLevel.Information, "Alerts are written down again")]
    private static partial void KeptAgain(ILogger logger);

    [LoggerMessage(703, LogLevel.Error, "The database has been out for so long that {Count} alerts which are over were given up: they are not in the table")]
    private static partial void GivenUp(ILogger logger, int count);

    [LoggerMessage(704, LogLevel.Error, "Alerts could not be looked at as time passes; it is tried again")]
    private static partial void TickFailed(ILogger logger, Exception problem);
}
