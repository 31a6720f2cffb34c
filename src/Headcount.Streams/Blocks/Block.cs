using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headcount.Core;

namespace Headcount.Streams;

/// <summary>What a block holds.</summary>
internal enum BlockKind : byte
{
    /// <summary>JSON elements: a line each, or where the ranges say.</summary>
    Json,

    /// <summary>CSV rows: a line each, or where the ranges say.</summary>
    Csv,

    /// <summary>A piece of an element that is too long to hold.</summary>
    Overlong,
}

/// <summary>Where an element lies in its block.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Broken">Why it is no element, where the cutter knows that already.</param>
internal readonly record struct ElementRange(int Start, int Length, string? Broken = null);

/// <summary>Bytes of an input, cut where an element ends, and then what was read from them. Blocks are used again and again.</summary>
internal sealed class Block
{
    /// <summary>The longest element, another megabyte to read into, and what the fast path may look beyond.</summary>
    public const int Capacity = 2 * ReadOptions.MaxElementBytes;

    public readonly byte[] Buffer = GC.AllocateUninitializedArray<byte>(Capacity + FastScanParser.Slack, pinned: true);

    public int Length;
    public BlockKind Kind;
    public CsvHeader? Header;
    public required InputPlace Place;

    /// <summary>Where the elements lie; null = a line each.</summary>
    public List<ElementRange>? Ranges;

    /// <summary>Of an overlong element: whether it begins, and ends, here.</summary>
    public bool IsFirstPiece;

    public bool IsLastPiece;

    public readonly ParsedBlock Parsed = new();

    /// <summary>Whether <see cref="Parsed"/> is filled.</summary>
    public bool IsParsed;

    public ReadOnlySpan<byte> Bytes => Buffer.AsSpan(0, Length);

    /// <summary>Where a text lies that was read from this block; one that had to be decoded is put aside.</summary>
    public unsafe int PlaceOf(ReadOnlySpan<byte> text)
    {
        var distance = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(text)) - (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(Buffer));
        return distance >= 0 && distance < Capacity && !text.IsEmpty ? (int)distance : Capacity + _decoded.Add(text);
    }

    /// <summary>A text by its place.</summary>
    public ReadOnlySpan<byte> TextAt(int place, int length) => place < Capacity ? Buffer.AsSpan(place, length) : _decoded.At(place - Capacity, length);

    private readonly DecodedTexts _decoded = new();

    public void ClearDecoded() => _decoded.Clear();

    /// <summary>The ranges, emptied, for a cutter to fill.</summary>
    public List<ElementRange> StartRanges()
    {
        Ranges = _rangesKept ??= [];
        Ranges.Clear();
        return Ranges;
    }

    private List<ElementRange>? _rangesKept;
}

/// <summary>An input by name, and how many of its lines have been taken.</summary>
internal sealed class InputPlace(string name)
{
    public string Name { get; } = name;

    public long Lines { get; set; }
}

/// <summary>An element set aside: its place in the block, and why.</summary>
internal readonly record struct BlockSetAside(int Element, int Line, int Start, int Length, string Reason);

/// <summary>A row read from a block, in the numbers of the tables of whoever read it.</summary>
internal struct ParsedRow
{
    /// <summary>Its instant; of an annulment, the number of the record taken back.</summary>
    public long Instant;

    /// <summary>Whose ticket, and where its text lies (<see cref="Block.TextAt"/>).</summary>
    public SymbolKey Ticket;
    public int TicketStart;
    public int Gate;
    public int Device;

    /// <summary>Which element of the block it is, counting from 0.</summary>
    public int Element;
    public RowFlags Flags;
    public ElementKind Kind;
}

/// <summary>What was read from a block.</summary>
internal sealed class ParsedBlock
{
    public ParsedRow[] Rows = new ParsedRow[1024];
    public int RowCount;

    /// <summary>The keys of scan ids, beside the rows; null where no row has one.</summary>
    public ScanKey[]? Keys;

    /// <summary>The numbers of a log's records, beside the rows; null where no row has one.</summary>
    public long[]? Seqs;

    public int Elements;
    public int Lines;
    public int Skipped;
    public readonly List<BlockSetAside> SetAside = [];

    /// <summary>The texts of scan ids, beside the rows; null unless they are asked for.</summary>
    public List<string?>? ScanIds;

    /// <summary>Who read it, and the texts that were new to it.</summary>
    public BlockParser? Reader;
    public readonly NewSymbols NewNames = new();

    private ScanKey[]? _keysKept;
    private long[]? _seqsKept;

    public void Clear()
    {
        RowCount = 0;
        Keys = null;
        Seqs = null;
        Elements = 0;
        Lines = 0;
        Skipped = 0;
        SetAside.Clear();
        ScanIds = null;
        Reader = null;
        NewNames.Clear();
    }

    public ref ParsedRow AddRow()
    {
        if (RowCount == Rows.Length)
        {
            Array.Resize(ref Rows, Rows.Length * 2);
            if (Keys is not null) Array.Resize(ref Keys, Rows.Length);
            if (Seqs is not null) Array.Resize(ref Seqs, Rows.Length);
        }

        return ref Rows[RowCount++];
    }

    /// <summary>Gives the latest row a key.</summary>
    public void SetKey(ScanKey key) => (Keys ??= Column(ref _keysKept))[RowCount - 1] = key;

    /// <summary>Gives the latest row its number in a log.</summary>
    public void SetSeq(long seq) => (Seqs ??= Column(ref _seqsKept))[RowCount - 1] = seq;

    private T[] Column<T>(ref T[]? kept)
    {
        if (kept is null || kept.Length < Rows.Length)
            kept = new T[Rows.Length];
        else
            Array.Clear(kept);
        return kept;
    }
}

/// <summary>Texts one after another.</summary>
internal sealed class DecodedTexts
{
    private byte[] _bytes = new byte[256];
    private int _used;

    public int Add(ReadOnlySpan<byte> text)
    {
        if (_used + text.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + text.Length));
        text.CopyTo(_bytes.AsSpan(_used));
        _used += text.Length;
        return _used - text.Length;
    }

    public ReadOnlySpan<byte> At(int start, int length) => _bytes.AsSpan(start, length);

    public void Clear() => _used = 0;
}

/// <summary>Texts on their way from a reader's own table to the ledger's.</summary>
internal sealed class NewSymbols
{
    private byte[] _bytes = new byte[256];
    private int _used;
    private readonly List<int> _ends = [];

    public int Count => _ends.Count;

    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan((index == 0 ? 0 : _ends[index - 1])..(_ends[index]));

    public void Add(ReadOnlySpan<byte> text)
    {
        if (_used + text.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + text.Length));
        text.CopyTo(_bytes.AsSpan(_used));
        _used += text.Length;
        _ends.Add(_used);
    }

    public void Clear()
    {
        _used = 0;
        _ends.Clear();
    }
}
