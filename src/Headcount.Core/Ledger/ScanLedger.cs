using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Headcount.Core;

/// <summary>What became of a scan that was given to a ledger.</summary>
public enum LedgerResult : byte
{
    /// <summary>It is in.</summary>
    Taken,

    /// <summary>The same scan came before; it changes nothing. (Where scans arrive out of order, some repeats show only in the <see cref="ScanLedger.Intake"/>.)</summary>
    Repeated,

    /// <summary>Its scan id was used before by the same device for another ticket, gate, type or instant: the first stands, this one is set aside.</summary>
    Conflict,
}

/// <summary>How the scans of a ledger are to be understood.</summary>
public enum LedgerMode : byte
{
    /// <summary>Every scan says whose ticket and in which direction.</summary>
    Tickets,

    /// <summary>No scan says the direction: a ticket's scans go in, out, in, … in counted order.</summary>
    Alternating,

    /// <summary>No scan says whose ticket: every one is a body, occupancy is entries − exits, and nothing repeats.</summary>
    Anonymous,
}

/// <summary>The scans of one stream, in memory, a small row each: every question of presence is asked here.</summary>
/// <remarks>
/// Takes scans in order of arrival and answers in counted order (by instant, ties by arrival), so that the same scans shuffled give the same
/// answers. 24 bytes a scan, 24 to 40 more where scans carry ids, 4 where they name devices. One thread at a time. A question may be asked
/// at any time, and more scans given after it.
/// </remarks>
public sealed partial class ScanLedger
{
    /// <summary>The most scans one ledger can hold.</summary>
    public const int MaxScans = int.MaxValue - LedgerRows.SegmentRows;

    // How many rows of one ticket at one instant are compared on arrival, before that is left to Settle.
    private const int MaxComparedOnArrival = 32;

    private readonly LedgerRows _rows = new();
    private readonly SymbolTable _tickets;
    private readonly SymbolTable _names = new();
    private readonly KeyIndex _keys;
    private readonly List<Closing> _closings = [];
    private readonly HashSet<long> _annulledSeqs = [];

    private TicketRows[] _ticketRows = NewTicketRows(1024);

    // The tickets whose rows came out of order.
    private readonly List<int> _disordered = [];

    private long _repeated;
    private long _malformed;
    private long _skipped;

    /// <summary>An empty ledger.</summary>
    public ScanLedger(LedgerMode mode = LedgerMode.Tickets, int expectedTickets = 0)
    {
        Mode = mode;
        _tickets = new SymbolTable(expectedTickets);
        _keys = new KeyIndex(_rows);
    }

    /// <summary>The rows of one ticket.</summary>
    private struct TicketRows
    {
        /// <summary>The latest by arrival; -1 = none.</summary>
        public int Latest;

        /// <summary>Whether they came out of counted order, so that Settle has to look at them.</summary>
        public bool IsUnsettled;

        /// <summary>Whether a stay is open, and whether one ever was; only where they came in counted order.</summary>
        public bool IsInside;
        public bool HasEntered;

        /// <summary>The latest of their instants.</summary>
        public long LatestInstant;
    }

    /// <summary>A closing of the day: at an instant, and after so many rows by arrival.</summary>
    internal readonly record struct Closing(long Instant, int RowsBefore) : IComparable<Closing>
    {
        public int CompareTo(Closing other) => Instant != other.Instant ? Instant.CompareTo(other.Instant) : RowsBefore.CompareTo(other.RowsBefore);
    }

    private bool _closingsAreSorted = true;

    /// <summary>How its scans are understood.</summary>
    public LedgerMode Mode { get; }

    /// <summary>How many distinct tickets it has seen.</summary>
    public int Tickets => _tickets.Count;

    /// <summary>What it has taken so far.</summary>
    public Intake Intake
    {
        get
        {
            Settle();
            return new Intake(_rows.Count - _repeated, _repeated + _droppedRepeats, _malformed, _skipped);
        }
    }

    // Repeats known on arrival take no row; those found by Settle have one.
    private long _droppedRepeats;

    /// <summary>Takes a scan, at the place in the input given (counting every element from 1; default: one after the last).</summary>
    /// <exception cref="ArgumentException">A text is empty, too long, or holds U+0000 or a lone surrogate.</exception>
    public LedgerResult Add(Scan scan, long? position = null)
    {
        ArgumentNullException.ThrowIfNull(scan);
        var at = position ?? LastPosition + 1;
        LastPosition = Math.Max(LastPosition, at);
        var row = new NewRow
        {
            Instant = scan.Timestamp.Microseconds,
            Ticket = Mode == LedgerMode.Anonymous ? 0 : _tickets.Intern(Checked(scan.TicketId.Value, TicketId.MaxLength, "ticket id")),
            Gate = _names.Intern(Checked(scan.Gate.Value, GateName.MaxLength, "gate")),
            Device = scan.DeviceId is { Value: { Length: > 0 } device } ? _names.Intern(Checked(device, DeviceId.MaxLength, "device id")) : -1,
            Flags = FlagsOf(scan.Type, scan.Outcome),
            Position = at,
            Seq = scan.Seq ?? 0,
        };
        if (scan.ScanId is { Value: { Length: > 0 } id })
        {
            Checked(id, ScanId.MaxLength, "scan id");
            row.Key = ScanKey.Of(_names[row.Device >= 0 ? row.Device : row.Gate], Encoding.UTF8.GetBytes(id));
        }

        return Add(in row);
    }

    /// <summary>The day was closed at an instant: every stay open then ends then, unless the ticket's next scan is an exit.</summary>
    public void CloseDay(Instant at)
    {
        _closings.Add(new Closing(at.Microseconds, _rows.Count));
        _closingsAreSorted = false;
    }

    /// <summary>Takes back the scan with a number of the log: everything is as if it had not been.</summary>
    public void Annul(long seq) => _annulledSeqs.Add(seq);

    /// <summary>Counts elements of the input that could not be read.</summary>
    public void CountMalformed(long elements = 1) => _malformed += elements;

    /// <summary>Counts elements of the input that were not asked for.</summary>
    public void CountSkipped(long elements = 1) => _skipped += elements;

    /// <summary>The place in the input of the last element so far.</summary>
    internal long LastPosition { get; set; }

    internal SymbolTable TicketTable => _tickets;

    internal SymbolTable NameTable => _names;

    /// <summary>A row about to be taken, in the numbers of the ledger's own tables.</summary>
    internal struct NewRow
    {
        public long Instant;
        public int Ticket;
        public int Gate;
        public int Device;
        public RowFlags Flags;
        public long Position;
        public ScanKey Key;
        public long Seq;
    }

    internal static RowFlags FlagsOf(ScanType type, ScanOutcome outcome) =>
        (type == ScanType.Exit ? RowFlags.Exit : 0)
        | outcome switch
        {
            ScanOutcome.Rejected => RowFlags.Rejected,
            ScanOutcome.Recorded => RowFlags.Recorded,
            _ => 0,
        };

    /// <summary>Has the memory fetched that a row of this ticket will touch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe void Prefetch(int ticket)
    {
        if (Sse.IsSupported && ticket < _ticketRows.Length) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_ticketRows), ticket)));
    }

    /// <summary>Has the memory fetched that a row with this key will touch.</summary>
    internal void Prefetch(ScanKey key) => _keys.Prefetch(key);

    internal LedgerResult Add(in NewRow row)
    {
        if (_rows.Count >= MaxScans) throw new InvalidOperationException($"A ledger holds at most {MaxScans} scans.");
        if (Mode == LedgerMode.Anonymous)
        {
            _rows.Append(row.Instant, 0, row.Gate, row.Flags, -1, row.Position);
            return LedgerResult.Taken;
        }

        if (row.Ticket >= _ticketRows.Length) GrowTickets(row.Ticket);
        ref var ticket = ref _ticketRows[row.Ticket];
        var earlier = ticket.Latest;
        var flags = row.Flags;
        if (!row.Key.IsNone)
        {
            var same = _keys.Find(row.Key);
            if (same >= 0 && !Contradicts(same, in row))
            {
                if (!IsSame(same, in row)) return RefuseConflict();
                _droppedRepeats++;
                return LedgerResult.Repeated;
            }

            flags |= RowFlags.Keyed;
        }
        else if (earlier >= 0 && row.Instant == ticket.LatestInstant && !ticket.IsUnsettled && ComesAgain(earlier, in row))
        {
            _droppedRepeats++;
            return LedgerResult.Repeated;
        }

        if ((flags & RowFlags.Rejected) == 0) flags |= Move(ref ticket, in row);
        var number = _rows.Append(row.Instant, row.Ticket, row.Gate, flags, earlier, row.Position);
        CountKind(row.Gate, flags);
        if (row.Device >= 0) _rows.SetDevice(number, row.Device);
        if (row.Seq != 0) _rows.SetSeq(number, row.Seq);
        if (!row.Key.IsNone)
        {
            _rows.SetKey(number, row.Key);
            _keys.Set(row.Key, number);
        }

        ticket.Latest = number;
        if (earlier < 0 || row.Instant >= ticket.LatestInstant)
            ticket.LatestInstant = row.Instant;
        else
            LeaveToSettle(row.Ticket);
        return LedgerResult.Taken;
    }

    /// <summary>An entry sooner than this (in microseconds) after the scan before it is marked when it arrives: longer windows of re-entry are rare.</summary>
    internal const long SoonWindow = 10 * 60 * 1_000_000L;

    // What a scan does to its ticket's presence (the rule is TicketWalk's), found where the ticket is at hand anyway: ScanLedger.Steps goes by it.
    private static RowFlags Move(ref TicketRows ticket, in NewRow row)
    {
        var isExit = (row.Flags & RowFlags.Exit) != 0;
        if (ticket.IsInside != isExit) return RowFlags.None;
        ticket.IsInside = !isExit;
        if (isExit) return RowFlags.Moved;
        ticket.HasEntered = true;
        return ticket.Latest >= 0 && row.Instant - ticket.LatestInstant < SoonWindow ? RowFlags.Moved | RowFlags.Soon : RowFlags.Moved;
    }

    /// <summary>Whether a row would be set aside because its key stands for a scan that is not the same.</summary>
    internal bool Conflicts(in NewRow row) =>
        !row.Key.IsNone && _keys.Find(row.Key) is >= 0 and var same && !Contradicts(same, in row) && !IsSame(same, in row);

    /// <summary>Counts an element whose scans conflict with earlier ones.</summary>
    internal LedgerResult RefuseConflict()
    {
        _malformed++;
        return LedgerResult.Conflict;
    }

    // A fact whose scan was refused live is no repeat: the device let the person in after all. A log gives the two different times where the device's
    // clock was off, and what has a number there was compared by the clock when it was taken.
    private bool Contradicts(int refused, in NewRow row) =>
        (row.Flags & RowFlags.Recorded) != 0 && (_rows.Flags(refused) & RowFlags.Rejected) != 0 && (row.Seq != 0 || IsSame(refused, in row));

    private bool IsSame(int row, in NewRow other) =>
        _rows.Instant(row) == other.Instant && _rows.Ticket(row) == other.Ticket && _rows.Gate(row) == other.Gate
        && (Mode == LedgerMode.Alternating || _rows.Type(row) == LedgerRows.TypeOf((int)other.Flags));

    // Rows of the ticket at the very same instant, latest first: a scan without an id repeats one that is alike in everything.
    private bool ComesAgain(int latest, in NewRow row)
    {
        var compared = 0;
        for (var at = latest; at >= 0 && _rows.Instant(at) == row.Instant; at = _rows.Earlier(at))
        {
            if (++compared > MaxComparedOnArrival)
            {
                LeaveToSettle(row.Ticket);
                return false;
            }

            if ((_rows.Flags(at) & RowFlags.Keyed) == 0 && IsSame(at, in row) && _rows.Seq(at) == row.Seq
                && _rows.DeviceOrGate(at) == (row.Device >= 0 ? row.Device : row.Gate)) return true;
        }

        return false;
    }

    private void LeaveToSettle(int ticket)
    {
        if (_ticketRows[ticket].IsUnsettled) return;
        _ticketRows[ticket].IsUnsettled = true;
        _disordered.Add(ticket);
    }

    private void GrowTickets(int ticket)
    {
        var grown = NewTicketRows((int)Math.Min(Math.Max(ticket + 1L, _ticketRows.Length * 2L), Array.MaxLength));
        Array.Copy(_ticketRows, grown, _ticketRows.Length);
        _ticketRows = grown;
    }

    private static TicketRows[] NewTicketRows(int size)
    {
        var rows = new TicketRows[size];
        for (var i = 0; i < rows.Length; i++) rows[i].Latest = -1;
        return rows;
    }

    private static string Checked(string text, int max, string what)
    {
        if (text.Length == 0) throw new ArgumentException($"The {what} is empty.");
        var length = 0;
        for (var rest = text.AsSpan(); !rest.IsEmpty; length++)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var consumed) != OperationStatus.Done)
                throw new ArgumentException($"The {what} holds half of a surrogate pair.");
            if (rune.Value == 0) throw new ArgumentException($"The {what} holds U+0000.");
            rest = rest[consumed..];
        }

        if (length > max) throw new ArgumentException($"The {what} has {length} characters; at most {max} are allowed.");
        return text;
    }
}
