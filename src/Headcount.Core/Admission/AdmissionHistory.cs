using System.Runtime.CompilerServices;

namespace Headcount.Core;

/// <summary>What a record of the history is, and what its scan did as things are known now.</summary>
[Flags]
internal enum HistoryFlags : ushort
{
    None = 0,
    Exit = 1 << 0,

    /// <summary>A scan that was let through: it counts, unless it was annulled.</summary>
    LetThrough = 1 << 1,

    /// <summary>An entry that was refused for want of room: nobody inside, but somebody who would be.</summary>
    TurnedAway = 1 << 2,

    /// <summary>A scan, of any outcome.</summary>
    Scan = 1 << 3,

    /// <summary>An annulment; its ticket column names the row it takes back.</summary>
    Annulment = 1 << 4,

    /// <summary>A closing of the day.</summary>
    Closing = 1 << 5,

    /// <summary>A later record took it back.</summary>
    Annulled = 1 << 6,

    /// <summary>It is the first entry of its ticket that counts.</summary>
    First = 1 << 7,
}

/// <summary>What one event did to the counts.</summary>
/// <param name="Occupancy">+1, 0 or −1.</param>
/// <param name="Entries">Stays opened.</param>
/// <param name="Exits">Stays closed by an exit.</param>
/// <param name="FirstEntries">Tickets that came in for the first time.</param>
/// <param name="Cell">Where the occupancy changed; -1 where it did not.</param>
/// <param name="Gate">The gate that was scanned at; -1 = none.</param>
internal readonly record struct Effect(int Occupancy, int Entries, int Exits, int FirstEntries, int Cell, int Gate);

/// <summary>The records of one log in columns, row = seq − 1: about 36 bytes each.</summary>
/// <remarks>A ticket's rows are linked in counted order, latest first. Held in segments, so that growing copies nothing.</remarks>
internal sealed class AdmissionHistory(CellTable cells)
{
    private const int SegmentBits = 12;
    private const int SegmentRows = 1 << SegmentBits;
    private const int SegmentMask = SegmentRows - 1;

    private const int StepShift = 12;
    private const int FlagsMask = (1 << StepShift) - 1;

    // What a scan did is being worked out anew: until then it did nothing.
    private const Step Pending = (Step)15;

    private readonly List<Segment> _segments = [];

    private sealed class Segment
    {
        public readonly long[] Instants = new long[SegmentRows];
        public readonly int[] Tickets = new int[SegmentRows];
        public readonly int[] Cells = new int[SegmentRows];
        public readonly int[] Earlier = new int[SegmentRows];
        public readonly int[] Links = new int[SegmentRows];
        public readonly ushort[] Flags = new ushort[SegmentRows];

        // The other time of a record, where it differs: received_at live, the scan's own timestamp in a stream.
        public long[]? Others;
    }

    public int Count { get; private set; }

    public int Append(long instant, long other, int ticket, int cell, HistoryFlags flags)
    {
        if (Count == int.MaxValue - SegmentRows) throw new InvalidOperationException($"A log holds at most {Count} records.");
        var at = Count & SegmentMask;
        if (at == 0) _segments.Add(new Segment());
        var segment = _segments[^1];
        segment.Instants[at] = instant;
        segment.Tickets[at] = ticket;
        segment.Cells[at] = cell;
        segment.Earlier[at] = -1;
        segment.Links[at] = -1;
        segment.Flags[at] = (ushort)flags;
        if (other != instant && segment.Others is null)
        {
            segment.Others = new long[SegmentRows];
            segment.Instants.AsSpan(0, at).CopyTo(segment.Others);
        }

        if (segment.Others is { } others) others[at] = other;
        return Count++;
    }

    public long Instant(int row) => SegmentOf(row).Instants[row & SegmentMask];

    public long Other(int row)
    {
        var segment = SegmentOf(row);
        return (segment.Others ?? segment.Instants)[row & SegmentMask];
    }

    public int Ticket(int row) => SegmentOf(row).Tickets[row & SegmentMask];

    public int Cell(int row) => SegmentOf(row).Cells[row & SegmentMask];

    public HistoryFlags Flags(int row) => (HistoryFlags)(SegmentOf(row).Flags[row & SegmentMask] & FlagsMask);

    public Step StepOf(int row) => (Step)(SegmentOf(row).Flags[row & SegmentMask] >> StepShift);

    public ScanType Type(int row) => (ScanType)(SegmentOf(row).Flags[row & SegmentMask] & (int)HistoryFlags.Exit);

    public bool Counts(int row) => (Flags(row) & (HistoryFlags.LetThrough | HistoryFlags.Annulled)) == HistoryFlags.LetThrough;

    /// <summary>The ticket's row before this one in counted order (those that do not count lie anywhere), or -1.</summary>
    public ref int Earlier(int row) => ref SegmentOf(row).Earlier[row & SegmentMask];

    /// <summary>Of an exit or a duplicate entry, the row that opened the stay; of an entry that opened one, the closing that ended it, or -1.</summary>
    public ref int Link(int row) => ref SegmentOf(row).Links[row & SegmentMask];

    public void Flag(int row, HistoryFlags flags) => SegmentOf(row).Flags[row & SegmentMask] |= (ushort)flags;

    /// <summary>Writes down what a scan did.</summary>
    public void SetStep(int row, Step step, bool first, int link)
    {
        var segment = SegmentOf(row);
        ref var flags = ref segment.Flags[row & SegmentMask];
        flags = (ushort)((flags & FlagsMask & ~(int)HistoryFlags.First) | ((int)step << StepShift) | (first ? (int)HistoryFlags.First : 0));
        segment.Links[row & SegmentMask] = link;
    }

    /// <summary>Takes back what a scan did, until it is set again.</summary>
    public void ClearStep(int row) => SetStep(row, Pending, false, -1);

    /// <summary>The latest row of a ticket at or before one of its rows that counts, or -1.</summary>
    public int CountedAtOrBefore(int row)
    {
        while (row >= 0 && !Counts(row)) row = Earlier(row);
        return row;
    }

    /// <summary>The order of two rows: by instant, ties by seq.</summary>
    public int Compare(int one, int other)
    {
        var order = Instant(one).CompareTo(Instant(other));
        return order != 0 ? order : one.CompareTo(other);
    }

    /// <summary>The row at which an event of the index happens: the scan, or the closing that ended a stay.</summary>
    /// <param name="entry">A row; or the complement of the row whose stay a closing ended.</param>
    public int RowOf(int entry) => entry >= 0 ? entry : Link(~entry);

    /// <summary>The order of two events of the index.</summary>
    public int CompareEntries(int one, int other)
    {
        var order = Compare(RowOf(one), RowOf(other));
        return order != 0 ? order : one.CompareTo(other);
    }

    /// <summary>What an event of the index does to the counts.</summary>
    public Effect EffectOf(int entry)
    {
        if (entry < 0) return new Effect(-1, 0, 0, 0, Cell(~entry), -1);
        var gate = cells.GateOf(Cell(entry));
        return StepOf(entry) switch
        {
            Step.Opened => new Effect(1, 1, 0, (Flags(entry) & HistoryFlags.First) != 0 ? 1 : 0, Cell(entry), gate),
            Step.Closed => new Effect(-1, 0, 1, 0, Cell(Link(entry)), gate),
            Pending => default(Effect) with { Cell = -1, Gate = -1 },
            _ => new Effect(0, 0, 0, 0, -1, gate),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Segment SegmentOf(int row) => _segments[row >> SegmentBits];
}
