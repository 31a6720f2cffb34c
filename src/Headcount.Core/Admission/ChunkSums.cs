namespace Headcount.Core;

/// <summary>What a run of events in counted order adds up to: only cells and gates that occur in it.</summary>
internal sealed class ChunkSums
{
    public int Occupancy { get; private set; }

    public int Entries { get; private set; }

    public int Exits { get; private set; }

    public int FirstEntries { get; private set; }

    public SparseCounts<int> Inside { get; } = new();

    public SparseCounts<GateSums> Gates { get; } = new();

    public void Count(in Effect effect, int sign)
    {
        Occupancy += sign * effect.Occupancy;
        Entries += sign * effect.Entries;
        Exits += sign * effect.Exits;
        FirstEntries += sign * effect.FirstEntries;
        if (effect.Cell >= 0) Inside.At(effect.Cell) += sign * effect.Occupancy;
        if (effect.Gate < 0) return;
        ref var gate = ref Gates.At(effect.Gate);
        gate.Entries += sign * effect.Entries;
        gate.Exits += sign * effect.Exits;
        gate.Scans += sign;
    }

    internal struct GateSums
    {
        public int Entries;
        public int Exits;
        public int Scans;
    }

    /// <summary>Counts by key, in as many slots as there are keys.</summary>
    internal sealed class SparseCounts<T>
        where T : struct
    {
        private int[] _keys = new int[4];
        private T[] _counts = new T[4];
        private int _used;

        public ref T At(int key)
        {
            var at = Array.BinarySearch(_keys, 0, _used, key);
            if (at >= 0) return ref _counts[at];
            at = ~at;
            if (_used == _keys.Length)
            {
                Array.Resize(ref _keys, _used * 2);
                Array.Resize(ref _counts, _used * 2);
            }

            Array.Copy(_keys, at, _keys, at + 1, _used - at);
            Array.Copy(_counts, at, _counts, at + 1, _used - at);
            _keys[at] = key;
            _counts[at] = default;
            _used++;
            return ref _counts[at];
        }

        public Enumerator GetEnumerator() => new(this);

        internal struct Enumerator(SparseCounts<T> of)
        {
            private int _at = -1;

            public readonly (int Key, T Count) Current => (of._keys[_at], of._counts[_at]);

            public bool MoveNext() => ++_at < of._used;
        }
    }
}
