using System.Text.Json;

namespace Headcount.Streams;

/// <summary>What a CSV header must hold.</summary>
/// <param name="ColumnOf">The file's name for one of our fields.</param>
/// <param name="Required">Our fields without which there is nothing to read.</param>
internal sealed record ExpectedColumns(Func<string, string> ColumnOf, IReadOnlyList<string> Required);

/// <summary>Tells by its first bytes what an input is, never by asking or by its name.</summary>
internal sealed class Recognition(ExpectedColumns expected)
{
    /// <summary>Looks at the beginning of an input, or at what follows a list.</summary>
    /// <param name="data">What has been read of it.</param>
    /// <param name="atEnd">Whether that is all.</param>
    /// <param name="isFull">Whether more will not be read before this is settled.</param>
    /// <param name="mayBeCsv">Whether a header row is to be expected: at the beginning only.</param>
    /// <param name="skip">How many bytes the cutter is not to see.</param>
    /// <param name="error">Why it cannot be read at all.</param>
    /// <returns>The cutter; null where more bytes are needed, or with an error.</returns>
    public Cutter? Recognise(ReadOnlySpan<byte> data, bool atEnd, bool isFull, bool mayBeCsv, out int skip, out string? error)
    {
        error = null;
        skip = Blanks.FirstOther(data);
        if (skip < 0)
        {
            skip = data.Length;
            return atEnd ? new LineCutter(BlockKind.Json) : null;
        }

        var rest = data[skip..];
        if (mayBeCsv && rest is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            error = "it is UTF-16; save it as UTF-8";
            return null;
        }

        if (rest[0] == '[')
        {
            skip++;
            return new ListCutter(isWrapped: false);
        }

        if (rest[0] == '{') return RecogniseObject(rest, atEnd || isFull, ref skip);
        return mayBeCsv ? RecogniseCsv(data, atEnd || isFull, ref skip, out error) : Lines(data, ref skip);
    }

    // Lines begin where they begin, blanks and all, so that their numbers are right.
    private static LineCutter Lines(ReadOnlySpan<byte> data, ref int skip)
    {
        skip = data[..skip].LastIndexOf((byte)'\n') + 1;
        return new LineCutter(BlockKind.Json);
    }

    // A scan on a line of its own, or an object that holds a list of scans.
    private static Cutter? RecogniseObject(ReadOnlySpan<byte> data, bool isAll, ref int skip)
    {
        var lineStart = skip;
        try
        {
            var reader = ReaderOf(data, isAll);
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0 && reader.TokenType == JsonTokenType.EndObject) return new LineCutter(BlockKind.Json);
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName) continue;
                if (IsNamed(ref reader, "ticket_id"u8)) return new LineCutter(BlockKind.Json);
                if (!IsNamed(ref reader, "scans"u8)) continue;
                if (!reader.Read()) break;
                if (reader.TokenType != JsonTokenType.StartArray) continue;
                skip = lineStart + (int)reader.BytesConsumed;
                return new ListCutter(isWrapped: true);
            }

            return isAll ? new LineCutter(BlockKind.Json) : null;
        }
        catch (JsonException)
        {
            return new LineCutter(BlockKind.Json);
        }
    }

    /// <summary>A reader of an object around a list, which may be as deep as it likes.</summary>
    public static Utf8JsonReader ReaderOf(ReadOnlySpan<byte> data, bool isAll) => new(data, isAll, new JsonReaderState(new JsonReaderOptions { MaxDepth = int.MaxValue }));

    /// <summary>Whether the key that a reader stands at is this one. Its own comparison throws where a key holds half of a surrogate pair.</summary>
    public static bool IsNamed(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        if (!reader.ValueIsEscaped) return reader.ValueSpan.SequenceEqual(name);
        if (reader.ValueSpan.Length > name.Length * 6) return false;
        Span<byte> text = stackalloc byte[64];
        return JsonText.Unescape(reader.ValueSpan, text, out var written) is null && text[..written].SequenceEqual(name);
    }

    private Cutter? RecogniseCsv(ReadOnlySpan<byte> data, bool isAll, ref int skip, out string? error)
    {
        error = null;
        var lineStart = data[..skip].LastIndexOf((byte)'\n') + 1;
        var line = data[lineStart..];
        var end = line.IndexOf((byte)'\n');
        if (end < 0 && !isAll) return null;

        var next = end < 0 ? data.Length : lineStart + end + 1;
        var header = end < 0 ? line : line[..end];
        if (header is [.., (byte)'\r']) header = header[..^1];
        var read = header.Length > ReadOptions.MaxElementBytes ? null : CsvHeader.Read(header, expected, out error);
        if (read is not null)
        {
            skip = next;
            return new CsvCutter(read);
        }

        // The first line is no header; where JSON follows it, it is a broken line of that.
        if (error is not null && data[next..].TrimStart(" \t\r\n"u8) is not [(byte)'{', ..]) return null;
        error = null;
        return Lines(data, ref skip);
    }
}
