using System.Text;
using System.Text.Json;
using Headcount.Streams;

namespace Headcount.Core.Tests.Streaming;

/// <summary>Lists and rows are cut where a naive reader of the whole finds their ends, however they come.</summary>
public sealed class CutterTests
{
    private static readonly Gen<string> Scalar = Given.AnyOf("1", "-1.5e3", "true", "null", "\"\"", "\"a\"", "\"],{[}\"", "\"\\\"\"", "\"\\\\\"", "\"\\u005c\\\"{\"", "\"ü\"", "{}", "[]");

    private static readonly Gen<string> Blank = Given.AnyOf("", "", " ", "\n", "\r\n  ");

    private static Gen<string> Value(int depth) => depth == 0 ? Scalar : Gen.Frequency(
        (2, Scalar),
        (1, from values in Value(depth - 1).Array[0, 4] from blank in Blank select $"[{blank}{string.Join($",{blank}", values)}{blank}]"),
        (1, from values in Value(depth - 1).Array[0, 4] from blank in Blank select $"{{{blank}{string.Join($",{blank}", values.Select((value, i) => $"\"k{i}\"{blank}:{blank}{value}"))}{blank}}}"));

    private static readonly Gen<string> ListText =
        from values in Value(3).Array[0, 10]
        from blank in Blank
        from isWrapped in Gen.Bool
        let list = $"[{blank}{string.Join($"{blank},{blank}", values)}{blank}]"
        select isWrapped ? $"{{\"a\":[\"]\"],\"scans\":{blank}{list}{blank},\"z\":{{\"b\":\"}}\"}}}}" : list;

    [Fact]
    public void a_valid_list_is_cut_into_its_elements_however_it_comes() =>
        Gen.Select(ListText, Gen.Int[1, 30]).Sample((text, slice) =>
        {
            using var document = JsonDocument.Parse(text);
            var list = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement : document.RootElement.GetProperty("scans");
            Assert.Equal(list.EnumerateArray().Select(element => element.GetRawText()), Cut(text, slice));
        }, iter: 5000);

    [Fact]
    public void valid_csv_is_cut_into_its_rows_however_it_comes()
    {
        var field = Given.AnyOf("", "a", "b c", "\"q\"", "x,y", "two\nlines", "three\r\nlines\n", "\"\"", "\n", "ü", "'");
        var rows = Gen.Select(field, field, field).Array[0, 12];
        Gen.Select(rows, Gen.Int[1, 30], Given.AnyOf("\n", "\r\n"), Gen.Bool).Sample((table, slice, end, quoteAll) =>
        {
            var text = string.Concat(table.Select(row => string.Join(',', new[] { "T", row.Item1, row.Item2, row.Item3 }.Select(value => Quoted(value, quoteAll))) + end));
            var expected = table.Select(row => $"T|{row.Item1}|{row.Item2}|{row.Item3}");
            Assert.Equal(expected, Cut("ticket_id,a,b,c\n" + text, slice).Select(row => string.Join('|', CsvRow.Split(Given.Bytes(row), (byte)',')!)));
        }, iter: 3000);
    }

    private static string Quoted(string value, bool always) =>
        always || value.AsSpan().ContainsAny(",\"\n\r") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;

    private static List<string> Cut(string text, int slice)
    {
        var elements = new List<string>();
        var options = new ReadOptions { StandardInput = new SlicedStream(Given.Bytes(text), slice), Follow = true };
        var feed = new BlockFeed(options, new ExpectedColumns(field => field, ["ticket_id"]));
        foreach (var block in feed.Read(["-"], CancellationToken.None))
        {
            foreach (var range in block.Ranges ?? Lines(block.Bytes))
            {
                Assert.Null(range.Broken);
                elements.Add(Encoding.UTF8.GetString(block.Bytes.Slice(range.Start, range.Length)));
            }

            feed.Return(block);
        }

        return elements;
    }

    private static List<ElementRange> Lines(ReadOnlySpan<byte> bytes)
    {
        var ranges = new List<ElementRange>();
        foreach (var line in bytes.Split((byte)'\n'))
        {
            var (start, length) = line.GetOffsetAndLength(bytes.Length);
            if (length > 0 && bytes[start + length - 1] == '\r') length--;
            if (length > 0) ranges.Add(new ElementRange(start, length));
        }

        return ranges;
    }
}
