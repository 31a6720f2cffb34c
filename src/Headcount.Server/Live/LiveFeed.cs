using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Headcount.Engine;

namespace Headcount.Server.Live;

/// <summary>The live feed of every event: hears what is committed, and lets watchers see it.</summary>
/// <remarks>Any thread. Nothing here waits for a watcher.</remarks>
internal sealed class LiveFeed : IEventListener, IDisposable
{
    private readonly ConcurrentDictionary<long, EventFeed> _feeds = [];
    private readonly LiveLimits _limits;
    private readonly TimeProvider _time;
    private readonly ActiveAlerts _alerts;
    private readonly IScanLog _log;
    private readonly ILogger _logger;
    private readonly CancellationToken _stopping;
    private int _watching;

    public LiveFeed(LiveLimits limits, TimeProvider time, ActiveAlerts alerts, IScanLog log, ILoggerFactory loggers, IHostApplicationLifetime lifetime, IMeterFactory meters)
    {
        (_limits, _time, _alerts, _log, _stopping) = (limits, time, alerts, log, lifetime.ApplicationStopping);
        _logger = loggers.CreateLogger("Headcount.Live");
        meters.Create("Headcount.Live").CreateObservableGauge("headcount.live.watchers", () => Watching, "{watcher}", "How many watch live feeds.");
    }

    /// <summary>How many watch, all events together.</summary>
    public int Watching => Volatile.Read(ref _watching);

    /// <summary>Sends a message to all who watch an event, at once. It never waits for anybody. Nothing happens where the event is not open.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="type">The message's type: <see cref="LiveTypes.Alert"/>.</param>
    /// <param name="write">Writes its fields; <c>type</c>, <c>seq</c> and <c>at</c> are written already.</param>
    public void Publish(long eventId, string type, Action<Utf8JsonWriter> write)
    {
        if (_feeds.TryGetValue(eventId, out var feed)) feed.Publish(type, write);
    }

    /// <summary>Lets somebody watch; null where too many do.</summary>
    /// <param name="mailbox">The event.</param>
    /// <param name="since">The record up to which they know everything; null = send the whole picture.</param>
    /// <param name="wantsScans">Whether to send every scan.</param>
    /// <param name="isWelcome">Whether they may still watch; asked every few seconds.</param>
    public Watch? TryWatch(EventMailbox mailbox, long? since, bool wantsScans, Func<bool> isWelcome)
    {
        if (Interlocked.Increment(ref _watching) > _limits.MostWatchers)
        {
            Interlocked.Decrement(ref _watching);
            return null;
        }

        var feed = FeedOf(mailbox);
        return new Watch(feed.Join(since, wantsScans, isWelcome), feed, () => Interlocked.Decrement(ref _watching));
    }

    public void OnOpened(EventMailbox mailbox)
    {
        if (FeedOf(mailbox) is { } feed && feed.Mailbox != mailbox) feed.Reopen(mailbox);
    }

    public void OnCommitted(EventMailbox mailbox, Commit commit) => FeedOf(mailbox).Take(commit);

    public void OnSettingsChanged(EventMailbox mailbox) => FeedOf(mailbox).SettingsChanged();

    public void Dispose()
    {
        foreach (var feed in _feeds.Values) feed.Dispose();
    }

    private EventFeed FeedOf(EventMailbox mailbox) => _feeds.TryGetValue(mailbox.Settings.EventId, out var feed)
        ? feed
        : _feeds.GetOrAdd(mailbox.Settings.EventId, _ => new EventFeed(mailbox, _limits, _time, _alerts, _log, _logger, _stopping));
}

/// <summary>Somebody's watching, until it is disposed.</summary>
internal sealed class Watch(Watcher watcher, EventFeed feed, Action left) : IDisposable
{
    private int _isOver;

    public Watcher Watcher => watcher;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0) return;
        feed.Leave(watcher);
        watcher.Dispose();
        left();
    }
}
