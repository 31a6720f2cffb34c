namespace Headcount.Streams;

/// <summary>Cuts the bytes of an input where its elements end. It keeps its place from one block to the next.</summary>
internal abstract class Cutter
{
    /// <summary>What its blocks hold.</summary>
    public abstract BlockKind Kind { get; }

    /// <summary>The header of its rows, where they have one.</summary>
    public virtual CsvHeader? Header => null;

    /// <summary>Another cutter that must go on from where this one stopped: after a list, anything may follow.</summary>
    public virtual bool IsDone => false;

    /// <summary>Finds the whole elements at the beginning of the data.</summary>
    /// <param name="data">What has been read and not been cut.</param>
    /// <param name="atEnd">Whether nothing follows.</param>
    /// <param name="block">Where the ranges of the elements go, if they are not simply lines.</param>
    /// <returns>How many bytes are done with; the rest is to be given again, with more behind it.</returns>
    public abstract int Cut(ReadOnlySpan<byte> data, bool atEnd, Block block);

    /// <summary>Looks for the end of an element that is too long to hold.</summary>
    /// <param name="piece">Its first piece (which was given to <see cref="Cut"/> before), or the next one.</param>
    /// <param name="isFirst">Whether it is the first.</param>
    /// <returns>How many bytes of the piece belong to it; -1 = all, and it goes on.</returns>
    public abstract int EndOfOverlong(ReadOnlySpan<byte> piece, bool isFirst);
}

/// <summary>Elements that are lines.</summary>
internal sealed class LineCutter(BlockKind kind, CsvHeader? header = null) : Cutter
{
    public override BlockKind Kind => kind;

    public override CsvHeader? Header => header;

    public override int Cut(ReadOnlySpan<byte> data, bool atEnd, Block block)
    {
        block.Ranges = null;
        return atEnd ? data.Length : data.LastIndexOf((byte)'\n') + 1;
    }

    public override int EndOfOverlong(ReadOnlySpan<byte> piece, bool isFirst)
    {
        var end = piece.IndexOf((byte)'\n');
        return end < 0 ? -1 : end + 1;
    }
}

/// <summary>Rows of CSV, which hold line ends only between quotes.</summary>
internal sealed class CsvCutter(CsvHeader header) : Cutter
{
    public override BlockKind Kind => BlockKind.Csv;

    public override CsvHeader? Header => header;

    public override int Cut(ReadOnlySpan<byte> data, bool atEnd, Block block)
    {
        block.Ranges = null;
        if (!data.Contains((byte)'"')) return atEnd ? data.Length : data.LastIndexOf((byte)'\n') + 1;

        var ranges = block.StartRanges();
        var at = 0;
        while (at < data.Length)
        {
            var rest = data[at..];
            var end = EndOfRow(rest, atEnd, at == 0 && data.Length >= Block.Capacity, out var isBroken);
            if (end < 0) break;
            var row = rest[..end];
            if (row is [.., (byte)'\n']) row = row[..^1];
            if (row is [.., (byte)'\r']) row = row[..^1];
            if (!Blanks.IsBlank(row))
                ranges.Add(new ElementRange(at, row.Length, isBroken ? "its quotes do not match" : null));
            at += end;
        }

        return at;
    }

    public override int EndOfOverlong(ReadOnlySpan<byte> piece, bool isFirst)
    {
        var end = piece.IndexOf((byte)'\n');
        return end < 0 ? -1 : end + 1;
    }

    // Where the first row ends (after its line end), or -1. A row whose quotes do not match ends with its first line, so that the next ones are not lost with it.
    private int EndOfRow(ReadOnlySpan<byte> data, bool atEnd, bool isFull, out bool isBroken)
    {
        isBroken = false;
        var line = data.IndexOf((byte)'\n');
        if (line < 0 && !atEnd) return -1;
        var first = line < 0 ? data.Length : line + 1;
        if (!data[..first].Contains((byte)'"')) return first;
        var isAll = atEnd || isFull;

        var at = 0;
        while (true)
        {
            if (at < data.Length && data[at] == '"')
            {
                at++;
                while (true)
                {
                    var quote = at > data.Length ? -1 : data[at..].IndexOf((byte)'"');
                    if (quote < 0)
                    {
                        isBroken = isAll;
                        return isAll ? first : -1;
                    }

                    at += quote + 1;
                    if (at >= data.Length || data[at] != '"') break;
                    at++;
                }
            }

            if (at >= data.Length) return isAll ? data.Length : -1;
            if (at > 0 && data[at - 1] == '"' && !EndsField(data[at..]))
            {
                isBroken = true;
                return first;
            }

            var next = data[at..].IndexOfAny(header.Delimiter, (byte)'\n');
            if (next < 0) return isAll ? data.Length : -1;
            at += next;
            if (data[at] == '\n') return at + 1;
            at++;
        }
    }

    // What may follow a closing quote. A carriage return at the very end may still have its line feed behind it.
    private bool EndsField(ReadOnlySpan<byte> rest) =>
        rest[0] == header.Delimiter || rest[0] == '\n' || (rest[0] == '\r' && (rest.Length == 1 || rest[1] == '\n'));
}
