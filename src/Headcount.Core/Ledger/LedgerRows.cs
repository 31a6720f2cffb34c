using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Headcount.Core;

/// <summary>What a row of the ledger is, besides its times and names.</summary>
[Flags]
internal enum RowFlags
{
    None = 0,
    Exit = 1 << 0,

    /// <summary>A refused scan: it counts for nobody, and is an attempt to admission.</summary>
    Rejected = 1 << 1,

    /// <summary>It came again, and changes nothing.</summary>
    Repeated = 1 << 2,

    /// <summary>A later record took it back.</summary>
    Annulled = 1 << 3,

    /// <summary>A fact, decided elsewhere.</summary>
    Recorded = 1 << 4,

    /// <summary>It is known by a scan id.</summary>
    Keyed = 1 << 5,

    /// <summary>It opened or closed a stay, as its ticket stood when it arrived.</summary>
    Moved = 1 << 6,

    /// <summary>It opened a stay less than <see cref="ScanLedger.SoonWindow"/> after the scan of its ticket before it.</summary>
    Soon = 1 << 7,

    /// <summary>Rows with any of these count for nobody.</summary>
    Uncounted = Rejected | Repeated | Annulled,
}

/// <summary>Scans in order of arrival: 24 bytes each, and what only some of them have.</summary>
/// <remarks>Held in segments, so that growing copies nothing.</remarks>
internal sealed class LedgerRows
{
    public const int SegmentBits = 16;
    public const int SegmentRows = 1 << SegmentBits;
    public const int SegmentMask = SegmentRows - 1;

    /// <summary>How many bits of a row's gate and flags the flags take.</summary>
    public const int FlagBits = 8;

    /// <summary>The most different gates and devices one ledger can hold.</summary>
    public const int MaxNames = (1 << (31 - FlagBits)) - 1;

    // Arrays, not lists: rows are looked up too often for a call each.
    private Segment[] _segments = new Segment[4];
    private Row[] _latest = [];

    /// <summary>One scan. Its parts lie side by side, since whoever looks at one of them looks at others too.</summary>
    internal struct Row
    {
        public long Instant;
        public int Ticket;
        public int GateAndFlags;

        /// <summary>The row of the same ticket that arrived before it; -1 = none.</summary>
        public int Earlier;
        public uint Position;
    }

    internal sealed class Segment
    {
        public readonly Row[] Rows = GC.AllocateUninitializedArray<Row>(SegmentRows);
        public int[]? Devices;
        public ScanKey[]? Keys;
        public long[]? Seqs;
    }

    public int Count { get; private set; }

    /// <summary>How many segments there are.</summary>
    public int Segments { get; private set; }

    /// <summary>The rows of a segment that are filled.</summary>
    public Span<Row> RowsOf(int segment) => new(_segments[segment].Rows, 0, Math.Min(SegmentRows, Count - (segment << SegmentBits)));

    /// <summary>Has the memory fetched that holds a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(int row)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref At(row)));
    }

    /// <summary>Appends a row and gives its number.</summary>
    /// <param name="instant">Microseconds of its instant.</param>
    /// <param name="ticket">Its ticket.</param>
    /// <param name="gate">Its gate.</param>
    /// <param name="flags">What it is.</param>
    /// <param name="earlier">The row of the same ticket that arrived before it, or -1.</param>
    /// <param name="position">Its place in the input.</param>
    public int Append(long instant, int ticket, int gate, RowFlags flags, int earlier, long position)
    {
        if (gate > MaxNames) throw new InvalidOperationException($"A stream can name at most {MaxNames} different gates and devices.");
        var at = Count & SegmentMask;
        if (at == 0) AddSegment();
        _latest[at] = new Row
        {
            Instant = instant,
            Ticket = ticket,
            GateAndFlags = (gate << FlagBits) | (int)flags,
            Earlier = earlier,
            Position = checked((uint)position),
        };
        return Count++;
    }

    private void AddSegment()
    {
        var segment = new Segment();
        if (Segments == _segments.Length) Array.Resize(ref _segments, Segments * 2);
        _segments[Segments++] = segment;
        _latest = segment.Rows;
    }

    public void SetDevice(int row, int device)
    {
        var segment = SegmentOf(row);
        segment.Devices ??= Filled();
        segment.Devices[row & SegmentMask] = device;

        static int[] Filled()
        {
            var devices = new int[SegmentRows];
            Array.Fill(devices, -1);
            return devices;
        }
    }

    public void SetKey(int row, ScanKey key) => (SegmentOf(row).Keys ??= new ScanKey[SegmentRows])[row & SegmentMask] = key;

    public void SetSeq(int row, long seq) => (SegmentOf(row).Seqs ??= new long[SegmentRows])[row & SegmentMask] = seq;

    public void Flag(int row, RowFlags flags) => At(row).GateAndFlags |= (int)flags;

    public void SetExit(int row, bool exit)
    {
        ref var cell = ref At(row).GateAndFlags;
        cell = exit ? cell | (int)RowFlags.Exit : cell & ~(int)RowFlags.Exit;
    }

    private Segment SegmentOf(int row) => _segments[row >> SegmentBits];

    /// <summary>A row by its number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Row At(int row) => ref _segments[row >> SegmentBits].Rows[row & SegmentMask];

    public long Instant(int row) => At(row).Instant;

    public int Ticket(int row) => At(row).Ticket;

    public int Gate(int row) => GateOf(At(row).GateAndFlags);

    public RowFlags Flags(int row) => FlagsOf(At(row).GateAndFlags);

    public ScanType Type(int row) => TypeOf(At(row).GateAndFlags);

    public int Earlier(int row) => At(row).Earlier;

    public long Position(int row) => At(row).Position;

    public ScanKey Key(int row) => SegmentOf(row).Keys is { } keys ? keys[row & SegmentMask] : default;

    /// <summary>The number in the log it comes from; 0 = none.</summary>
    public long Seq(int row) => SegmentOf(row).Seqs is { } seqs ? seqs[row & SegmentMask] : 0;

    /// <summary>The device; -1 = none was given.</summary>
    public int Device(int row) => SegmentOf(row).Devices is { } devices ? devices[row & SegmentMask] : -1;

    /// <summary>The device, or the gate standing in for it.</summary>
    public int DeviceOrGate(int row)
    {
        var device = Device(row);
        return device >= 0 ? device : Gate(row);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int GateOf(int gateAndFlags) => gateAndFlags >> FlagBits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowFlags FlagsOf(int gateAndFlags) => (RowFlags)(gateAndFlags & ((1 << FlagBits) - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScanType TypeOf(int gateAndFlags) => (ScanType)(gateAndFlags & (int)RowFlags.Exit);
}
