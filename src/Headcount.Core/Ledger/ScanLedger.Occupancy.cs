namespace Headcount.Core;

public sealed partial class ScanLedger
{
    /// <summary>How many are inside, and where they came in: at an instant, or after all scans.</summary>
    /// <param name="at">The instant; a stay is half-open, so that somebody is present at the instant of the entry and gone at that of the exit.</param>
    /// <param name="register">Who has which type of ticket; what it lacks, and everything where there is none, is <c>unknown</c>.</param>
    public OccupancyReport Occupancy(Instant? at = null, Register? register = null)
    {
        var until = at?.Microseconds ?? long.MaxValue;
        var count = new OccupancyCount { Gates = new GateCount[Math.Max(1, _names.Count)] };
        var inside = new InsideCount(this, register);
        if (Mode == LedgerMode.Anonymous)
        {
            CountBodies(ref count, until);
            for (var gate = 0; gate < _names.Count; gate++) inside.AddBodies(gate, count.Gates[gate].Entries - count.Gates[gate].Exits);
        }
        else
        {
            var walks = Walk(ref count, until);
            for (var ticket = 0; ticket < walks.Length; ticket++)
            {
                if (walks[ticket].IsPresent) inside.Add(ticket, _rows.Gate(walks[ticket].OpenRow));
            }
        }

        return new OccupancyReport
        {
            Intake = Intake,
            At = at,
            Occupancy = inside.Total,
            Entries = count.Entries,
            Exits = count.Exits,
            FirstEntries = Mode == LedgerMode.Anonymous ? count.Entries : count.FirstEntries,
            ByGate = inside.ByGate(),
            ByTicketType = inside.ByType(),
            ByGateAndTicketType = inside.ByGateAndType(),
            Flow = FlowOf(count.Gates),
        };
    }

    private SortedDictionary<string, GateFlow> FlowOf(GateCount[] gates)
    {
        var flow = new SortedDictionary<string, GateFlow>(StringComparer.Ordinal);
        for (var gate = 0; gate < _names.Count; gate++)
        {
            if (gates[gate].Scans > 0) flow[_names.Decode(gate)] = new GateFlow(gates[gate].Entries, gates[gate].Exits, gates[gate].Scans);
        }

        return flow;
    }

    private void CountBodies(ref OccupancyCount count, long until)
    {
        for (var row = 0; row < _rows.Count; row++)
        {
            if ((_rows.Flags(row) & RowFlags.Uncounted) != 0 || _rows.Instant(row) > until) continue;
            ref var gate = ref count.Gates[_rows.Gate(row)];
            gate.Scans++;
            if (_rows.Type(row) == ScanType.Entry)
            {
                gate.Entries++;
                count.Entries++;
            }
            else
            {
                gate.Exits++;
                count.Exits++;
            }
        }
    }

    private struct GateCount
    {
        public long Entries;
        public long Exits;
        public long Scans;
    }

    private struct OccupancyCount : IPresenceVisitor
    {
        public long Entries;
        public long Exits;
        public long FirstEntries;
        public required GateCount[] Gates;

        public void Took(int row, long instant, int gateAndFlags, Step step, in TicketWalk before)
        {
            ref var gate = ref Gates[LedgerRows.GateOf(gateAndFlags)];
            gate.Scans++;
            if (step == Step.Opened)
            {
                gate.Entries++;
                Entries++;
                if (!before.EverEntered) FirstEntries++;
            }
            else if (step == Step.Closed)
            {
                gate.Exits++;
                Exits++;
            }
        }

        public readonly void DayEnded(int openRow, long instant)
        {
        }
    }

    /// <summary>People inside by the gate that opened their stay and by the type of their ticket.</summary>
    private sealed class InsideCount(ScanLedger ledger, Register? register)
    {
        // Counted by gate number and type number; type 0 is the unknown one.
        private readonly Dictionary<(int Gate, int Type), long> _cells = [];

        public long Total { get; private set; }

        public void Add(int ticket, int gate)
        {
            var number = register?.NumberOf(ledger._tickets[ticket]) ?? -1;
            AddTo(gate, number < 0 ? 0 : register!.TypeNumberOf(number) + 1, 1);
        }

        public void AddBodies(int gate, long bodies) => AddTo(gate, 0, bodies);

        public SortedDictionary<string, long> ByGate() => By(cell => ledger._names.Decode(cell.Gate));

        public SortedDictionary<string, long> ByType() => By(cell => TypeName(cell.Type));

        public SortedDictionary<string, IReadOnlyDictionary<string, long>> ByGateAndType()
        {
            var byGate = new SortedDictionary<string, IReadOnlyDictionary<string, long>>(StringComparer.Ordinal);
            foreach (var group in _cells.GroupBy(cell => cell.Key.Gate))
            {
                var byType = new SortedDictionary<string, long>(StringComparer.Ordinal);
                foreach (var (cell, count) in group) AddNonZero(byType, TypeName(cell.Type), count);
                if (byType.Count > 0) byGate[ledger._names.Decode(group.Key)] = byType;
            }

            return byGate;
        }

        private void AddTo(int gate, int type, long count)
        {
            ref var cell = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_cells, (gate, type), out _);
            cell += count;
            Total += count;
        }

        private SortedDictionary<string, long> By(Func<(int Gate, int Type), string> key)
        {
            var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
            foreach (var (cell, count) in _cells) AddNonZero(counts, key(cell), count);
            return counts;
        }

        private static void AddNonZero(SortedDictionary<string, long> counts, string key, long count)
        {
            var sum = counts.GetValueOrDefault(key) + count;
            if (sum == 0)
                counts.Remove(key);
            else
                counts[key] = sum;
        }

        // A ticket that the register knows without a type counts as unknown too.
        private string TypeName(int type) => type == 0 ? Ticket.UnknownType : register!.TypeName(type - 1);
    }
}
