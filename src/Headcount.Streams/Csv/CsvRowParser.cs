namespace Headcount.Streams;

/// <summary>Reads one row of CSV. One thread at a time; the spans of the result are good until the next row.</summary>
internal sealed class CsvRowParser(ElementReading reading)
{
    private byte[] _scratch = new byte[1024];

    public void Read(ReadOnlySpan<byte> row, CsvHeader header, ref ScanElement element)
    {
        var fields = default(ElementFields);
        var reason = Collect(row, header, ref fields);
        if (reason is null)
        {
            reading.Understand(in fields, ref element);
            return;
        }

        element.Kind = ElementKind.Malformed;
        element.Reason = reason;
    }

    private string? Collect(ReadOnlySpan<byte> row, CsvHeader header, ref ElementFields fields)
    {
        if (JsonTexts.Refuse(row) is { } reason) return reason;
        if (_scratch.Length < row.Length) _scratch = new byte[row.Length * 2];

        var used = 0;
        var columns = header.Columns;
        for (var column = 0; ; column++)
        {
            if (!CsvRow.TryField(ref row, header.Delimiter, _scratch, ref used, out var field, out var isLast)) return "its quotes do not match";
            if (column >= header.Names.Length && !field.IsEmpty) return $"it has more fields than the {header.Names.Length} columns of the header";
            if (column == columns[0]) fields.Ticket = field;
            if (column == columns[1]) fields.Gate = field;
            if (column == columns[2]) fields.Type = field;
            if (column == columns[3]) fields.Timestamp = field;
            if (column == columns[4]) fields.Device = field;
            if (column == columns[5]) fields.ScanId = field;
            if (column == columns[6]) fields.Outcome = field;
            if (column == columns[7]) fields.Entered = field;
            if (column == columns[8]) fields.Left = field;
            if (column == columns[9]) fields.Seq = field;
            if (column == columns[10]) fields.Annuls = field;
            if (isLast) return null;
        }
    }
}
