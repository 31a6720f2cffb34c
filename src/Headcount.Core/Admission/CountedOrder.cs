namespace Headcount.Core;

/// <summary>Every event of the history in counted order, in chunks that know their sums: answers "at T" without a walk through the day.</summary>
/// <remarks>
/// An event is a scan that counts (its row), or the end of a stay by a closing (the complement of the row that opened it). The last chunk has no
/// sums until it is full, so that an append is a write; a late event costs its own chunk.
/// </remarks>
internal sealed class CountedOrder
{
    /// <summary>How many events a chunk holds at most, and after how many chunks one knows the counts of all that comes before it.</summary>
    /// <param name="Events">At least 2.</param>
    /// <param name="ChunksPerMark">At least 1.</param>
    public readonly record struct Grain(int Events, int ChunksPerMark)
    {
        /// <summary>Right for a million scans at dozens of gates: about 250 chunks, 16 of them marked.</summary>
        public static readonly Grain Usual = new(4096, 16);
    }

    private readonly AdmissionHistory _history;
    private readonly Grain _grain;
    private readonly List<Chunk> _chunks = [];
    private readonly IComparer<int> _order;

    private sealed class Chunk
    {
        public int[] Events = [];
        public int Count;
        public ChunkSums? Sums;
        public Tally? Before;

        public Span<int> Span => Events.AsSpan(0, Count);

        public void Insert(int at, int entry, int most)
        {
            if (Count == Events.Length) Array.Resize(ref Events, Math.Min(most, Math.Max(64, Count * 2)));
            Array.Copy(Events, at, Events, at + 1, Count - at);
            Events[at] = entry;
            Count++;
        }
    }

    /// <summary>Builds the index of a history as it stands.</summary>
    public CountedOrder(AdmissionHistory history, Grain grain)
    {
        _grain = grain;
        _history = history;
        _order = Comparer<int>.Create(history.CompareEntries);
        var events = new List<int>(history.Count);
        var sorted = true;
        for (var row = 0; row < history.Count; row++)
        {
            if (!history.Counts(row)) continue;
            sorted = Took(row) && sorted;
            if (history.StepOf(row) == Step.Opened && history.Link(row) >= 0) sorted = Took(~row) && sorted;
        }

        if (!sorted) events.Sort(_order);
        foreach (var entry in events) Append(entry);

        bool Took(int entry)
        {
            events.Add(entry);
            return events.Count < 2 || history.CompareEntries(events[^2], entry) < 0;
        }
    }

    /// <summary>Puts an event in its place.</summary>
    public void Insert(int entry)
    {
        var place = _chunks.Count == 0 ? -1 : ChunkOf(entry);
        if (place == _chunks.Count - 1 && (place < 0 || _history.CompareEntries(_chunks[^1].Events[_chunks[^1].Count - 1], entry) < 0))
        {
            Append(entry);
            return;
        }

        var chunk = _chunks[place];
        if (chunk.Count == _grain.Events)
        {
            Split(place);
            if (_history.CompareEntries(_chunks[place + 1].Events[0], entry) < 0) place++;
            chunk = _chunks[place];
        }

        chunk.Insert(~chunk.Span.BinarySearch(entry, _order), entry, _grain.Events);
        Count(place, entry, 1);
    }

    /// <summary>Takes an event out, while it still does to the counts what it did when it was put in.</summary>
    public void Remove(int entry)
    {
        var place = ChunkOf(entry);
        var chunk = _chunks[place];
        var at = chunk.Span.BinarySearch(entry, _order);
        if (at < 0) throw new InvalidOperationException($"Event {entry} of the history is not in its index.");
        Count(place, entry, -1);
        chunk.Span[(at + 1)..].CopyTo(chunk.Events.AsSpan(at));
        chunk.Count--;
        if (chunk.Count == 0) _chunks.RemoveAt(place);
    }

    /// <summary>Counts anew what an event does, which stays where it is: once with -1 before it changes, once with 1 after.</summary>
    public void Adjust(int entry, int sign) => Count(ChunkOf(entry), entry, sign);

    /// <summary>The counts after all events at or before an instant.</summary>
    public Tally At(long instant)
    {
        var last = LastChunkAt(instant);
        if (last < 0) return new Tally();
        var mark = MarkAtOrBefore(last);
        var tally = mark < 0 ? new Tally() : _chunks[mark].Before!.Copy();
        for (var i = Math.Max(mark, 0); i < last; i++) tally.Add(SumsOf(_chunks[i]));
        var chunk = _chunks[last];
        foreach (var entry in chunk.Span[..CountAt(chunk, instant)]) tally.Count(_history.EffectOf(entry), 1);
        return tally;
    }

    /// <summary>How many are inside after all events at or before an instant.</summary>
    public long OccupancyAt(long instant)
    {
        var last = LastChunkAt(instant);
        if (last < 0) return 0;
        var mark = MarkAtOrBefore(last);
        var occupancy = mark < 0 ? 0 : _chunks[mark].Before!.Occupancy;
        for (var i = Math.Max(mark, 0); i < last; i++) occupancy += SumsOf(_chunks[i]).Occupancy;
        var chunk = _chunks[last];
        foreach (var entry in chunk.Span[..CountAt(chunk, instant)]) occupancy += _history.EffectOf(entry).Occupancy;
        return occupancy;
    }

    /// <summary>Occupancy, stays opened and stays closed after all events at or before an instant.</summary>
    public (long Occupancy, long Entries, long Exits) TotalsAt(long instant)
    {
        var last = LastChunkAt(instant);
        if (last < 0) return default;
        var mark = MarkAtOrBefore(last);
        var before = mark < 0 ? null : _chunks[mark].Before!;
        var (occupancy, entries, exits) = before is null ? default : (before.Occupancy, before.Entries, before.Exits);
        for (var i = Math.Max(mark, 0); i < last; i++)
        {
            var sums = SumsOf(_chunks[i]);
            (occupancy, entries, exits) = (occupancy + sums.Occupancy, entries + sums.Entries, exits + sums.Exits);
        }

        var chunk = _chunks[last];
        foreach (var entry in chunk.Span[..CountAt(chunk, instant)])
        {
            var effect = _history.EffectOf(entry);
            (occupancy, entries, exits) = (occupancy + effect.Occupancy, entries + effect.Entries, exits + effect.Exits);
        }

        return (occupancy, entries, exits);
    }

    /// <summary>The instants after the one given at which something happened, each with the totals after all of it.</summary>
    public IEnumerable<(long Instant, long Occupancy, long Entries, long Exits)> TotalsAfter(long instant)
    {
        var (occupancy, entries, exits) = TotalsAt(instant);
        var current = long.MinValue;
        var any = false;
        for (var i = Math.Max(0, LastChunkAt(instant)); i < _chunks.Count; i++)
        {
            for (var j = CountAt(_chunks[i], instant); j < _chunks[i].Count; j++)
            {
                var entry = _chunks[i].Events[j];
                var at = InstantOf(entry);
                if (any && at != current) yield return (current, occupancy, entries, exits);
                (any, current) = (true, at);
                var effect = _history.EffectOf(entry);
                (occupancy, entries, exits) = (occupancy + effect.Occupancy, entries + effect.Entries, exits + effect.Exits);
            }
        }

        if (any) yield return (current, occupancy, entries, exits);
    }

    /// <summary>The rows of the scans that count, in counted order, after a place in it.</summary>
    /// <param name="instant">The place's instant.</param>
    /// <param name="row">The place's row; of the scans at that instant, those with a higher one come after it.</param>
    public IEnumerable<int> ScansAfter(long instant, int row)
    {
        for (var i = Math.Max(0, LastChunkAt(instant - 1)); i < _chunks.Count; i++)
        {
            var chunk = _chunks[i];
            for (var j = CountAt(chunk, instant - 1); j < chunk.Count; j++)
            {
                var entry = chunk.Events[j];
                if (entry >= 0 && (_history.Instant(entry) > instant || entry > row)) yield return entry;
            }
        }
    }

    /// <summary>The instants of the first and the last scan that counts; null where there is none.</summary>
    public (long First, long Last)? Range()
    {
        if (_chunks.Count == 0) return null;
        for (var i = _chunks.Count - 1; i >= 0; i--)
        {
            for (var j = _chunks[i].Count - 1; j >= 0; j--)
            {
                if (_chunks[i].Events[j] >= 0) return (InstantOf(_chunks[0].Events[0]), InstantOf(_chunks[i].Events[j]));
            }
        }

        return null;
    }

    /// <summary>The instants after the one given at which something happened, each with the occupancy after all of it.</summary>
    public IEnumerable<(long Instant, long Occupancy)> After(long instant)
    {
        var occupancy = OccupancyAt(instant);
        var current = long.MinValue;
        var any = false;
        for (var i = Math.Max(0, LastChunkAt(instant)); i < _chunks.Count; i++)
        {
            for (var j = 0; j < _chunks[i].Count; j++)
            {
                var entry = _chunks[i].Events[j];
                var at = InstantOf(entry);
                if (at <= instant) continue;
                if (any && at != current) yield return (current, occupancy);
                (any, current) = (true, at);
                occupancy += _history.EffectOf(entry).Occupancy;
            }
        }

        if (any) yield return (current, occupancy);
    }

    private void Append(int entry)
    {
        if (_chunks.Count == 0 || _chunks[^1].Count == _grain.Events)
        {
            var next = new Chunk();
            if (_chunks.Count > 0) SumsOf(_chunks[^1]);
            if (_chunks.Count - MarkAtOrBefore(_chunks.Count - 1) >= _grain.ChunksPerMark) next.Before = AllCounts();
            _chunks.Add(next);
        }

        var chunk = _chunks[^1];
        chunk.Insert(chunk.Count, entry, _grain.Events);
        chunk.Sums?.Count(_history.EffectOf(entry), 1);
    }

    private Tally AllCounts()
    {
        var mark = MarkAtOrBefore(_chunks.Count - 1);
        var tally = mark < 0 ? new Tally() : _chunks[mark].Before!.Copy();
        for (var i = Math.Max(mark, 0); i < _chunks.Count; i++) tally.Add(SumsOf(_chunks[i]));
        return tally;
    }

    private int MarkAtOrBefore(int place)
    {
        while (place >= 0 && _chunks[place].Before is null) place--;
        return place;
    }

    private void Count(int place, int entry, int sign)
    {
        var effect = _history.EffectOf(entry);
        _chunks[place].Sums?.Count(in effect, sign);
        for (var i = place + 1; i < _chunks.Count; i++) _chunks[i].Before?.Count(in effect, sign);
    }

    private void Split(int place)
    {
        var chunk = _chunks[place];
        var rest = new Chunk { Events = new int[_grain.Events], Count = chunk.Count - chunk.Count / 2 };
        chunk.Span[(chunk.Count / 2)..].CopyTo(rest.Events);
        chunk.Count /= 2;
        chunk.Sums = null;
        SumsOf(chunk);
        if (place < _chunks.Count - 1) SumsOf(rest);
        _chunks.Insert(place + 1, rest);
    }

    private ChunkSums SumsOf(Chunk chunk)
    {
        if (chunk.Sums is not null) return chunk.Sums;
        var sums = new ChunkSums();
        foreach (var entry in chunk.Span) sums.Count(_history.EffectOf(entry), 1);
        return chunk.Sums = sums;
    }

    private long InstantOf(int entry) => _history.Instant(_history.RowOf(entry));

    // The last chunk that begins at or before the event; the first one where none does.
    private int ChunkOf(int entry)
    {
        var (low, high) = (0, _chunks.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_history.CompareEntries(_chunks[middle].Events[0], entry) <= 0)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    // The last chunk that begins at or before the instant; -1 where none does.
    private int LastChunkAt(long instant)
    {
        var (low, high) = (-1, _chunks.Count - 1);
        while (low < high)
        {
            var middle = low + (high - low + 1) / 2;
            if (InstantOf(_chunks[middle].Events[0]) <= instant)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    private int CountAt(Chunk chunk, long instant)
    {
        var (low, high) = (0, chunk.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (InstantOf(chunk.Events[middle]) <= instant)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
