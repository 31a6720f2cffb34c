using System.IO.Compression;
using System.Text;
using Headcount.Streams;

namespace Headcount.Core.Tests.Streaming;

/// <summary>The same scans in every container and compression give the same answers.</summary>
public sealed class ContainerTests
{
    private static readonly string Lines = string.Join("\n", Given.Scans) + "\n";
    private static readonly string List = $"[{string.Join(",", Given.Scans)}]";

    public static TheoryData<string, string> Containers => new()
    {
        { "NDJSON", Lines },
        { "NDJSON without a last line end", Lines.TrimEnd('\n') },
        { "NDJSON with CRLF", Lines.Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "NDJSON with a mark", "\uFEFF" + Lines },
        { "NDJSON with blank lines", "\n \r\n\t\n" + Lines.Replace("\n", "\n\n  \n", StringComparison.Ordinal) },
        { "a list", List },
        { "a list with a mark and blanks", "\uFEFF\r\n " + List + "\n\n" },
        { "a pretty-printed list", "[\n" + Pretty(Given.Scans) + "\n]\n" },
        { "a pretty-printed list with CRLF", ("[\n" + Pretty(Given.Scans) + "\n]\n").Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "an object", $"{{\"scans\":{List}}}" },
        { "an object with other keys", $$"""{"event":{"scans":[1,2]},"note":"a ] and a \" \\","total":3.5,"scans" : {{List}} , "next":[{"scans":[{}]}],"end":"}"}""" },
        { "a pretty-printed object", "{\n  \"event\": \"demo\",\n  \"scans\": [\n" + Pretty(Given.Scans) + "\n  ],\n  \"next\": null\n}\n" },
        { "CSV", Csv(',') },
        { "CSV with CRLF and a mark", "\uFEFF" + Csv(',').Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "CSV with semicolons", Csv(';') },
        { "CSV with tabs", Csv('\t') },
        { "CSV with blank lines", "\n" + Csv(',').Replace("\n", "\n\n", StringComparison.Ordinal) },
        { "CSV with a note of several lines", Csv(',', "\"two\nlines, \"\"and\"\" a third\n\"") },
    };

    public static TheoryData<string> Compressions => ["gzip", "gzip of several members", "Zstandard", "Zstandard of several frames", "gzip twice", "gzip in Zstandard"];

    [Theory(DisableDiscoveryEnumeration = true), MemberData(nameof(Containers))]
    public async Task every_container_gives_the_same_scans(string container, string text)
    {
        var expected = (await Given.ReadAsync(Lines)).Words();
        foreach (var slice in (int[])[int.MaxValue, 1, 3, 17])
            Assert.True(expected == (await Given.ReadAsync(Given.Bytes(text), slice: slice)).AllWords(), $"{container} in slices of {slice}");
    }

    [Theory, MemberData(nameof(Compressions))]
    public async Task every_compression_gives_the_same_scans(string compression)
    {
        var expected = (await Given.ReadAsync(Lines)).Words();
        foreach (var text in (string[])[Lines, List, Csv(';')])
        {
            var packed = Pack(compression, Given.Bytes(text));
            foreach (var slice in (int[])[int.MaxValue, 1, 5]) Assert.Equal(expected, (await Given.ReadAsync(packed, slice: slice)).AllWords());
        }
    }

    [Theory, MemberData(nameof(Compressions))]
    public async Task a_compressed_input_that_breaks_off_is_reported_at_every_cut(string compression)
    {
        var packed = Pack(compression, Given.Bytes(Lines));
        var whole = compression.Contains("several", StringComparison.Ordinal) ? Pack(compression.Split(' ')[0], Given.Bytes(Lines[..40])).Length : 0;
        for (var cut = 4; cut < packed.Length; cut++)
        {
            if (cut == whole) continue;
            var e = await Assert.ThrowsAsync<InputException>(() => Given.ReadAsync(packed[..cut]));
            Assert.Contains("standard input: broke off", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task a_damaged_gzip_is_reported_or_read_whole_and_nothing_else()
    {
        var packed = Pack("gzip", Given.Bytes(Lines));
        var expected = (await Given.ReadAsync(Lines)).AllWords();
        for (var at = 2; at < packed.Length; at++)
        {
            var damaged = packed.ToArray();
            damaged[at] ^= 0x10;
            try
            {
                Assert.Equal(expected, (await Given.ReadAsync(damaged)).AllWords());
            }
            catch (InputException e)
            {
                Assert.Contains("standard input: broke off", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData(" \r\n\t\n ")]
    [InlineData("\uFEFF")]
    [InlineData("[]")]
    [InlineData(" [ \n ] ")]
    [InlineData("{\"scans\":[]}")]
    [InlineData("ticket_id,gate,scan_type,timestamp")]
    [InlineData("ticket_id,gate,scan_type,timestamp\r\n\r\n")]
    public async Task what_holds_nothing_is_nothing(string text)
    {
        Assert.Equal(new Intake(0, 0, 0, 0), (await Given.ReadAsync(text)).Intake);
        Assert.Equal(new Intake(0, 0, 0, 0), (await Given.ReadAsync(Given.Bytes(text), slice: 1)).Intake);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("\r\n \t")]
    public async Task megabytes_of_blanks_are_nothing(string blank)
    {
        var blanks = new StringBuilder().Insert(0, blank, 5_000_000 / blank.Length).ToString();
        var read = await Given.ReadAsync(blanks + "\n" + Given.Scan() + "\nnonsense");
        Assert.Equal(1, read.Intake.Scans);
        Assert.Equal(blanks.Count(c => c == '\n') + 3, read.SetAside[^1].Line);
        Assert.Equal(1, (await Given.ReadAsync(blanks + "[" + blanks + Given.Scan() + blanks + "]" + blanks)).Intake.Scans);
    }

    [Fact]
    public async Task a_csv_header_without_the_columns_is_refused_with_what_to_do()
    {
        var e = await Assert.ThrowsAsync<InputException>(() => Given.ReadAsync("id,door,time\n1,2,3\n"));
        Assert.Contains("has no column ticket_id, gate, scan_type, timestamp (it has id, door, time); say which columns mean what with --map", e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<InputException>(() => Given.ReadAsync("ticket_id,gate,gate,scan_type,timestamp\n"));
        Assert.Contains("names the column gate twice", e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<InputException>(() => Given.ReadAsync([0xFF, 0xFE, (byte)'t', 0]));
        Assert.Contains("UTF-16", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{\"ticket_id\":\"T")]
    [InlineData("\"2025\",\"gate\":\"A\"}")]
    [InlineData("{\"\\ud800\":1}")]
    public async Task a_broken_first_line_does_not_hide_what_the_input_is(string line) =>
        Assert.Equal(new Intake(1, 0, 1, 0), (await Given.ReadAsync(line + "\n" + Given.Scan() + "\n")).Intake);

    internal static byte[] Pack(string compression, byte[] bytes) => compression switch
    {
        "gzip" => Gzip(bytes),
        "gzip of several members" => [.. Gzip(bytes[..40]), .. Gzip(bytes[40..]), .. Gzip([])],
        "Zstandard" => Zstandard(bytes),
        "Zstandard of several frames" => [.. Zstandard(bytes[..40]), .. Zstandard(bytes[40..])],
        "gzip twice" => Gzip(Gzip(bytes)),
        _ => Zstandard(Gzip(bytes)),
    };

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Zstandard(byte[] bytes)
    {
        using var compressor = new ZstdSharp.Compressor();
        return compressor.Wrap(bytes).ToArray();
    }

    private static string Pretty(IEnumerable<string> scans) =>
        string.Join(",\n", scans.Select(scan => "    " + scan.Replace("{", "{\n      ", StringComparison.Ordinal).Replace(",\"", ",\n      \"", StringComparison.Ordinal).Replace("\":\"", "\": \"", StringComparison.Ordinal).Replace("}", "\n    }", StringComparison.Ordinal)));

    private static string Csv(char delimiter, string note = "") => string.Join('\n', new[]
    {
        "timestamp,\"ticket_id\",note,scan_type,gate,device_id,scan_id",
        $"2025-09-30T10:00:00Z,T1,{note},entry,A,d1,s1",
        $"2025-09-30T10:01:00.5+02:00,T2,{note},IN,\"Tür, \"\"Nord\"\"\",,",
        $"2025-09-30T10:00:00Z,\"T1\",{note},\"entry\",A,d1,s1",
        $"2025-09-30 10:05,T1,{note},check_out,B",
        "",
    }).Replace(',', delimiter).Replace("Tür" + delimiter, "Tür,", StringComparison.Ordinal);
}
