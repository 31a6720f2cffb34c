using Headcount.Streams;

namespace Headcount.Core.Tests.Streaming;

/// <summary>A broken element of a list, or of a CSV file, never costs the others.</summary>
public sealed class BrokenListTests
{
    private static readonly string First = Given.Scan("ticket_id", "\"first\"");
    private static readonly string Second = Given.Scan("ticket_id", "\"second\"");
    private static readonly string Last = Given.Scan("ticket_id", "\"last\"");

    /// <summary>Lists in which every whole scan must be found, and how many elements are set aside.</summary>
    public static TheoryData<string, int> BrokenLists => new()
    {
        { $"[{First} {Second},{Last}]", 0 },
        { $"[{First}{Second}\n{Last}]", 0 },
        { $"[,{First},{Second},{Last}]", 1 },
        { $"[{First},,{Second},{Last}]", 1 },
        { $"[{First},{Second},{Last},]", 1 },
        { $"[{First},{Second},{Last}", 1 },
        { $"[{First},{Second},{Last},", 1 },
        { $"[{First},{Second},{Last}, {{\"ticket_id\":\"T", 1 },
        { $"[{First},{{\"ticket_id\":\"T1,\"gate\":\"A\"}},{Second},{Last}]", 1 },
        { $"[{First},{{\"ticket_id\":\"T1\",\"gate\":\"A}},{Second},{Last}]", 1 },
        { $"[{First},{{\"ticket_id\":\"T1\",\"gate\":\"A}},\n{Second},{Last}]", 1 },
        { $"[{First},\n{{\"ticket_id\":\"T1,\n\"gate\":\"A\"\n}},\n{Second},\n{Last}\n]", 1 },
        { $"[{First},{{\"ticket_id\":\"T1\",\"gate\":\"A\",{Second},{Last}]", 1 },
        { $"[{First},{{\"ticket_id\":\"T1\",\"tags\":[1,2}},{Second},{Last}]", 1 },
        { $"[{First},{{\"ticket_id\":\"T1\",\"tags\":[1,\"gate\":\"A\"}},{Second},{Last}]", 1 },
        { $"[{First}}},{Second},{Last}]", 1 },
        { $"[{First}],{Second},{Last}]", 1 },
        { $"[{First}]],{Second},{Last}]", 2 },
        { $"[{First},nonsense,{Second},12,null,{Last}]", 3 },
        { $"[{First},\"text\",{Second},[{{}}],{Last}]", 2 },
        { $"[{First},{Second}]{Last}", 0 },
        { $"[{First},{Second}]\n{Last}\n", 0 },
        { $"[{First}][{Second}]\n\n[{Last}]", 0 },
        { $"[{First},{Second},{Last}] and more", 1 },
        { $"{{\"scans\":[{First},{Second},{Last}]", 1 },
        { $"{{\"scans\":[{First},{Second}", 1 },
        { $"{{\"scans\":[{First}],{Second},{Last}]}}", 1 },
        { $"{{\"scans\":[{First}]}}{{\"scans\":[{Second},{Last}]}}", 0 },
        { $"{{\"scans\":[{First},{{\"ticket_id\":\"T1,\"tags\":[{{\"a\":\"b\"}},{{\"c\":1}}]}},{Second},{Last}]}}", 3 },
        { $"[{First},\n  {{\n    \"ticket_id\": \"T1,\n    \"tags\": [\n      \"a\"\n    ],\n    \"gate\": \"A\"\n  }},\n  {Second},\n  {Last}\n]", -1 },
    };

    [Theory(DisableDiscoveryEnumeration = true), MemberData(nameof(BrokenLists))]
    public async Task every_whole_scan_of_a_broken_list_is_read(string list, int setAside)
    {
        var read = await Given.ReadAsync(list);
        var found = read.Ledger.InArrivalOrder().Select(scan => scan.Scan.TicketId.Value).ToList();
        var expected = new[] { "first", "second", "last" }.Where(ticket => list.Contains($"\"{ticket}\"", StringComparison.Ordinal));
        Assert.Equal(expected, found);
        if (setAside >= 0) Assert.True(read.SetAsideCount == setAside, $"{setAside} expected, but: {string.Join("; ", read.SetAside)}");
        Assert.Equal(read.SetAsideCount, read.Intake.Malformed);
        foreach (var slice in (int[])[1, 2, 7, 64])
            Assert.Equal(read.AllWords(), (await Given.ReadAsync(Given.Bytes(list), slice: slice)).AllWords());
    }

    [Fact]
    public async Task a_text_that_is_never_closed_costs_one_element_of_a_long_list()
    {
        var broken = First.Replace("\"first\"", "\"first", StringComparison.Ordinal);
        var scans = Enumerable.Range(0, 20_000).Select(i => i == 7 ? broken : Given.Scan("ticket_id", $"\"T{i}\""));
        foreach (var separator in (string[])[",", ",\n", "\n,\n  ", " , "])
        {
            var read = await Given.ReadAsync($"[{string.Join(separator, scans)}]");
            Assert.Equal(new Intake(19_999, 0, 1, 0), read.Intake);
        }
    }

    [Fact]
    public async Task the_line_of_an_element_is_the_one_it_begins_on()
    {
        var list = "[\n" + string.Join(",\n", Enumerable.Range(0, 10).Select(i => i % 3 == 1 ? "  {\n    \"gate\":\n 1\n  }" : "  " + Given.Scan("ticket_id", $"{i}"))) + "\n]\n\nnonsense";
        var read = await Given.ReadAsync(list);
        Assert.Equal([3L, 9L, 15L, 23L], read.Lines);
    }

    [Theory]
    [InlineData("\"T9,A,in,2025-09-30T10:00Z\n", 1)]
    [InlineData("T9,\"A,in,2025-09-30T10:00Z\n", 1)]
    [InlineData("T\"9,A,in,2025-09-30T10:00Z\n", 0)]
    [InlineData("T9,A\",in,2025-09-30T10:00Z\n", 0)]
    [InlineData("\"T9\"\"\",A,in,2025-09-30T10:00Z\n", 0)]
    [InlineData("\"T9\"\",A,in,2025-09-30T10:00Z\n", 1)]
    public async Task a_stray_quote_costs_one_row(string row, int setAside)
    {
        var rows = Enumerable.Range(0, 30_000).Select(i => $"\"T{i}\",\"Gate \"\"{i % 5}\"\"\",in,2025-09-30T10:00Z\n").ToList();
        rows.Insert(5, row);
        rows.Insert(20_000, row.Replace("T9", "T9b", StringComparison.Ordinal));
        var read = await Given.ReadAsync("ticket_id,gate,scan_type,timestamp\n" + string.Concat(rows));
        Assert.Equal(2 * setAside, read.SetAsideCount);
        Assert.Equal(30_002 - 2 * setAside, read.Intake.Scans + read.Intake.Repeated);
        if (setAside > 0) Assert.Equal([7L, 20_002L], read.Lines);
    }

    [Fact]
    public async Task a_quote_that_is_never_closed_costs_one_row()
    {
        var read = await Given.ReadAsync("ticket_id,gate,scan_type,timestamp\n\"T1,A,in,2025-09-30T10:00Z\n" + string.Concat(Enumerable.Range(0, 80_000).Select(i => $"T{i},A,in,2025-09-30T10:00Z\r\n")));
        Assert.Equal(new Intake(80_000, 0, 1, 0), read.Intake);
        Assert.Equal([2L], read.Lines);
    }
}
