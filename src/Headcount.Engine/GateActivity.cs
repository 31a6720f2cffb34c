using Headcount.Core;

namespace Headcount.Engine;

/// <summary>What came from each gate in the last minute, and when it was last heard of. On the mailbox.</summary>
internal sealed class GateActivity
{
    /// <summary>How many gates that the event does not name are remembered; what comes from more of them is counted, and its last minute is not told.</summary>
    public const int MostUnnamed = 256;

    private const int Seconds = 60;
    private const long MicrosecondsPerSecond = 1_000_000;

    private readonly Dictionary<string, Minute> _gates = new(StringComparer.Ordinal);

    private int _unnamed;

    private sealed class Minute
    {
        public readonly long[] Second = new long[Seconds];
        public readonly int[] Scans = new int[Seconds];
        public readonly int[] Entries = new int[Seconds];
        public readonly int[] Exits = new int[Seconds];
        public Instant LastSeen;
    }

    /// <summary>The gates that were heard of.</summary>
    public IEnumerable<string> Gates => _gates.Keys;

    /// <summary>Takes a scan's record in.</summary>
    /// <param name="record">The record.</param>
    /// <param name="named">The gates that the event names.</param>
    public void Take(ScanRecord record, IReadOnlySet<string> named)
    {
        // A gate that the event lacks is no gate to watch: its name can be anything.
        if (record.ReceivedAt is not { } at || record.Reason == RefusalReason.UnknownGate) return;
        var name = record.Scan.Gate.Value;
        if (!_gates.TryGetValue(name, out var minute))
        {
            if (!named.Contains(name))
            {
                if (_unnamed >= MostUnnamed) return;
                _unnamed++;
            }

            _gates.Add(name, minute = new Minute());
        }

        minute.LastSeen = at;
        var second = SecondOf(at);
        var slot = (int)(second % Seconds);
        if (slot < 0) slot += Seconds;
        if (minute.Second[slot] != second) (minute.Second[slot], minute.Scans[slot], minute.Entries[slot], minute.Exits[slot]) = (second, 0, 0, 0);
        minute.Scans[slot]++;
        if (record.Outcome == ScanOutcome.Rejected) return;
        if (record.Scan.Type == ScanType.Entry)
            minute.Entries[slot]++;
        else
            minute.Exits[slot]++;
    }

    private static long SecondOf(Instant instant) => Math.DivRem(instant.Microseconds, MicrosecondsPerSecond) is var (second, rest) && rest < 0 ? second - 1 : instant.Microseconds / MicrosecondsPerSecond;

    /// <summary>The last minute of a gate, as seen at an instant.</summary>
    public (int Scans, int Entries, int Exits, Instant? LastSeen) At(string gate, Instant now)
    {
        if (!_gates.TryGetValue(gate, out var minute)) return default;
        var second = SecondOf(now);
        var (scans, entries, exits) = (0, 0, 0);
        for (var slot = 0; slot < Seconds; slot++)
        {
            if (minute.Second[slot] <= second - Seconds) continue;
            scans += minute.Scans[slot];
            entries += minute.Entries[slot];
            exits += minute.Exits[slot];
        }

        return (scans, entries, exits, minute.LastSeen);
    }
}
