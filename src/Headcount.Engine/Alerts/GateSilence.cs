using Headcount.Core;

namespace Headcount.Engine.Alerts;

/// <summary>Gates from which nothing comes although they were in use, while others are busy: a reader that hangs, a network that is down, a gate left alone.</summary>
internal sealed class GateSilence(AlertBook book, AlertThresholds thresholds)
{
    private readonly Dictionary<string, Gate> _gates = new(StringComparer.Ordinal);
    private readonly SlidingCount _together = new(thresholds.SilentAfter);
    private IReadOnlySet<string> _named = new HashSet<string>();
    private Instant _since;

    private sealed class Gate(TimeSpan within)
    {
        public readonly SlidingCount Scans = new(within);
        public Instant LastSeen;
        public bool IsSilent;
    }

    public void Open(Instant now)
    {
        _since = now;
        foreach (var alert in book.Active.Where(alert => alert is { Kind: AlertKind.GateSilent, Gate: not null }).ToList())
            _gates[alert.Gate!] = new Gate(thresholds.InUseWithin) { LastSeen = alert.From ?? alert.RaisedAt, IsSilent = true };
    }

    /// <summary>Goes by other gates; empty = any.</summary>
    public void Set(IReadOnlySet<string> named, Instant now)
    {
        _named = named;
        if (named.Count == 0) return;
        foreach (var name in _gates.Keys.Where(name => !named.Contains(name)).ToList())
        {
            _gates.Remove(name);
            book.Clear(new AlertSubject(AlertKind.GateSilent, Gate: name), now, "The event no longer has this gate.");
        }
    }

    /// <summary>A scan came from a gate, whatever became of it.</summary>
    public void Take(ScanRecord record, Instant at)
    {
        if (record.Reason == RefusalReason.UnknownGate) return;
        _together.Add(at);
        var name = record.Scan.Gate.Value;
        if (!_gates.TryGetValue(name, out var gate))
        {
            if (_named.Count > 0 ? !_named.Contains(name) : _gates.Count >= thresholds.MostGates) return;
            _gates.Add(name, gate = new Gate(thresholds.InUseWithin));
        }

        gate.Scans.Add(at);
        gate.LastSeen = at;
        if (!gate.IsSilent) return;
        gate.IsSilent = false;
        book.Clear(new AlertSubject(AlertKind.GateSilent, Gate: name), at, $"Scans come again since {book.Time(at, at)}.");
    }

    public void Tick(Instant now)
    {
        var minutes = thresholds.SilentAfter.TotalMinutes;
        var together = _together.At(now);
        var isQuiet = together < thresholds.OthersQuietPerMinute * minutes && now - _since >= thresholds.SilentAfter;
        if (!isQuiet && together <= thresholds.OthersBusyPerMinute * minutes) return;
        foreach (var (name, gate) in _gates)
        {
            // What is silent has no share in what came together.
            if (isQuiet && gate.IsSilent)
            {
                gate.IsSilent = false;
                book.Clear(new AlertSubject(AlertKind.GateSilent, Gate: name), now, $"Nothing much comes from the other gates either since {book.Time(now, now)}.");
            }
            else if (!isQuiet && !gate.IsSilent && now - gate.LastSeen >= thresholds.SilentAfter && gate.Scans.At(gate.LastSeen) >= thresholds.InUseScans)
            {
                gate.IsSilent = true;
                book.Raise(new AlertSubject(AlertKind.GateSilent, Gate: name), now,
                    $"Nothing has come from gate {name} since {book.Time(gate.LastSeen, now)}, while the other gates had {together} scans in {minutes:0.#} minutes.", gate.LastSeen);
            }
        }
    }
}
