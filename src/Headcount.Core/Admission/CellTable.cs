using System.Runtime.InteropServices;

namespace Headcount.Core;

/// <summary>Numbers the pairs of gate and ticket type that occur.</summary>
internal sealed class CellTable
{
    private readonly Dictionary<(int Gate, int Type), int> _cells = [];
    private readonly List<(int Gate, int Type)> _pairs = [];
    private readonly Dictionary<string, int> _types = new(StringComparer.Ordinal) { [Ticket.UnknownType] = 0 };
    private readonly List<string> _typeNames = [Ticket.UnknownType];

    public int Count => _pairs.Count;

    public int GateOf(int cell) => _pairs[cell].Gate;

    public string TypeOf(int cell) => _typeNames[_pairs[cell].Type];

    /// <summary>The number of a pair, which is new if it was not seen before; no type = the unknown one.</summary>
    public int NumberOf(int gate, string? type)
    {
        var pair = (gate, type is null ? 0 : TypeNumber(type));
        ref var cell = ref CollectionsMarshal.GetValueRefOrAddDefault(_cells, pair, out var known);
        if (known) return cell;
        cell = _pairs.Count;
        _pairs.Add(pair);
        return cell;
    }

    private int TypeNumber(string type)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_types, type, out var known);
        if (known) return number;
        _typeNames.Add(type);
        return number = _typeNames.Count - 1;
    }
}
