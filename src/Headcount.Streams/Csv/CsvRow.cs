using System.Text;
using System.Text.Unicode;

namespace Headcount.Streams;

/// <summary>One row of CSV (RFC 4180) as bytes.</summary>
internal static class CsvRow
{
    /// <summary>The fields of a row as texts; null where its quotes do not match or it is not UTF-8.</summary>
    public static string[]? Split(ReadOnlySpan<byte> row, byte delimiter)
    {
        var fields = new List<string>();
        var scratch = new byte[row.Length];
        var used = 0;
        while (true)
        {
            if (!TryField(ref row, delimiter, scratch, ref used, out var field, out var isLast)) return null;
            if (!Utf8.IsValid(field)) return null;
            fields.Add(Encoding.UTF8.GetString(field));
            if (isLast) return [.. fields];
        }
    }

    /// <summary>Takes the next field off a row.</summary>
    /// <returns>False where something other than a delimiter follows a closing quote, or the quote is never closed.</returns>
    public static bool TryField(scoped ref ReadOnlySpan<byte> row, byte delimiter, Span<byte> scratch, scoped ref int used, out ReadOnlySpan<byte> field, out bool isLast)
    {
        if (row is not [(byte)'"', ..])
        {
            var end = row.IndexOf(delimiter);
            isLast = end < 0;
            field = isLast ? row : row[..end];
            row = isLast ? default : row[(end + 1)..];
            return true;
        }

        field = default;
        isLast = true;
        var start = used;
        var rest = row[1..];
        while (true)
        {
            var quote = rest.IndexOf((byte)'"');
            if (quote < 0) return false;
            rest[..quote].CopyTo(scratch[used..]);
            used += quote;
            rest = rest[(quote + 1)..];
            if (rest is not [(byte)'"', ..]) break;
            scratch[used++] = (byte)'"';
            rest = rest[1..];
        }

        field = scratch[start..used];
        isLast = rest.IsEmpty;
        if (!isLast && rest[0] != delimiter) return false;
        row = isLast ? default : rest[1..];
        return true;
    }
}
