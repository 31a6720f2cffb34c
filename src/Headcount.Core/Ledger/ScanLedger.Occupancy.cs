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
        else if (at is not null || !TryCountSteps(ref count, inside))
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

    private SortedMap<GateFlow> FlowOf(GateCount[] gates)
    {
        var names = new List<string>();
        var flow = new List<GateFlow>();
        for (var gate = 0; gate < _names.Count; gate++)
        {
            if (gates[gate].Scans == 0) continue;
            names.Add(_names.Decode(gate));
            flow.Add(new GateFlow(gates[gate].Entries, gates[gate].Exits, gates[gate].Scans));
        }

        return new SortedMap<GateFlow>(names, flow);
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

        /// <summary>Takes rows that are alike in gate and flags.</summary>
        public void Add(int gateAndFlags, int rows)
        {
            var flags = LedgerRows.FlagsOf(gateAndFlags);
            if ((flags & RowFlags.Uncounted) != 0) return;
            ref var gate = ref Gates[LedgerRows.GateOf(gateAndFlags)];
            gate.Scans += rows;
            if ((flags & RowFlags.Moved) == 0) return;
            if ((flags & RowFlags.Exit) != 0)
            {
                gate.Exits += rows;
                Exits += rows;
            }
            else
            {
                gate.Entries += rows;
                Entries += rows;
            }
        }

        public readonly void DayEnded(int openRow, long instant)
        {
        }
    }

    /// <summary>People inside by the gate that opened their stay and by the type of their ticket.</summary>
    private sealed class InsideCount(ScanLedger ledger, Register? register)
    {
        // By gate number, then by type number; type 0 is the unknown one. Gates where nobody came in have none.
        private readonly long[]?[] _byGate = new long[]?[ledger._names.Count];
        private readonly int _unknownType = register?.FindType(Ticket.UnknownType) ?? -1;
        private readonly int _types = (register?.TypeCount ?? 0) + 1;

        public long Total { get; private set; }

        public void Add(int ticket, int gate)
        {
            // A ticket that the register knows without a type counts as unknown too, like one whose type is called so.
            var number = register?.NumberOf(ledger._tickets[ticket]) ?? -1;
            var type = number < 0 ? -1 : register!.TypeNumberOf(number);
            Add(gate, type == _unknownType ? 0 : type + 1, 1);
        }

        public void AddBodies(int gate, long bodies) => Add(gate, 0, bodies);

        public SortedMap<long> ByGate()
        {
            var sums = new long[_byGate.Length];
            for (var gate = 0; gate < sums.Length; gate++)
            {
                foreach (var count in _byGate[gate] ?? []) sums[gate] += count;
            }

            return NonZero(sums, ledger._names.Decode);
        }

        public SortedMap<long> ByType()
        {
            var sums = new long[_types];
            foreach (var counts in _byGate)
            {
                for (var type = 0; counts is not null && type < sums.Length; type++) sums[type] += counts[type];
            }

            return NonZero(sums, TypeName);
        }

        public SortedMap<IReadOnlyDictionary<string, long>> ByGateAndType()
        {
            var gates = new List<string>();
            var byType = new List<IReadOnlyDictionary<string, long>>();
            for (var gate = 0; gate < _byGate.Length; gate++)
            {
                if (_byGate[gate] is not { } counts || NonZero(counts, TypeName) is not { Count: > 0 } types) continue;
                gates.Add(ledger._names.Decode(gate));
                byType.Add(types);
            }

            return new SortedMap<IReadOnlyDictionary<string, long>>(gates, byType);
        }

        private void Add(int gate, int type, long count)
        {
            (_byGate[gate] ??= new long[_types])[type] += count;
            Total += count;
        }

        private string TypeName(int type) => type == 0 ? Ticket.UnknownType : register!.TypeName(type - 1);

        private static SortedMap<long> NonZero(long[] counts, Func<int, string> nameOf)
        {
            var names = new List<string>();
            var values = new List<long>();
            for (var i = 0; i < counts.Length; i++)
            {
                if (counts[i] == 0) continue;
                names.Add(nameOf(i));
                values.Add(counts[i]);
            }

            return new SortedMap<long>(names, values);
        }
    }
}
