namespace Headcount.Core;

/// <summary>The counts of presence, added up event by event.</summary>
internal sealed class Tally
{
    private const int PerGate = 3;

    private long[] _inside = new long[16];
    private long[] _gates = new long[16 * PerGate];

    public long Occupancy { get; private set; }

    public long Entries { get; private set; }

    public long Exits { get; private set; }

    public long FirstEntries { get; private set; }

    /// <summary>Adds an event (<paramref name="sign"/> = 1), or takes it back (-1).</summary>
    public void Count(in Effect effect, int sign)
    {
        Occupancy += sign * effect.Occupancy;
        Entries += sign * effect.Entries;
        Exits += sign * effect.Exits;
        FirstEntries += sign * effect.FirstEntries;
        if (effect.Cell >= 0) CellAt(effect.Cell) += sign * effect.Occupancy;
        if (effect.Gate < 0) return;
        var gate = GateAt(effect.Gate);
        gate[0] += sign * effect.Entries;
        gate[1] += sign * effect.Exits;
        gate[2] += sign;
    }

    /// <summary>Adds up the sums of a chunk.</summary>
    public void Add(ChunkSums sums)
    {
        Occupancy += sums.Occupancy;
        Entries += sums.Entries;
        Exits += sums.Exits;
        FirstEntries += sums.FirstEntries;
        foreach (var (cell, count) in sums.Inside) CellAt(cell) += count;
        foreach (var (gate, count) in sums.Gates)
        {
            var sum = GateAt(gate);
            sum[0] += count.Entries;
            sum[1] += count.Exits;
            sum[2] += count.Scans;
        }
    }

    /// <summary>The same counts, to go on from.</summary>
    public Tally Copy()
    {
        var copy = (Tally)MemberwiseClone();
        copy._inside = [.. _inside];
        copy._gates = [.. _gates];
        return copy;
    }

    public OccupancyReport Report(Intake intake, Instant? at, CellTable cells, Func<int, string> gateName)
    {
        var gates = new long[_gates.Length / PerGate];
        var types = new long[cells.Types];
        var both = new SortedDictionary<string, long>?[gates.Length];
        for (var cell = 0; cell < Math.Min(cells.Count, _inside.Length); cell++)
        {
            if (_inside[cell] == 0) continue;
            var (gate, type) = (cells.GateOf(cell), cells.TypeOf(cell));
            gates[gate] += _inside[cell];
            types[type] += _inside[cell];
            (both[gate] ??= new SortedDictionary<string, long>(ByCharacter.Order)).Add(cells.TypeName(type), _inside[cell]);
        }

        var byGate = new SortedDictionary<string, long>(ByCharacter.Order);
        var byBoth = new SortedDictionary<string, IReadOnlyDictionary<string, long>>(ByCharacter.Order);
        var flow = new SortedDictionary<string, GateFlow>(ByCharacter.Order);
        for (var gate = 0; gate < gates.Length; gate++)
        {
            var count = GateAt(gate);
            if (count[2] != 0) flow.Add(gateName(gate), new GateFlow(count[0], count[1], count[2]));
            if (gates[gate] != 0) byGate.Add(gateName(gate), gates[gate]);
            if (both[gate] is { } byTypeThere) byBoth.Add(gateName(gate), byTypeThere);
        }

        var byType = new SortedDictionary<string, long>(ByCharacter.Order);
        for (var type = 0; type < types.Length; type++)
        {
            if (types[type] != 0) byType.Add(cells.TypeName(type), types[type]);
        }

        return new OccupancyReport
        {
            Intake = intake, At = at, Occupancy = Occupancy, Entries = Entries, Exits = Exits, FirstEntries = FirstEntries,
            ByGate = byGate, ByTicketType = byType, ByGateAndTicketType = byBoth, Flow = flow,
        };
    }

    private ref long CellAt(int cell)
    {
        if (cell >= _inside.Length) Array.Resize(ref _inside, Math.Max(cell + 1, _inside.Length * 2));
        return ref _inside[cell];
    }

    private Span<long> GateAt(int gate)
    {
        if ((gate + 1) * PerGate > _gates.Length) Array.Resize(ref _gates, Math.Max((gate + 1) * PerGate, _gates.Length * 2));
        return _gates.AsSpan(gate * PerGate, PerGate);
    }
}
