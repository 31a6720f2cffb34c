using Headcount.Core;
using Headcount.Engine;

namespace Headcount.Server.Live;

/// <summary>What happens at one event, for all who watch it. It ticks only while somebody does.</summary>
/// <remarks>Any thread. The mailbox hands records over and goes on; a tick puts them into messages, each written once.</remarks>
internal sealed partial class EventFeed : IDisposable
{
    private readonly LiveLimits _limits;
    private readonly TimeProvider _time;
    private readonly ActiveAlerts _activeAlerts;
    private readonly IScanLog _log;
    private readonly ILogger _logger;
    private readonly CancellationToken _stopping;
    private readonly Lock _lock = new();
    private readonly RecentRecords _records;
    private readonly SemaphoreSlim _snapshotTurn = new(1);
    private readonly long _openedAt;

    // Guarded by _lock.
    private readonly Queue<LiveMessage> _alerts = [];
    private EventMailbox _mailbox;
    private Figures _figures;
    private long _pumped;
    private long _settingsSeq;
    private bool _settingsChanged;
    private bool _isTicking;
    private int _version;

    // Replaced as a whole, so that a tick needs no lock to go through it.
    private volatile Watcher[] _watchers = [];

    public EventFeed(EventMailbox mailbox, LiveLimits limits, TimeProvider time, ActiveAlerts activeAlerts, IScanLog log, ILogger logger, CancellationToken stopping)
    {
        (_mailbox, _limits, _time, _activeAlerts, _log, _logger, _stopping) = (mailbox, limits, time, activeAlerts, log, logger, stopping);
        _records = new RecentRecords(limits.RecentRecords, limits.RecentNotices);
        _figures = mailbox.Figures;
        _records.Restart(_figures.Seq);
        (_openedAt, _settingsSeq) = (_figures.Seq, _figures.Seq);
    }

    /// <summary>The event's number.</summary>
    public long EventId => _mailbox.Settings.EventId;

    /// <summary>The event's mailbox.</summary>
    public EventMailbox Mailbox => _mailbox;

    /// <summary>The event was opened again.</summary>
    public void Reopen(EventMailbox mailbox)
    {
        lock (_lock)
        {
            _mailbox = mailbox;
            Restart(mailbox.Figures);
        }
    }

    /// <summary>Takes records that are on disk. It returns at once.</summary>
    public void Take(Commit commit)
    {
        lock (_lock)
        {
            _records.Add(commit.Entries);
            _figures = commit.Figures;
        }
    }

    /// <summary>The settings changed: everybody gets a fresh snapshot.</summary>
    public void SettingsChanged()
    {
        lock (_lock)
        {
            _settingsChanged = true;
            _settingsSeq = _figures.Seq;
            _version++;
        }
    }

    /// <summary>Sends a message of another part to all, at once.</summary>
    public void Publish(string type, Action<System.Text.Json.Utf8JsonWriter> write)
    {
        lock (_lock)
        {
            var message = LiveWriter.Other(type, _figures.Seq, _mailbox.Settings.Zone, Now, write);
            if (type == LiveTypes.Alert)
            {
                if (_alerts.Count == _limits.RecentNotices) _alerts.Dequeue();
                _alerts.Enqueue(message);
            }

            _version++;
            Broadcast(message);
        }
    }

    /// <summary>Adds one who watches, with what they missed since a record, or else a fresh snapshot.</summary>
    public Watcher Join(long? since, bool wantsScans, Func<bool> isWelcome)
    {
        lock (_lock)
        {
            if (!_isTicking)
            {
                _isTicking = true;
                _pumped = _records.LastSeq;
                _settingsChanged = false;
                _ = TickAsync();
            }

            var watcher = new Watcher(this, wantsScans, since, isWelcome, _limits);
            if (since is { } seq && seq > _settingsSeq && seq <= _pumped && _records.HasAllAfter(seq))
                Resume(watcher, seq);
            else
                watcher.WantSnapshot();
            _watchers = [.. _watchers, watcher];
            return watcher;
        }
    }

    /// <summary>Takes one out who watches no more.</summary>
    public void Leave(Watcher watcher)
    {
        lock (_lock) _watchers = [.. _watchers.Where(other => other != watcher)];
    }

    public void Dispose() => _snapshotTurn.Dispose();

    private Instant Now => Instant.FromDateTimeOffset(_time.GetUtcNow());

    private void Broadcast(LiveMessage message)
    {
        foreach (var watcher in _watchers) watcher.Offer(message);
    }

    // What was missed, up to where the others are; the next tick goes on from there for all alike.
    private void Resume(Watcher watcher, long since)
    {
        var settings = _mailbox.Settings;
        var missed = _records.Between(since, _pumped);
        var notices = new List<Notice>();
        foreach (var entry in missed) Notice.AddTo(notices, entry);
        var left = Math.Max(0, notices.Count - _limits.NoticesPerSecond);
        for (var i = left; i < notices.Count; i++) watcher.Offer(LiveWriter.Notice(settings, notices[i], i == left ? left : 0, Now));
        if (watcher.WantsScans && missed.Length > 0) watcher.Offer(LiveWriter.Scans(settings, missed, Now));
        foreach (var alert in _alerts)
        {
            if (alert.Seq >= since) watcher.Offer(alert);
        }

        _breakdownsWanted = true;
        if (_pumped == _figures.Seq) watcher.Offer(LiveWriter.Occupancy(settings, _figures, _mailbox.IsDurable, _mailbox.LeaseFigures, Now));
    }

    private void Restart(Figures figures)
    {
        _records.Restart(figures.Seq);
        _figures = figures;
        _pumped = figures.Seq;
        _settingsSeq = figures.Seq;
        _settingsChanged = true;
        _version++;
    }

    private static partial class Log
    {
        [LoggerMessage(600, LogLevel.Error, "Event {Event}: its live feed failed, and goes on")]
        public static partial void TickFailed(ILogger logger, string @event, Exception problem);

        [LoggerMessage(601, LogLevel.Warning, "Event {Event}: the snapshot of its live feed waits for the database")]
        public static partial void SnapshotWaits(ILogger logger, string @event, Exception problem);

        [LoggerMessage(602, LogLevel.Warning, "Event {Event}: earlier anomalies and refusals could not be read; the live feed starts without them")]
        public static partial void EarlierUnread(ILogger logger, string @event, Exception problem);
    }
}
