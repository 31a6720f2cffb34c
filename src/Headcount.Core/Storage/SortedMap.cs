using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Headcount.Core;

/// <summary>A small map that is built once and read in order of its keys' characters: what the reports hold.</summary>
/// <remarks>A class of our own because the framework's sorted maps cost a short-lived program more to load than to use.</remarks>
internal sealed class SortedMap<T> : IReadOnlyDictionary<string, T>
{
    private readonly string[] _keys;
    private readonly T[] _values;

    /// <summary>A map of keys, all different, and their values.</summary>
    public SortedMap(IReadOnlyList<string> keys, IReadOnlyList<T> values)
    {
        var order = new int[keys.Count];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, (one, other) => ByCharacter.Order.Compare(keys[one], keys[other]));
        _keys = new string[order.Length];
        _values = new T[order.Length];
        for (var i = 0; i < order.Length; i++) (_keys[i], _values[i]) = (keys[order[i]], values[order[i]]);
    }

    public int Count => _keys.Length;

    public IEnumerable<string> Keys => _keys;

    public IEnumerable<T> Values => _values;

    public T this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no '{key}' here.");

    public bool ContainsKey(string key) => IndexOf(key) >= 0;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value)
    {
        var index = IndexOf(key);
        value = index < 0 ? default : _values[index];
        return index >= 0;
    }

    public IEnumerator<KeyValuePair<string, T>> GetEnumerator()
    {
        for (var i = 0; i < _keys.Length; i++) yield return new KeyValuePair<string, T>(_keys[i], _values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(string key) => Array.BinarySearch(_keys, key, ByCharacter.Order);
}
