using Headcount.Core;

namespace Headcount.Engine.Alerts;

/// <summary>Watches one event: takes its records in order of the log, and says which alerts are raised, updated and cleared by them and by time.</summary>
/// <remarks>It reads no clock and does no I/O. One thread at a time owns it. A record costs it well under a microsecond.</remarks>
public sealed class AlertWatch
{
    private readonly AlertBook _book = new();
    private readonly OccupancyLevels _levels;
    private readonly ExceededPast _past;
    private readonly GateSilence _silence;
    private readonly UnknownBurst _unknown;
    private readonly ClockDrift _drift;
    private readonly FactBacklog _backlog;
    private bool _isOpen;

    /// <summary>A watch that nothing has happened to.</summary>
    /// <param name="thresholds">When it raises and clears; null = the defaults.</param>
    public AlertWatch(AlertThresholds? thresholds = null)
    {
        thresholds ??= new AlertThresholds();
        _levels = new OccupancyLevels(_book, thresholds);
        _past = new ExceededPast(_book, thresholds);
        _silence = new GateSilence(_book, thresholds);
        _unknown = new UnknownBurst(_book, thresholds);
        _drift = new ClockDrift(_book, thresholds);
        _backlog = new FactBacklog(_book, thresholds);
    }

    /// <summary>Whether alerts have changed since <see cref="TakeChanges"/>.</summary>
    public bool HasChanges => _book.HasChanges;

    /// <summary>What has changed since this was last called, in order.</summary>
    public IReadOnlyList<AlertChange> TakeChanges() => _book.TakeChanges();

    /// <summary>The event was opened, or opened again.</summary>
    /// <param name="settings">What its gates go by.</param>
    /// <param name="figures">Its figures now.</param>
    /// <param name="known">The first time: alerts that are active, so that none is raised twice; and those on an exceeded capacity that were cleared.</param>
    /// <param name="now">The time.</param>
    public void Open(EventSettings settings, Figures figures, IEnumerable<Alert> known, Instant now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(figures);
        _book.Seq = figures.Seq;
        if (!_isOpen)
        {
            _isOpen = true;
            var alerts = known.ToList();
            foreach (var alert in alerts.Where(alert => alert.ClearedAt is null && alert.Kind != AlertKind.CapacityExceeded)) _book.Restore(alert);
            _silence.Open(now);
            _unknown.Open(now);
            _drift.Open(now);
            _backlog.Open(now);
            _past.Open(alerts, figures.Occupancy, settings.Rules.Capacity, now);
        }

        Set(settings, figures, now);
    }

    /// <summary>What the gates go by has changed.</summary>
    public void Set(EventSettings settings, Figures figures, Instant now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(figures);
        _book.Zone = settings.Zone;
        _silence.Set(settings.Rules.Gates, now);
        _past.Set(figures.Occupancy, settings.Rules.Capacity, now);
        _levels.Set(settings.AlertLevels, figures.Occupancy, settings.Rules.Capacity, now);
    }

    /// <summary>A record was committed.</summary>
    public void Take(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Record.ReceivedAt is not { } at) return;
        _book.Seq = entry.Seq;
        _levels.Take(entry.Occupancy, entry.Capacity, at);
        _past.Take(entry, at);
        if (entry.Record is not ScanRecord scan) return;
        _silence.Take(scan, at);
        switch (scan)
        {
            case DecidedScan decided:
                _unknown.Take(decided, at);
                _drift.Take(decided, at);
                break;
            case RecordedFact fact:
                _backlog.Take(fact, at);
                break;
        }
    }

    /// <summary>Time has passed: call it every few seconds.</summary>
    public void Tick(Instant now)
    {
        _silence.Tick(now);
        _unknown.Tick(now);
        _backlog.Tick(now);
        _past.Tick(now);
    }

    /// <summary>From when on <see cref="Admission.CapacityExceeded"/> has to be asked, because something that came late may have changed the past; null = no need. It is said once.</summary>
    public Instant? TakeQuestion() => _past.TakeQuestion();

    /// <summary>The question could not be asked: it stays open.</summary>
    public void AskAgain(Instant from) => _past.Ask(from);

    /// <summary>The answer to <see cref="TakeQuestion"/>.</summary>
    public void Answer(Instant from, IReadOnlyList<OverCapacity> found, Instant now)
    {
        ArgumentNullException.ThrowIfNull(found);
        _past.Answer(from, found, now);
    }
}
