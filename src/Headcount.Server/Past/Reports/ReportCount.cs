using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Counts;

namespace Headcount.Server.Past.Reports;

/// <summary>Counts one report from a log that was read.</summary>
/// <remarks>The range begins after a point of the curve and ends at one, so that every table adds up to the same totals.</remarks>
internal sealed class ReportCount(ReportBook book, EventSettings settings, ReportRange range)
{
    private const long Minute = 60_000_000;

    private static readonly TimeSpan[] DwellBounds =
    [
        TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(3), TimeSpan.FromHours(4), TimeSpan.FromHours(6), TimeSpan.FromHours(8), TimeSpan.FromHours(12),
    ];

    private readonly Dictionary<string, GateCount> _gates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TypeCount> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<long, long> _minutes = [];
    private readonly List<long> _dwells = [];
    private IReadOnlyList<TimelinePoint> _points = [];
    private byte[] _visits = [];
    private long _step;
    private long _endedByClosing;

    private sealed class GateCount(int points)
    {
        public readonly (long Entries, long Exits)[] ByInterval = new (long, long)[points];
        public readonly Dictionary<long, long> Minutes = [];
        public long Refused;
    }

    private sealed class TypeCount
    {
        public long Registered;
        public long Visitors;
        public long NoShows;
        public long Entries;
        public long Exits;
        public long Refused;
        public long Dwell;
        public long Stays;
    }

    /// <summary>Counts it.</summary>
    /// <param name="register">The valid tickets with their types.</param>
    public EventReport Run(IReadOnlyList<(string TicketId, string? Type)> register)
    {
        var admission = book.Admission;
        var step = range.Step ?? StepFor(admission);
        (_points, var peak) = TimelineEndpoint.Read(admission, settings.Zone, step, range.From, range.Until);
        _step = step.Ticks / TimeSpan.TicksPerMicrosecond;
        _visits = new byte[admission.TicketNumbers];
        foreach (var gate in settings.Rules.Gates) Gate(gate);
        foreach (var type in settings.Rules.TicketTypes.Keys) Type(type);
        foreach (var stay in admission.Stays()) Take(stay);
        var refusals = CountRefusals();
        CountRegister(register);
        return new EventReport
        {
            Event = settings.Name, Slug = settings.Slug, Zone = settings.Zone, Seq = admission.LastSeq, Range = range, Step = step, Capacity = settings.Rules.Capacity,
            Entries = _types.Values.Sum(type => type.Entries), Exits = _types.Values.Sum(type => type.Exits), EndedByClosing = _endedByClosing,
            Visitors = _visits.Count(visits => visits > 0), Returners = _visits.Count(visits => visits > 1), Registered = register.Count, NoShows = _types.Values.Sum(type => type.NoShows),
            Peak = peak, PeakTheoretical = book.PeakTheoretical(After, Through), Points = _points, Theoretical = [.. _points.Select(point => book.TheoreticalAt(new Instant(point.At.Microseconds - 1)))],
            Gates = [.. _gates.OrderBy(gate => gate.Key, StringComparer.Ordinal).Select(gate => GateOf(gate.Key, gate.Value))],
            Types = [.. _types.OrderBy(type => type.Key, StringComparer.Ordinal).Select(type => TypeOf(type.Key, type.Value))],
            Dwell = DwellOf(_dwells), Refusals = refusals, BusiestMinute = Busiest(_minutes) is { } busiest ? (busiest.Until, busiest.Passages) : null, Days = DaysOf(admission),
        };
    }

    private Instant After => range.From is null || _points.Count == 0 ? Instant.Min : _points[0].At;

    private Instant Through => range.Until is null || _points.Count == 0 ? Instant.Max : _points[^1].At;

    private TimeSpan StepFor(Admission admission)
    {
        if (admission.CountedRange() is not { } scans) return TimeSpan.FromMinutes(15);
        var length = (range.Until ?? scans.Last) - (range.From ?? scans.First);
        return length <= TimeSpan.FromHours(36) ? TimeSpan.FromMinutes(15) : length <= TimeSpan.FromDays(4) ? TimeSpan.FromMinutes(30) : length <= TimeSpan.FromDays(14) ? TimeSpan.FromHours(2) : length <= TimeSpan.FromDays(200) ? TimeSpan.FromDays(1) : TimeSpan.FromDays(7);
    }

    private void Take(in Stay stay)
    {
        if (PointOf(stay.EnteredAt) is { } entered)
        {
            var gate = Gate(stay.EntryGate.Value);
            gate.ByInterval[entered].Entries++;
            Pass(gate, stay.EnteredAt);
            var type = Type(stay.TicketType);
            type.Entries++;
            ref var visits = ref _visits[stay.Ticket];
            if (visits == 0) type.Visitors++;
            if (visits < 2) visits++;
            if (stay.End == StayEnd.Exit)
            {
                var dwell = stay.LeftAt!.Value.Microseconds - stay.EnteredAt.Microseconds;
                _dwells.Add(dwell);
                type.Dwell += dwell;
                type.Stays++;
            }
        }

        if (stay.LeftAt is not { } leftAt || PointOf(leftAt) is not { } left) return;
        if (stay.End == StayEnd.DayClosed)
        {
            _endedByClosing++;
            return;
        }

        var exit = Gate(stay.ExitGate!.Value.Value);
        exit.ByInterval[left].Exits++;
        Pass(exit, leftAt);
        Type(stay.TicketType).Exits++;
    }

    // At which point of the curve an instant is counted; null = it is outside the range.
    private int? PointOf(Instant at)
    {
        if (at <= After || at > Through || _points.Count == 0) return null;
        var distance = at.Microseconds - _points[0].At.Microseconds;
        return (int)Math.Clamp(distance <= 0 ? 0 : (distance + _step - 1) / _step, 0, _points.Count - 1);
    }

    // A minute ends at its full minute, and has that: as intervals of the curve do.
    private void Pass(GateCount gate, Instant at)
    {
        var minute = (at.Microseconds + Minute - 1) / Minute;
        gate.Minutes[minute] = gate.Minutes.GetValueOrDefault(minute) + 1;
        _minutes[minute] = _minutes.GetValueOrDefault(minute) + 1;
    }

    private static (Instant Until, long Passages)? Busiest(Dictionary<long, long> minutes)
    {
        if (minutes.Count == 0) return null;
        var most = minutes.Values.Max();
        return (new Instant(minutes.Where(minute => minute.Value == most).Min(minute => minute.Key) * Minute), most);
    }

    private List<(string, long)> CountRefusals()
    {
        var reasons = new Dictionary<RefusalReason, long>();
        foreach (var refusal in book.Refusals)
        {
            if (refusal.At <= After || refusal.At > Through) continue;
            reasons[refusal.Reason] = reasons.GetValueOrDefault(refusal.Reason) + 1;
            Type(refusal.Type).Refused++;

            // A gate that the event lacks is no gate of the report: its name can be anything.
            if (refusal.Reason != RefusalReason.UnknownGate) Gate(refusal.Gate).Refused++;
        }

        return [.. reasons.OrderByDescending(reason => reason.Value).ThenBy(reason => reason.Key).Select(reason => (reason.Key == RefusalReason.None ? "none" : reason.Key.Code(), reason.Value))];
    }

    private void CountRegister(IReadOnlyList<(string TicketId, string? Type)> register)
    {
        foreach (var (ticketId, name) in register)
        {
            var type = Type(name ?? Ticket.UnknownType);
            type.Registered++;
            if (book.Admission.NumberOf(new TicketId(ticketId)) is not { } number || _visits[number] == 0) type.NoShows++;
        }
    }

    private static GateReport GateOf(string name, GateCount gate)
    {
        var busiest = Busiest(gate.Minutes);
        return new GateReport(name, gate.ByInterval.Sum(one => one.Entries), gate.ByInterval.Sum(one => one.Exits), gate.Refused, busiest?.Until, busiest?.Passages ?? 0, gate.ByInterval);
    }

    private static TypeReport TypeOf(string name, TypeCount type) => new(
        name, type.Registered, type.Visitors, type.NoShows, type.Entries, type.Exits, type.Refused, type.Stays == 0 ? null : TimeSpan.FromMicroseconds(Math.Round((double)type.Dwell / type.Stays)));

    private static DwellReport DwellOf(List<long> dwells)
    {
        dwells.Sort();
        var buckets = new List<(TimeSpan?, long)>();
        var before = 0;
        foreach (var bound in DwellBounds)
        {
            var place = dwells.BinarySearch(bound.Ticks / TimeSpan.TicksPerMicrosecond - 1, Comparer<long>.Create((one, other) => one <= other ? -1 : 1));
            place = ~place;
            buckets.Add((bound, place - before));
            before = place;
        }

        buckets.Add((null, dwells.Count - before));
        if (dwells.Count == 0) return new DwellReport(0, null, null, null, buckets);
        return new DwellReport(dwells.Count, TimeSpan.FromMicroseconds(Math.Round(dwells.Average())), AtShare(50), AtShare(90), buckets);

        TimeSpan AtShare(int percent) => TimeSpan.FromMicroseconds(dwells[(int)((dwells.Count * (long)percent + 99) / 100) - 1]);
    }

    private List<DateOnly> DaysOf(Admission admission)
    {
        if (admission.CountedRange() is not { } scans) return [];
        var (first, last) = (DayOf(scans.First), DayOf(scans.Last));
        var count = Math.Min(100, last.DayNumber - first.DayNumber + 1);
        return [.. Enumerable.Range(0, count).Select(day => last.AddDays(day - count + 1))];
    }

    private DateOnly DayOf(Instant instant) => DateOnly.FromDateTime(settings.Zone.ToDateTimeOffset(instant).DateTime);

    private GateCount Gate(string name) => _gates.TryGetValue(name, out var gate) ? gate : _gates[name] = new GateCount(_points.Count);

    private TypeCount Type(string name) => _types.TryGetValue(name, out var type) ? type : _types[name] = new TypeCount();
}
