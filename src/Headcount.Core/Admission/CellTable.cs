using System.Runtime.InteropServices;

namespace Headcount.Core;

/// <summary>Numbers the ticket types, and the pairs of gate and ticket type, that occur.</summary>
internal sealed class CellTable
{
    private readonly List<(int Gate, int Type)> _pairs = [];
    private readonly Dictionary<string, int> _types = new(StringComparer.Ordinal) { [Ticket.UnknownType] = 0 };
    private readonly List<string> _typeNames = [Ticket.UnknownType];

    // By gate, then by type: the number of the pair plus one.
    private int[]?[] _cells = [];

    public int Count => _pairs.Count;

    public int Types => _typeNames.Count;

    public int GateOf(int cell) => _pairs[cell].Gate;

    public int TypeOf(int cell) => _pairs[cell].Type;

    public string TypeName(int type) => _typeNames[type];

    /// <summary>The number of a type, which is new if it was not seen before; none = the unknown one, 0.</summary>
    public int TypeNumber(string? type)
    {
        if (type is null) return 0;
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_types, type, out var known);
        if (known) return number;
        _typeNames.Add(type);
        return number = _typeNames.Count - 1;
    }

    /// <summary>The number of a pair, which is new if it was not seen before.</summary>
    public int NumberOf(int gate, int type)
    {
        if (gate >= _cells.Length) Array.Resize(ref _cells, Math.Max(gate + 1, _cells.Length * 2));
        ref var cells = ref _cells[gate];
        if (cells is null || type >= cells.Length) Array.Resize(ref cells, Math.Max(type + 1, Math.Min(Types, (cells?.Length ?? 0) * 2 + 4)));
        if (cells[type] == 0)
        {
            _pairs.Add((gate, type));
            cells[type] = _pairs.Count;
        }

        return cells[type] - 1;
    }
}
