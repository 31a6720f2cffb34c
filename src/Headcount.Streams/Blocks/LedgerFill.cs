using System.Runtime.CompilerServices;
using Headcount.Core;

namespace Headcount.Streams;

/// <summary>Takes parsed blocks, in order, into a ledger; keeps account of what is set aside.</summary>
internal sealed class LedgerFill(ScanLedger ledger, ReadOptions options, RejectsFile? rejects)
{
    private readonly List<SetAside> _setAside = [];
    private long _elements;

    public ScanLedger Ledger => ledger;

    /// <summary>The first elements set aside.</summary>
    public IReadOnlyList<SetAside> SetAside => _setAside;

    public long SetAsideCount { get; private set; }

    /// <summary>Scans taken so far, repeats too.</summary>
    public long Rows { get; private set; }

    /// <exception cref="InputException">An element is malformed, and reading is strict.</exception>
    public void Take(Block block)
    {
        var parsed = block.Parsed;
        var reader = parsed.Reader!;
        CheckRoom(block);
        MapNewSymbols(parsed, reader);

        var state = new TakeState { Finder = new ElementFinder(block), Conflicting = -1 };
        for (var start = 0; start < parsed.RowCount; start += Batch) TakeBatch(block, start, ref state);
        while (state.NextAside < parsed.SetAside.Count) Put(block, parsed.SetAside[state.NextAside++]);
        if (block.Kind == BlockKind.Overlong) rejects?.WritePiece(block.Bytes, block.IsLastPiece);

        Rows += parsed.RowCount;
        _elements += parsed.Elements;
        ledger.LastPosition = _elements;
        ledger.CountMalformed(parsed.SetAside.Count);
        ledger.CountSkipped(parsed.Skipped);
        block.Place.Lines += parsed.Lines;
    }

    // Where the taking of one block is.
    private ref struct TakeState
    {
        public ElementFinder Finder;
        public int NextAside;

        // The element whose row contradicted an earlier one.
        public int Conflicting;
    }

    private void TakeBatch(Block block, int start, ref TakeState state)
    {
        var parsed = block.Parsed;
        var rows = parsed.Rows.AsSpan(start, parsed.RowCount - start);
        var batch = rows[..Math.Min(Batch, rows.Length)];
        Span<int> tickets = stackalloc int[Batch];
        FindTickets(block, batch, rows[batch.Length..], tickets);
        PrefetchKeys(parsed, start + batch.Length);
        for (var i = 0; i < batch.Length; i++)
        {
            ref var row = ref batch[i];
            while (state.NextAside < parsed.SetAside.Count && parsed.SetAside[state.NextAside].Element < row.Element) Put(block, parsed.SetAside[state.NextAside++]);
            if (row.Kind >= ElementKind.Annulment)
            {
                TakeRecord(in row);
                continue;
            }

            // A row that holds both times is set aside once, and whole.
            if (row.Element == state.Conflicting) continue;
            var taken = row.Kind == ElementKind.Visit && parsed.Keys is not null && EndConflicts(parsed, start + i + 1, tickets[i])
                ? ledger.RefuseConflict()
                : ledger.Add(RowOf(parsed, start + i, tickets[i]));
            if (taken != LedgerResult.Conflict) continue;
            PutConflict(block, state.Finder, row.Element);
            state.Conflicting = row.Element;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ScanLedger.NewRow RowOf(ParsedBlock parsed, int index, int ticket)
    {
        ref var row = ref parsed.Rows[index];
        var map = parsed.Reader!.NameMap;
        return new ScanLedger.NewRow
        {
            Instant = row.Instant,
            Ticket = ticket,
            Gate = map[row.Gate],
            Device = row.Device < 0 ? -1 : map[row.Device],
            Flags = row.Flags,
            Position = _elements + row.Element + 1,
            Key = parsed.Keys is null ? default : parsed.Keys[index],
            Seq = parsed.Seqs is null ? 0 : parsed.Seqs[index],
        };
    }

    // Whether the exit of a visit, the row after its entry, contradicts an earlier one: then its entry is not taken either.
    private bool EndConflicts(ParsedBlock parsed, int end, int ticket) => ledger.Conflicts(RowOf(parsed, end, ticket));

    /// <summary>Takes only account of what a block sets aside; its scans go elsewhere.</summary>
    /// <exception cref="InputException">An element is malformed, and reading is strict.</exception>
    public void TakeAside(Block block)
    {
        foreach (var aside in block.Parsed.SetAside) Put(block, aside);
        if (block.Kind == BlockKind.Overlong) rejects?.WritePiece(block.Bytes, block.IsLastPiece);
        block.Place.Lines += block.Parsed.Lines;
    }

    // Looking a ticket up among hundreds of thousands waits for memory. So rows are taken in batches, and while one is looked up, memory is asked for
    // what the next one will need.
    private const int Batch = 32;

    private void FindTickets(Block block, Span<ParsedRow> batch, Span<ParsedRow> next, Span<int> tickets)
    {
        var table = ledger.TicketTable;
        for (var i = 0; i < batch.Length; i++)
        {
            if (i < next.Length) table.Prefetch(next[i].Ticket.Hash);
            ref var row = ref batch[i];
            if (row.Kind >= ElementKind.Annulment) continue;
            tickets[i] = table.Intern(in row.Ticket, block.TextAt(row.TicketStart, row.Ticket.Length));
            ledger.Prefetch(tickets[i]);
        }
    }

    private void PrefetchKeys(ParsedBlock parsed, int next)
    {
        if (parsed.Keys is null) return;
        foreach (var key in parsed.Keys.AsSpan(next, Math.Min(Batch, parsed.RowCount - next))) ledger.Prefetch(key);
    }

    private void TakeRecord(in ParsedRow row)
    {
        if (row.Kind == ElementKind.Annulment)
            ledger.Annul(row.Instant);
        else
            ledger.CloseDay(new Instant(row.Instant));
    }

    /// <summary>The most elements an input can have: their places are counted in 32 bits.</summary>
    public const long MaxElements = uint.MaxValue;

    private void CheckRoom(Block block)
    {
        var parsed = block.Parsed;
        var full = _elements + parsed.Elements > MaxElements ? $"{MaxElements} elements"
            : Rows + parsed.RowCount > ScanLedger.MaxScans ? $"{ScanLedger.MaxScans} scans"
            : ledger.NameTable.Count + parsed.NewNames.Count > LedgerRows.MaxNames ? $"{LedgerRows.MaxNames} different gates and devices"
            : null;
        if (full is not null) throw new InputException($"{block.Place.Name}: more than {full} cannot be counted at once; read the input in parts");
    }

    private void MapNewSymbols(ParsedBlock parsed, BlockParser reader)
    {
        if (reader.NamesMapped + parsed.NewNames.Count > reader.NameMap.Length)
            Array.Resize(ref reader.NameMap, Math.Max(reader.NameMap.Length * 2, reader.NamesMapped + parsed.NewNames.Count));
        for (var i = 0; i < parsed.NewNames.Count; i++) reader.NameMap[reader.NamesMapped++] = ledger.NameTable.Intern(parsed.NewNames[i]);
    }

    private void Put(Block block, BlockSetAside aside)
    {
        if (block.Kind != BlockKind.Overlong) rejects?.Write(block.Bytes.Slice(aside.Start, aside.Length));
        Put(block, aside.Line, aside.Reason);
    }

    private void PutConflict(Block block, ElementFinder finder, int element)
    {
        var line = 0;
        if (rejects is not null || options.Strict || _setAside.Count < options.ShownSetAside)
        {
            var range = finder.Find(element, out line);
            rejects?.Write(block.Bytes.Slice(range.Start, range.Length));
        }

        Put(block, line, "its scan_id was used before by the same device for another ticket, gate, type or time");
    }

    private void Put(Block block, int line, string reason)
    {
        SetAsideCount++;
        if (_setAside.Count >= options.ShownSetAside && !options.Strict) return;
        var aside = new SetAside(block.Place.Name, block.Place.Lines + line + 1, reason);
        if (options.Strict) throw new InputException($"{aside} (--strict stops at the first such element)");
        _setAside.Add(aside);
    }
}

/// <summary>Finds where an element lies in a block, when that is asked after all; asked in order, it looks at each line once.</summary>
internal sealed class ElementFinder(Block block)
{
    private int _element;
    private int _at;
    private int _line;

    public ElementRange Find(int element, out int line)
    {
        if (block.Ranges is { } ranges)
        {
            var range = ranges[element];
            line = block.Bytes[..range.Start].Count((byte)'\n');
            return range;
        }

        while (true)
        {
            var rest = block.Bytes[_at..];
            var end = rest.IndexOf((byte)'\n');
            var text = end < 0 ? rest : rest[..end];
            if (text is [.., (byte)'\r']) text = text[..^1];
            var isBlank = Blanks.IsBlank(text);
            if (!isBlank && _element == element)
            {
                line = _line;
                return new ElementRange(_at, text.Length);
            }

            if (!isBlank) _element++;
            _at += end + 1;
            _line++;
        }
    }
}
