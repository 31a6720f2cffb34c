using System.Globalization;
using System.Text;
using MiniExcelLibs;
using MiniExcelLibs.OpenXml;

namespace Headcount.Server.Past.Export;

/// <summary>A table that goes into a file: texts, numbers and nothing.</summary>
/// <param name="Name">What it is called; a sheet's name in a workbook.</param>
/// <param name="Columns">The heads of its columns, each once.</param>
/// <param name="Rows">Its rows.</param>
public sealed record ExportTable(string Name, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows);

/// <summary>Tables as CSV and XLSX. A text that a spreadsheet would take for a formula is made harmless.</summary>
internal static class ExportFiles
{
    public const string CsvType = "text/csv; charset=utf-8";
    public const string XlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    private const int LongestSheetName = 31;

    /// <summary>Several tables come one below the other, each under its name.</summary>
    public static byte[] Csv(IReadOnlyList<ExportTable> tables)
    {
        // The mark tells spreadsheets that it is UTF-8.
        var text = new StringBuilder("\uFEFF");
        foreach (var table in tables)
        {
            if (tables.Count > 1) text.Append(text.Length > 1 ? "\r\n" : "").Append(Quoted(table.Name)).Append("\r\n");
            text.AppendJoin(',', table.Columns.Select(Quoted)).Append("\r\n");
            foreach (var row in table.Rows) text.AppendJoin(',', row.Select(Quoted)).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A workbook with a sheet for each table.</summary>
    public static byte[] Xlsx(IReadOnlyList<ExportTable> tables)
    {
        var sheets = new Dictionary<string, object>();
        foreach (var table in tables)
        {
            var name = SheetName(table.Name);
            for (var copy = 2; sheets.ContainsKey(name); copy++) name = SheetName($"{copy} {table.Name}");
            sheets[name] = RowsOf(table);
        }

        using var file = new MemoryStream();
        file.SaveAs(sheets, configuration: new OpenXmlConfiguration { AutoFilter = false, FastMode = false });
        return file.ToArray();
    }

    /// <summary>A text that no spreadsheet takes for a formula, and no XML for a mistake.</summary>
    internal static string Harmless(string text)
    {
        var clean = text.Any(letter => char.IsControl(letter) || letter is '\uFFFE' or '\uFFFF')
            ? string.Concat(text.Select(letter => char.IsControl(letter) || letter is '\uFFFE' or '\uFFFF' ? '\uFFFD' : letter))
            : text;
        return clean.Length > 0 && (clean[0] is '=' or '+' or '-' or '@' || text[0] is '\t' or '\r' or '\n') ? "'" + clean : clean;
    }

    // What has no rows has its heads all the same.
    private static List<Dictionary<string, object?>> RowsOf(ExportTable table)
    {
        if (table.Rows.Count == 0) return [table.Columns.ToDictionary(column => column, object? (_) => null)];
        var rows = new List<Dictionary<string, object?>>(table.Rows.Count);
        foreach (var row in table.Rows)
        {
            var cells = new Dictionary<string, object?>(table.Columns.Count);
            for (var i = 0; i < table.Columns.Count; i++) cells[table.Columns[i]] = row[i] is string text ? Harmless(text) : row[i];
            rows.Add(cells);
        }

        return rows;
    }

    private static string SheetName(string name)
    {
        var clean = string.Concat(name.Select(letter => letter is '/' or '\\' or '?' or '*' or '[' or ']' or ':' or '\'' ? ' ' : letter)).Trim();
        return clean.Length <= LongestSheetName ? clean : clean[..LongestSheetName];
    }

    private static string Quoted(object? value)
    {
        var text = value switch { null => "", string one => Harmless(one), IFormattable number => number.ToString(null, CultureInfo.InvariantCulture), _ => value.ToString() ?? "" };
        return text.AsSpan().IndexOfAny(",;\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
