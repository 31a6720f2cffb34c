using Headcount.Core;

namespace Headcount.Engine;

/// <summary>All that an event's log and tables fold to, in memory. One owner: the mailbox.</summary>
internal sealed class EventState
{
    private EventSettings _settings;

    private EventState(EventSettings settings, Register register)
    {
        _settings = settings;
        Register = register;
        Admission = new Admission(settings.Rules, register);
    }

    public EventSettings Settings
    {
        get => _settings;
        set
        {
            _settings = value;
            Admission.Rules = value.Rules;
        }
    }

    public Register Register { get; }

    public Admission Admission { get; }

    public ScanRepeats Repeats { get; } = new();

    public GateActivity Activity { get; } = new();

    /// <summary>Reads an event's settings, tickets and log; null where there is no such event.</summary>
    /// <exception cref="LogUnavailableException">The log cannot be read.</exception>
    /// <exception cref="InvalidOperationException">The log is broken.</exception>
    public static async Task<EventState?> LoadAsync(long eventId, IScanLog log, IEventSource source, CancellationToken cancellation)
    {
        if (await source.LoadSettingsAsync(eventId, cancellation).ConfigureAwait(false) is not { } settings) return null;
        var register = new Register();
        await foreach (var ticket in source.LoadTicketsAsync(eventId, cancellation).ConfigureAwait(false)) register.Set(ticket);
        var state = new EventState(settings, register);
        await ReadAsync(log, eventId, null, state.Apply, cancellation).ConfigureAwait(false);

        // Facts that come late ask about the past: its index is made now, not while a gate waits.
        state.Admission.OccupancyAt(Instant.Max);
        return state;
    }

    /// <summary>The state of admission alone after a record, without what the gates need to go on.</summary>
    public static async Task<Admission> AsOfAsync(EventSettings settings, long seq, IScanLog log, CancellationToken cancellation)
    {
        var admission = new Admission(settings.Rules, static _ => null);
        if (seq > 0) await ReadAsync(log, settings.EventId, seq, admission.Apply, cancellation).ConfigureAwait(false);
        return admission;
    }

    // The log reads the next chunk while one is applied.
    private static async Task ReadAsync(IScanLog log, long eventId, long? throughSeq, Action<LogRecord> apply, CancellationToken cancellation)
    {
        await foreach (var chunk in log.ReadAsync(eventId, 0, throughSeq, cancellation).ConfigureAwait(false))
        {
            foreach (var entry in chunk) apply(entry.Record);
        }
    }

    /// <summary>Takes the next record of the log in.</summary>
    public void Apply(LogRecord record)
    {
        Admission.Apply(record);
        if (record is not ScanRecord scan) return;
        Repeats.Add(scan);
        Activity.Take(scan, _settings.Rules.Gates);
    }

    /// <summary>The figures as of now.</summary>
    public Figures Figures() => new()
    {
        Seq = Admission.LastSeq,
        ReceivedAt = Admission.LastReceivedAt,
        Occupancy = Admission.Actual,
        Capacity = _settings.Rules.Capacity,
        FirmCapacity = _settings.Rules.FirmCapacity,
        Theoretical = Admission.Theoretical,
        PeakOccupancy = Admission.PeakActual,
        PeakTheoretical = Admission.PeakTheoretical,
        Entries = Admission.Entries,
        Exits = Admission.Exits,
        FirstEntries = Admission.FirstEntries,
    };

    /// <summary>The figures with all breakdowns, rates as seen at an instant.</summary>
    public Picture Picture(Instant now)
    {
        var report = Admission.Now();
        var gates = new SortedDictionary<string, GatePicture>(StringComparer.Ordinal);
        foreach (var gate in _settings.Rules.Gates.Concat(Activity.Gates).Concat(report.Flow.Keys))
        {
            if (gates.ContainsKey(gate)) continue;
            var flow = report.Flow.GetValueOrDefault(gate);
            var (scans, entries, exits, lastSeen) = Activity.At(gate, now);
            gates.Add(gate, new GatePicture(report.ByGate.GetValueOrDefault(gate), flow.Entries, flow.Exits, flow.Scans, scans, entries, exits, lastSeen));
        }

        var types = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var type in _settings.Rules.TicketTypes.Keys) types[type] = 0;
        foreach (var (type, count) in report.ByTicketType) types[type] = count;
        return new Picture { TakenAt = now, Figures = Figures(), Gates = gates, TicketTypes = types, GatesAndTicketTypes = report.ByGateAndTicketType };
    }
}
