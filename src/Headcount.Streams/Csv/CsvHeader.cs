namespace Headcount.Streams;

/// <summary>The header row of a CSV file: its delimiter, and which column holds which field.</summary>
internal sealed class CsvHeader
{
    private static readonly byte[] Delimiters = [(byte)',', (byte)';', (byte)'\t', (byte)'|'];

    /// <summary>The fields in the order of <see cref="Columns"/>.</summary>
    public static readonly string[] FieldNames =
        ["ticket_id", "gate", "scan_type", "timestamp", "device_id", "scan_id", "outcome", "entered", "left", "seq", "annuls"];

    private CsvHeader(byte delimiter, string[] names, Func<string, string> columnOf)
    {
        Delimiter = delimiter;
        Names = names;
        Columns = [.. FieldNames.Select(field => Array.IndexOf(names, columnOf(field)))];
    }

    public byte Delimiter { get; }

    /// <summary>The names of all columns, as they stand.</summary>
    public string[] Names { get; }

    /// <summary>The column of each field; -1 = the file has none.</summary>
    public int[] Columns { get; }

    /// <summary>Understands a header row.</summary>
    /// <param name="row">The row without its line end.</param>
    /// <param name="expected">What it must hold.</param>
    /// <param name="error">Why it will not do.</param>
    /// <returns>The header; null with an error where it is one that will not do, null without where the row is no header at all.</returns>
    public static CsvHeader? Read(ReadOnlySpan<byte> row, ExpectedColumns expected, out string? error)
    {
        var (columnOf, required) = expected;
        error = null;
        CsvHeader? best = null;
        var bestFound = -1;
        foreach (var delimiter in Delimiters)
        {
            var names = CsvRow.Split(row, delimiter);
            if (names is null) continue;
            var header = new CsvHeader(delimiter, names, columnOf);
            var found = required.Count(field => names.Contains(columnOf(field)));
            if (found > bestFound || (found == bestFound && names.Length > best!.Names.Length)) (best, bestFound) = (header, found);
        }

        if (best is null || (bestFound == 0 && best.Names.Length == 1)) return null;
        var missing = required.Where(field => !best.Names.Contains(columnOf(field))).Select(columnOf).ToList();
        if (missing.Count > 0)
        {
            error = $"its header has no column {string.Join(", ", missing)} (it has {string.Join(", ", best.Names.Take(20))}); say which columns mean what with --map";
            return null;
        }

        var twice = FieldNames.Select(columnOf).FirstOrDefault(name => best.Names.Count(other => other == name) > 1);
        if (twice is not null)
        {
            error = $"its header names the column {twice} twice";
            return null;
        }

        return best;
    }
}
