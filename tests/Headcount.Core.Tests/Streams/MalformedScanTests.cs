using System.Text;
using Headcount.Streams;

namespace Headcount.Core.Tests.Streaming;

/// <summary>What makes a scan malformed, one row for each way; and what does not.</summary>
public sealed class MalformedScanTests
{
    private const string Astral = "\U0001F39F";

    public static TheoryData<string, string> MalformedJson()
    {
        var table = new TheoryData<string, string>();
        foreach (var field in (string[])["ticket_id", "gate", "scan_type", "timestamp"])
        {
            table.Add(Given.Scan(field, null), $"{field} is missing");
            table.Add(Given.Scan(field, "null"), $"{field} is missing");
            table.Add(Given.Scan(field, "\"\""), $"{field} is missing");
        }

        foreach (var field in (string[])["ticket_id", "gate", "scan_type", "timestamp", "device_id", "scan_id", "outcome"])
        {
            table.Add(Given.Scan(field, "1.0"), $"{field} is a number with a fraction or an exponent");
            table.Add(Given.Scan(field, "1e3"), $"{field} is a number with a fraction or an exponent");
            table.Add(Given.Scan(field, "true"), $"{field} is true or false");
            table.Add(Given.Scan(field, "{}"), $"{field} is an object");
            table.Add(Given.Scan(field, "[\"A\"]"), $"{field} is a list");
            table.Add(Given.Scan(field, "\"A\\u0000\""), "U+0000");
            table.Add(Given.Scan(field, "\"\\ud83d\""), "half of a surrogate pair");
            table.Add(Given.Scan(field, "\"\\udc00\\ud800\""), "half of a surrogate pair");
            table.Add(Given.Scan(field, "\"A\0\""), "U+0000");
            table.Add(Given.Scan().Insert(1, $"\"{field}\":null,").Replace("}", $",\"{field}\":\"x\"}}", StringComparison.Ordinal), $"{field} is given twice");
            var escaped = $"\\u{(int)field[0]:x4}{field[1..]}";
            table.Add(Given.Scan(field, "\"x\"").Insert(1, $"\"{escaped}\":\"x\","), $"{field} is given twice");
        }

        table.Add(Given.Scan("ticket_id", $"\"{new string('t', 129)}\""), "ticket_id has 129 characters; at most 128");
        table.Add(Given.Scan("ticket_id", $"\"{Repeat("é", 129)}\""), "ticket_id has 129 characters; at most 128");
        table.Add(Given.Scan("ticket_id", $"\"{Repeat(Astral, 129)}\""), "ticket_id has 129 characters; at most 128");
        table.Add(Given.Scan("ticket_id", $"\"{Repeat("\\ud83c\\udf9f", 129)}\""), "ticket_id has 129 characters; at most 128");
        table.Add(Given.Scan("ticket_id", new string('1', 129)), "ticket_id has 129 characters");
        foreach (var field in (string[])["gate", "device_id", "scan_id"])
        {
            table.Add(Given.Scan(field, $"\"{new string('g', 65)}\""), $"{field} has 65 characters; at most 64");
            table.Add(Given.Scan(field, $"\"{Repeat(Astral, 65)}\""), $"{field} has 65 characters; at most 64");
        }

        foreach (var type in (string[])["entries", "enter", "checkin", " entry", "0", "ENTRÝ"]) table.Add(Given.Scan("scan_type", $"\"{type}\""), "is neither entry nor exit");
        table.Add(Given.Scan("scan_type", "1"), "scan_type '1' is neither entry nor exit");
        foreach (var time in (string[])["2025-09-30T10:00:60Z", "2025-09-30T24:00:00Z", "2025-09-30T10:60Z", "2025-02-29T10:00Z", "2025-09-30", "10:00", "2025-09-30T10:00:00+02",
                     "2025-09-30T10:00:00,5Z", "2025-09-30T10:00:00.Z", "2025-09-30t10:00Z", "2025-09-30T10:00:00 Z", "20250930T100000Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "yesterday"])
            table.Add(Given.Scan("timestamp", $"\"{time}\""), "is no ISO 8601 date and time");
        table.Add(Given.Scan("timestamp", "1759226400"), "is no ISO 8601 date and time");

        table.Add(Given.Scan("note", "\"A\\u0000\""), "U+0000");
        table.Add(Given.Scan("no\\u0000te", "1"), "U+0000");
        table.Add(Given.Scan("no\0te", "1"), "U+0000");
        table.Add(Given.Scan("note", "\"\0\""), "U+0000");
        table.Add(Given.Scan("note", "{\"a\":[\"\\ud800\"]}"), "half of a surrogate pair");
        table.Add(Given.Scan("note", "{\"\\udfff\":1}"), "half of a surrogate pair");
        foreach (var other in (string[])["[]", "7", "\"text\"", "null", "true", "[1,{}]"]) table.Add(other, "not a scan");
        foreach (var cut in (string[])["{", "{\"ticket_id\":\"T1\"", "{\"ticket_id\":\"T", "nonsense", "{}}", "{'ticket_id':'T1'}", "{\"ticket_id\":01}", Given.Scan() + "x", Given.Scan() + Given.Scan(), Given.Scan() + ",", "{,}",
                     Given.Scan("note", "nul"), Given.Scan("note", "+1"), Given.Scan("note", "\"a\tb\""), Given.Scan("gate", "\"\\x\"")])
            table.Add(cut, "it is not JSON");
        table.Add("{}", "is missing");
        return table;
    }

    public static TheoryData<string> WellFormedJson => new()
    {
        Given.Scan(),
        Given.Scan("ticket_id", "17"),
        Given.Scan("ticket_id", "-17"),
        Given.Scan("gate", "0"),
        Given.Scan("ticket_id", new string('9', 128)),
        Given.Scan("ticket_id", $"\"{new string('t', 128)}\""),
        Given.Scan("ticket_id", $"\"{Repeat(Astral, 128)}\""),
        Given.Scan("ticket_id", $"\"{Repeat("\\ud83c\\udf9f", 128)}\""),
        Given.Scan("gate", $"\"{Repeat("é", 64)}\""),
        Given.Scan("gate", "\" \""),
        Given.Scan("gate", "\"\\n\""),
        Given.Scan("device_id", "null"),
        Given.Scan("scan_id", "\"\""),
        Given.Scan("outcome", "null"),
        Given.Scan("outcome", "\"accepted\""),
        Given.Scan("scan_type", "\"cHeCk_OuT\""),
        Given.Scan("timestamp", "\"2025-09-30 10:00\""),
        Given.Scan("timestamp", "\"2025-09-30T10:00:00.1234567890123z\""),
        Given.Scan("timestamp", "\"2025-09-30T10:00:59+0200\""),
        Given.Scan("timestamp", "\"0001-01-01T00:00:00Z\""),
        Given.Scan("timestamp", "\"9999-12-31T23:59:59.999999Z\""),
        Given.Scan("note", "1").Insert(1, "\"note\":2,"),
        Given.Scan("note", "{\"ticket_id\":1.5,\"ticket_id\":[]}"),
        Given.Scan("Ticket_id", "false"),
        Given.Scan("entered", "true"),
        Given.Scan("note", new string('[', 100_000) + new string(']', 100_000)),
        "  " + Given.Scan().Replace(",", " ,\t", StringComparison.Ordinal) + " \t",
        Given.Scan().Replace("gate", "g\\u0061te", StringComparison.Ordinal),
        Given.Scan("ticket_id", "\"\\ud83c\\udf9f\""),
    };

    [Theory(DisableDiscoveryEnumeration = true), MemberData(nameof(MalformedJson))]
    public async Task a_malformed_scan_is_set_aside_alone(string element, string reason)
    {
        var text = $"{Given.Scan("ticket_id", "\"first\"")}\n{element}\n{Given.Scan("ticket_id", "\"last\"")}";
        var read = await Given.ReadAsync(text);
        var aside = Assert.Single(read.SetAside);
        Assert.Contains(reason, aside.Reason, StringComparison.Ordinal);
        Assert.Equal(2, aside.Line);
        Assert.Equal(new Intake(2, 0, 1, 0), read.Intake);
        Assert.Equal([1L, 3L], read.Ledger.InArrivalOrder().Select(scan => scan.Position));
        Assert.Equal(read.AllWords(), (await Given.ReadAsync(text, new ReadOptions { GeneralPathOnly = true })).AllWords());
    }

    [Theory(DisableDiscoveryEnumeration = true), MemberData(nameof(WellFormedJson))]
    public async Task a_well_formed_scan_is_taken(string element)
    {
        var read = await Given.ReadAsync(element + "\n");
        Assert.Equal("", string.Join("\n", read.SetAside));
        Assert.Equal(1, read.Intake.Scans);
        var inList = await Given.ReadAsync($"[{element}]");
        Assert.Equal(read.AllWords(), inList.AllWords());
        Assert.Equal(read.AllWords(), (await Given.ReadAsync(element, new ReadOptions { GeneralPathOnly = true })).AllWords());
    }

    [Theory]
    [InlineData("T1,A,entry,2025-09-30T10:00:60Z", "no ISO 8601")]
    [InlineData(",A,entry,2025-09-30T10:00Z", "ticket_id is missing")]
    [InlineData("T1,,entry,2025-09-30T10:00Z", "gate is missing")]
    [InlineData("T1,A,,2025-09-30T10:00Z", "scan_type is missing")]
    [InlineData("T1,A,entry,", "timestamp is missing")]
    [InlineData("T1,A,entry", "timestamp is missing")]
    [InlineData("\"\",A,entry,2025-09-30T10:00Z", "ticket_id is missing")]
    [InlineData("T1,A,entering,2025-09-30T10:00Z", "is neither entry nor exit")]
    [InlineData("T1,A,entry,2025-09-30T10:00Z,more", "more fields than the 4 columns")]
    [InlineData("T\01,A,entry,2025-09-30T10:00Z", "U+0000")]
    [InlineData("\"T1,A,entry,2025-09-30T10:00Z", "quotes do not match")]
    [InlineData("\"T1\"x,A,entry,2025-09-30T10:00Z", "quotes do not match")]
    [InlineData("T1,\"A\" ,entry,2025-09-30T10:00Z", "quotes do not match")]
    public async Task a_malformed_row_is_set_aside_alone(string row, string reason)
    {
        var read = await Given.ReadAsync($"ticket_id,gate,scan_type,timestamp\nfirst,A,in,2025-09-30T10:00Z\n{row}\n\"last\",A,in,2025-09-30T10:00Z\n");
        var aside = Assert.Single(read.SetAside);
        Assert.Contains(reason, aside.Reason, StringComparison.Ordinal);
        Assert.Equal(3, aside.Line);
        Assert.Equal([1L, 3L], read.Ledger.InArrivalOrder().Select(scan => scan.Position));
    }

    [Theory]
    [InlineData(128, 1, true)]
    [InlineData(129, 1, false)]
    [InlineData(128, 4, true)]
    [InlineData(129, 4, false)]
    public async Task a_row_may_name_as_long_a_ticket_as_a_json_scan(int characters, int bytes, bool isTaken)
    {
        var ticket = Repeat(bytes == 4 ? Astral : "t", characters);
        var read = await Given.ReadAsync($"ticket_id,gate,scan_type,timestamp\n{ticket},A,in,2025-09-30T10:00Z");
        Assert.Equal(isTaken ? 1 : 0, read.Intake.Scans);
        Assert.Equal(isTaken ? 0 : 1, read.Intake.Malformed);
    }

    public static TheoryData<byte[]> NotUtf8 =>
        new(((byte[][])[[0xFF], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3], [0x80]]).Select(bytes => new TheoryDataRow<byte[]>(bytes)));

    [Theory, MemberData(nameof(NotUtf8))]
    public async Task what_is_not_utf8_is_set_aside_wherever_it_stands(byte[] bad)
    {
        foreach (var text in (string[])[Given.Scan("ticket_id", "\"?\""), Given.Scan("note", "\"?\""), Given.Scan("?", "1"), Given.Scan() + "?", "?"])
        {
            byte[] json = [.. Given.Bytes(Given.Scan("gate", "\"0\"") + "\n"), .. With(text, bad), .. "\n"u8, .. Given.Bytes(Given.Scan())];
            var read = await Given.ReadAsync(json);
            Assert.Equal(new Intake(2, 0, 1, 0), read.Intake);
            Assert.Equal("it is not valid UTF-8", read.SetAside[0].Reason);
        }

        byte[] csv = [.. "ticket_id,gate,scan_type,timestamp,note\n"u8, .. With("T1,A,in,2025-09-30T10:00Z,?\nT2,A,in,2025-09-30T10:00Z,fine", bad)];
        Assert.Equal(new Intake(1, 0, 1, 0), (await Given.ReadAsync(csv)).Intake);
    }

    [Fact]
    public async Task ten_zero_bytes_are_no_date()
    {
        var read = await Given.ReadAsync(Given.Scan("timestamp", "\"\0\0\0\0\0\0\0\0\0\0T10:00:00.000Z\""));
        Assert.Equal(new Intake(0, 0, 1, 0), read.Intake);
    }

    private static byte[] With(string text, byte[] bad)
    {
        var at = text.IndexOf('?', StringComparison.Ordinal);
        return [.. Encoding.UTF8.GetBytes(text[..at]), .. bad, .. Encoding.UTF8.GetBytes(text[(at + 1)..])];
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
