using System.Runtime.CompilerServices;
using System.Text;
using Headcount.Core;

namespace Headcount.Streams;

/// <summary>Turns blocks of bytes into rows. Each thread has its own, with its own numbers for gates and devices.</summary>
internal sealed unsafe class BlockParser(ElementReading reading)
{
    private readonly SymbolTable _names = new();
    private readonly JsonScanParser _json = new(reading);
    private readonly FastScanParser? _fast = reading.MayGoFast ? new FastScanParser(reading.Zone) : null;
    private readonly CsvRowParser _csv = new(reading);
    private int _namesTold;

    /// <summary>The ledger's numbers for this reader's gates and devices: kept by who fills the ledger.</summary>
    public int[] NameMap = new int[64];

    /// <summary>The text of a gate or a device by this reader's number for it.</summary>
    public string NameText(int name) => _nameTexts.TryGetValue(name, out var text) ? text : _nameTexts[name] = _names.Decode(name);

    private readonly Dictionary<int, string> _nameTexts = [];

    public int NamesMapped;

    public void Parse(Block block, bool keepScanIds = false)
    {
        var parsed = block.Parsed;
        parsed.Clear();
        block.ClearDecoded();
        parsed.ScanIds = keepScanIds ? [] : null;
        parsed.Reader = this;

        // Ends every loop of the fast path.
        block.Buffer[block.Length] = (byte)'\n';
        if (block.Kind == BlockKind.Overlong)
            ParseOverlong(block);
        else if (block.Ranges is not null)
            ParseRanges(block);
        else
            ParseLines(block);

        for (; _namesTold < _names.Count; _namesTold++) parsed.NewNames.Add(_names[_namesTold]);
    }

    private static void ParseOverlong(Block block)
    {
        var parsed = block.Parsed;
        parsed.Lines = block.Bytes.Count((byte)'\n');
        if (!block.IsFirstPiece) return;
        parsed.Elements = 1;
        parsed.SetAside.Add(new BlockSetAside(0, 0, 0, 0, $"it is longer than {ReadOptions.MaxElementBytes} bytes"));
    }

    // Lines are parsed some at a time: what is called often, the runtime optimises; a loop over a block it would not.
    private const int LinesAtATime = 64;

    private void ParseLines(Block block)
    {
        var element = default(ScanElement);
        fixed (byte* start = block.Buffer)
        {
            var end = start + block.Length;
            for (var at = start; at < end;) at = ParseSomeLines(block, at, start, end, ref element);
        }
    }

    private byte* ParseSomeLines(Block block, byte* at, byte* start, byte* end, ref ScanElement element)
    {
        var parsed = block.Parsed;
        var isJson = block.Kind == BlockKind.Json && _fast is not null;
        for (var lines = 0; lines < LinesAtATime && at < end; lines++, parsed.Lines++)
        {
            if (isJson)
            {
                var close = _fast!.Read(at, end, ref element);
                if (close is not null && close - at <= ReadOptions.MaxElementBytes)
                {
                    if (*close == '\r') close++;
                    if (*close == '\n')
                    {
                        Take(block, ref element);
                        parsed.Elements++;
                        at = close + 1;
                        continue;
                    }
                }
            }

            var line = new ReadOnlySpan<byte>(at, (int)(end - at));
            var length = line.IndexOf((byte)'\n');
            if (length < 0)
            {
                // The last line of an input need not end.
                ParseLine(block, (int)(at - start), line, ref element);
                return end;
            }

            ParseLine(block, (int)(at - start), line[..length], ref element);
            at += length + 1;
        }

        return at;
    }

    private void ParseLine(Block block, int start, ReadOnlySpan<byte> line, ref ScanElement element)
    {
        if (line is [.., (byte)'\r']) line = line[..^1];
        if (Blanks.IsBlank(line)) return;
        ParseElement(block, block.Parsed.Lines, new ElementRange(start, line.Length), ref element);
    }

    private void ParseRanges(Block block)
    {
        var parsed = block.Parsed;
        var element = default(ScanElement);
        var counted = 0;
        foreach (var range in block.Ranges!)
        {
            parsed.Lines += block.Bytes[counted..range.Start].Count((byte)'\n');
            counted = range.Start;
            if (range.Broken is not null)
            {
                SetAside(parsed, parsed.Lines, range, range.Broken);
                parsed.Elements++;
                continue;
            }

            if (block.Kind == BlockKind.Json && _fast is not null && range.Length <= ReadOptions.MaxElementBytes && ReadFast(block, range, ref element))
            {
                Take(block, ref element);
                parsed.Elements++;
                continue;
            }

            ParseElement(block, parsed.Lines, range, ref element);
        }

        parsed.Lines += block.Bytes[counted..].Count((byte)'\n');
    }

    private bool ReadFast(Block block, ElementRange range, ref ScanElement element)
    {
        fixed (byte* start = block.Buffer)
        {
            var end = start + range.Start + range.Length;
            return _fast!.Read(start + range.Start, end, ref element) == end;
        }
    }

    private void ParseElement(Block block, int line, ElementRange range, ref ScanElement element)
    {
        var bytes = block.Bytes.Slice(range.Start, range.Length);
        if (block.Kind == BlockKind.Json)
            _json.Read(bytes, ref element);
        else
            _csv.Read(bytes, block.Header!, ref element);

        if (element.Kind == ElementKind.Malformed)
            SetAside(block.Parsed, line, range, element.Reason!);
        else if (element.Kind == ElementKind.Skipped)
            block.Parsed.Skipped++;
        else
            Take(block, ref element);
        block.Parsed.Elements++;
    }

    private static void SetAside(ParsedBlock parsed, int line, ElementRange range, string reason) =>
        parsed.SetAside.Add(new BlockSetAside(parsed.Elements, line, range.Start, range.Length, reason));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Take(Block block, ref ScanElement element)
    {
        var parsed = block.Parsed;
        ref var row = ref parsed.AddRow();
        row.Kind = element.Kind;
        row.Element = parsed.Elements;
        parsed.ScanIds?.Add(element.Kind >= ElementKind.Annulment ? null : ScanIdText(element.ScanId, element.Kind == ElementKind.VisitEnd));
        if (element.Kind >= ElementKind.Annulment)
        {
            row.Instant = element.Kind == ElementKind.Annulment ? element.Annuls : element.Instant;
            return;
        }

        row.Instant = element.Instant;
        row.Flags = element.Flags;
        row.Ticket = SymbolKey.Of(element.Ticket);
        row.TicketStart = block.PlaceOf(element.Ticket);
        row.Gate = _names.Intern(element.Gate);
        row.Device = element.Device.IsEmpty ? -1 : _names.Intern(element.Device);
        if (!element.ScanId.IsEmpty) parsed.SetKey(KeyOf(ref element, element.Kind == ElementKind.VisitEnd));
        if (element.Seq != 0) parsed.SetSeq(element.Seq);
        if (element.Kind == ElementKind.Visit) TakeLeft(parsed, ref element);
    }

    // The second scan of a row that held both times.
    private static void TakeLeft(ParsedBlock parsed, ref ScanElement element)
    {
        var entered = parsed.Rows[parsed.RowCount - 1];
        ref var row = ref parsed.AddRow();
        row = entered;
        row.Kind = ElementKind.VisitEnd;
        row.Instant = element.LeftInstant;
        row.Flags |= RowFlags.Exit;

        parsed.ScanIds?.Add(ScanIdText(element.ScanId, isVisitEnd: true));
        if (!element.ScanId.IsEmpty) parsed.SetKey(KeyOf(ref element, isVisitEnd: true));
    }

    // One id names a row that holds both times; its exit goes by a key of its own, so that a row may come again when the exit is known.
    private static ScanKey KeyOf(ref ScanElement element, bool isVisitEnd)
    {
        var key = ScanKey.Of(element.Device.IsEmpty ? element.Gate : element.Device, element.ScanId);
        return isVisitEnd ? key.OfSecondHalf : key;
    }

    // What is handed on as two scans needs two ids; one that has no room for the mark goes without.
    private static string? ScanIdText(ReadOnlySpan<byte> id, bool isVisitEnd)
    {
        if (id.IsEmpty) return null;
        var text = Encoding.UTF8.GetString(id);
        if (!isVisitEnd) return text;
        return ElementReading.Characters(id) + VisitEndMark.Length <= ScanId.MaxLength ? text + VisitEndMark : null;
    }

    private const string VisitEndMark = ":left";
}
