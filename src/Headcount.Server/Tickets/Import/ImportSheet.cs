using System.Globalization;
using System.IO.Compression;
using System.Text;
using Headcount.Server.Languages;
using Headcount.Server.Problems;
using MiniExcelLibs;
using Sylvan.Data.Csv;

namespace Headcount.Server.Tickets.Import;

/// <summary>A row of an uploaded list.</summary>
/// <param name="Number">Its number, as a spreadsheet shows it: the heads are row 1.</param>
/// <param name="Cells">Its cells; null = empty.</param>
internal readonly record struct SheetRow(int Number, string?[] Cells);

/// <summary>An uploaded list as it was read: CSV or the first sheet of a workbook. Nothing of it is understood yet.</summary>
/// <param name="Heads">The heads of its columns.</param>
/// <param name="Rows">Its rows, but for those that are empty.</param>
internal sealed record ImportSheet(IReadOnlyList<string> Heads, IReadOnlyList<SheetRow> Rows)
{
    private static ReadOnlySpan<byte> ZipMark => "PK\u0003\u0004"u8;

    private static ReadOnlySpan<byte> OldExcelMark => [0xD0, 0xCF, 0x11, 0xE0];

    /// <summary>Reads a file; what it is, is seen by its content.</summary>
    /// <exception cref="ProblemException">It is no list, or too large.</exception>
    public static Task<ImportSheet> ReadAsync(byte[] file, CancellationToken cancellation) => Task.Run(() => Read(file, cancellation), cancellation);

    private static ImportSheet Read(byte[] file, CancellationToken cancellation)
    {
        if (file.Length == 0) throw Unreadable("import.empty");
        if (file.AsSpan().StartsWith(OldExcelMark)) throw Unreadable("import.old-excel");
        try
        {
            return file.AsSpan().StartsWith(ZipMark) ? Build(Workbook(file), cancellation) : Build(Csv(file), cancellation);
        }
        catch (Exception problem) when (problem is not (ProblemException or OperationCanceledException or OutOfMemoryException))
        {
            // Whatever a library says of a file that is broken.
            throw Unreadable("import.broken");
        }
    }

    private static ImportSheet Build(IEnumerable<SheetRow> all, CancellationToken cancellation)
    {
        string[]? heads = null;
        var rows = new List<SheetRow>();
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in all)
        {
            cancellation.ThrowIfCancellationRequested();
            if (row.Cells.Length > TicketLimits.MostColumns) throw TooLarge("import.many-columns", TicketLimits.MostColumns);
            if (Array.TrueForAll(row.Cells, cell => cell is null)) continue;
            if (heads is null)
            {
                heads = [.. row.Cells.Select(cell => cell ?? "")];
                continue;
            }

            if (rows.Count == TicketLimits.MostRows) throw TooLarge("import.many-rows", TicketLimits.MostRows);

            // Types, gates and the like are the same text again and again.
            for (var i = 0; i < row.Cells.Length; i++)
            {
                if (row.Cells[i] is not { Length: <= 24 } cell) continue;
                if (texts.TryGetValue(cell, out var known)) row.Cells[i] = known;
                else if (texts.Count < 10_000) texts[cell] = cell;
            }

            rows.Add(row);
        }

        return heads is null ? throw Unreadable("import.empty") : new ImportSheet(heads, rows);
    }

    private static IEnumerable<SheetRow> Csv(byte[] file)
    {
        using var text = new StreamReader(new MemoryStream(file, writable: false), EncodingOf(file), detectEncodingFromByteOrderMarks: true);
        using var csv = CsvDataReader.Create(text, new CsvDataReaderOptions { HasHeaders = false, BufferSize = 64 * 1024, MaxBufferSize = 1 << 20 });
        for (var number = 1; csv.Read(); number++)
        {
            var cells = new string?[csv.RowFieldCount];
            for (var i = 0; i < cells.Length; i++) cells[i] = Cell(csv.GetString(i));
            yield return new SheetRow(number, cells);
        }
    }

    // What is not UTF-8 comes from a spreadsheet of a western machine.
    private static Encoding EncodingOf(byte[] file) => file.AsSpan().StartsWith([(byte)0xFF, (byte)0xFE]) || file.AsSpan().StartsWith([(byte)0xFE, (byte)0xFF]) || System.Text.Unicode.Utf8.IsValid(file) ? Encoding.UTF8 : Encoding.Latin1;

    private static IEnumerable<SheetRow> Workbook(byte[] file)
    {
        using (var zip = new ZipArchive(new MemoryStream(file, writable: false), ZipArchiveMode.Read))
        {
            if (zip.Entries.Sum(entry => entry.Length) > TicketLimits.MostUnpackedBytes) throw TooLarge("import.large", TicketLimits.MostUnpackedBytes >> 20);
        }

        var number = 0;
        foreach (IDictionary<string, object?> row in MiniExcel.Query(new MemoryStream(file, writable: false), useHeaderRow: false, excelType: ExcelType.XLSX))
        {
            number++;
            var cells = new string?[row.Count];
            var i = 0;
            foreach (var cell in row.Values) cells[i++] = Cell(TextOf(cell));
            yield return new SheetRow(number, cells);
        }
    }

    private static string? TextOf(object? cell) => cell switch
    {
        null => null,
        string text => text,
        DateTime time => time.TimeOfDay == TimeSpan.Zero ? time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : time.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",

        // A number is its digits, as a register has it.
        double number => number.ToString("0.###############", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString(),
    };

    // What an export put before a text that looks like a formula goes again.
    private static string? Cell(string? text)
    {
        if (text is null) return null;
        var trimmed = text.AsSpan().Trim();
        if (trimmed.Length > 1 && trimmed[0] == '\'' && trimmed[1] is '=' or '+' or '-' or '@' or '\uFFFD') trimmed = trimmed[1..];
        return trimmed.Length == 0 ? null : trimmed.Length == text.Length ? text : trimmed.ToString();
    }

    private static ProblemException Unreadable(string key) => new(400, ProblemCodes.Unreadable, Words.Of(key), new Dictionary<string, string> { ["file"] = Words.Of(key) });

    private static ProblemException TooLarge(string key, long most) => new(413, ProblemCodes.TooLarge, Words.Of(key, most), new Dictionary<string, string> { ["file"] = Words.Of(key, most) });
}
