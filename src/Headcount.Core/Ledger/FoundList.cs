namespace Headcount.Core;

/// <summary>An anomaly, by the rows that make it.</summary>
internal struct FoundAnomaly
{
    public long Instant;
    public int Row;

    /// <summary>The earlier row that it goes with; -1 = none.</summary>
    public int Earlier;
    public AnomalyKind Kind;

    /// <summary>Whether it is listed before another: by instant, then in order of arrival, then by kind.</summary>
    public readonly bool ComesBefore(in FoundAnomaly other) =>
        Instant != other.Instant ? Instant < other.Instant : Row != other.Row ? Row < other.Row : Kind < other.Kind;
}

/// <summary>Anomalies as they are found, and then in order.</summary>
/// <remarks>A class of our own: there may be very many, and lists and sorts of the framework have to be compiled for a type of ours while the program runs.</remarks>
internal sealed class FoundList
{
    private const int FewEnough = 16;

    private FoundAnomaly[] _found = new FoundAnomaly[64];

    public int Count { get; private set; }

    public ref readonly FoundAnomaly this[int index] => ref _found[index];

    public void Add(in FoundAnomaly found)
    {
        if (Count == _found.Length) Array.Resize(ref _found, Count * 2);
        _found[Count++] = found;
    }

    public void Clear() => Count = 0;

    /// <summary>Puts them in order. They are nearly so: most scans come in the order in which they were made.</summary>
    public void Sort() => Sort(new FoundAnomaly[Count], 0, Count);

    private void Sort(FoundAnomaly[] spare, int start, int end)
    {
        if (end - start <= FewEnough)
        {
            Insert(start, end);
            return;
        }

        var middle = start + (end - start) / 2;
        Sort(spare, start, middle);
        Sort(spare, middle, end);
        if (_found[middle].ComesBefore(in _found[middle - 1])) Merge(spare, start, middle, end);
    }

    private void Insert(int start, int end)
    {
        for (var i = start + 1; i < end; i++)
        {
            var found = _found[i];
            var at = i;
            for (; at > start && found.ComesBefore(in _found[at - 1]); at--) _found[at] = _found[at - 1];
            _found[at] = found;
        }
    }

    private void Merge(FoundAnomaly[] spare, int start, int middle, int end)
    {
        Array.Copy(_found, start, spare, start, middle - start);
        var (left, right, at) = (start, middle, start);
        while (left < middle)
            _found[at++] = right < end && _found[right].ComesBefore(in spare[left]) ? _found[right++] : spare[left++];
    }
}
