using Headcount.Streams;

namespace Headcount.Core.Tests.Streaming;

/// <summary>Repeats, contradictions, and the records of a log, as they come in a stream.</summary>
public sealed class RepeatTests
{
    private const string Entry = """{"ticket_id":"T1","gate":"A","scan_type":"entry","timestamp":"2025-09-30T10:00:00Z","device_id":"d","scan_id":"s"}""";

    private static string Changed(string from, string to) => Entry.Replace(from, to, StringComparison.Ordinal);

    /// <summary>What comes after <see cref="Entry"/>, and whether it is taken (T), a repeat (R) or a contradiction (C).</summary>
    public static TheoryData<string, char> Second => new()
    {
        { Entry, 'R' },
        { Changed("\"entry\"", "\"IN\""), 'R' },
        { Changed("10:00:00Z", "12:00:00.0000009+02:00"), 'R' },
        { Changed("\"T1\"", "\"T2\""), 'C' },
        { Changed("\"A\"", "\"B\""), 'C' },
        { Changed("\"entry\"", "\"exit\""), 'C' },
        { Changed("10:00:00Z", "10:00:00.000001Z"), 'C' },
        { Changed("\"d\"", "\"D\""), 'T' },
        { Changed("\"s\"", "\"S\""), 'T' },
        { Changed("\"s\"", "\"\""), 'T' },
        { Changed("\"d\"", "null"), 'T' },
        { Changed("\"entry\"", "\"exit\",\"outcome\":\"recorded\""), 'C' },
    };

    /// <summary>Two rows that hold both times of one visit under one id, and what is counted of them: scans, repeats, rows set aside, people inside.</summary>
    public static TheoryData<string, string, int, int, int, int> Visits => new()
    {
        { "09:00,", "09:00,10:00", 2, 1, 0, 0 },
        { ",10:00", "09:00,10:00", 2, 1, 0, 0 },
        { "09:00,10:00", "09:00,10:00", 2, 2, 0, 0 },
        { "09:00,10:00", "09:00,", 2, 1, 0, 0 },
        { "09:00,10:00", "09:00,11:00", 2, 0, 1, 0 },
        { "09:00,10:00", "08:00,10:00", 2, 0, 1, 0 },
        { "09:00,", "08:00,10:00", 1, 0, 1, 1 },
        { ",10:00", "09:00,11:00", 1, 0, 1, 0 },
        { "09:00,", "09:00,", 1, 1, 0, 1 },
    };

    [Theory, MemberData(nameof(Visits))]
    public async Task a_visit_that_contradicts_an_earlier_one_in_either_half_is_set_aside_whole(string first, string second, int scans, int repeated, int malformed, int inside)
    {
        Assert.True(ForeignLog.TryParseMap("ticket_id=badge,entered=in,left=out,scan_id=id", out var map, out _));
        var options = new ReadOptions { Foreign = new ForeignLog { Map = map, Gate = "Hall" } };
        var read = await Given.ReadAsync($"badge,id,in,out\n1,a,{Dated(first)}\n1,a,{Dated(second)}\n", options);
        Assert.Equal(new Intake(scans, repeated, malformed, 0), read.Intake);
        Assert.Equal(inside, read.Ledger.Occupancy().Occupancy);
        Assert.Equal(malformed, read.Lines.Count(line => line == 3));

        static string Dated(string row) => string.Join(',', row.Split(',').Select(time => time.Length == 0 ? time : $"2025-09-30 {time}"));
    }

    [Fact]
    public async Task both_scans_of_a_visit_that_are_handed_on_have_ids_of_their_own()
    {
        Assert.True(ForeignLog.TryParseMap("ticket_id=badge,entered=in,left=out,scan_id=id", out var map, out _));
        var reader = new ScanReader(new ReadOptions
        {
            Foreign = new ForeignLog { Map = map, Gate = "Hall" },
            StandardInput = new MemoryStream("badge,id,in,out\n1,a,2025-09-30 09:00,2025-09-30 10:00\n2,b,,2025-09-30 11:00\n"u8.ToArray()),
        });
        var ids = new List<string?>();
        await foreach (var scan in reader.ReadScansAsync(["-"], TestContext.Current.CancellationToken)) ids.Add(scan.ScanId?.Value);
        Assert.Equal(["a", "a:left", "b:left"], ids);
    }

    [Theory, MemberData(nameof(Second))]
    public async Task a_scan_with_an_id_is_known_again_by_it(string second, char outcome)
    {
        var read = await Given.ReadAsync($"{Entry}\n{second}\n");
        Assert.Equal(outcome switch { 'R' => new Intake(1, 1, 0, 0), 'C' => new Intake(1, 0, 1, 0), _ => new Intake(2, 0, 0, 0) }, read.Intake);
        if (outcome == 'C') Assert.Equal("standard input:2: its scan_id was used before by the same device for another ticket, gate, type or time", Assert.Single(read.SetAside).ToString());
    }

    [Theory]
    [InlineData("", 1, 1)]
    [InlineData("\"device_id\":\"d\",", 2, 0)]
    [InlineData("\"device_id\":\"A\",", 1, 1)]
    public async Task the_gate_stands_in_for_a_device(string device, int scans, int repeated)
    {
        var without = Given.Scan("scan_id", "\"s\"");
        Assert.Equal(new Intake(scans, repeated, 0, 0), (await Given.ReadAsync($"{without}\n{without.Insert(1, device)}")).Intake);
        var bare = Given.Scan();
        Assert.Equal(new Intake(scans, repeated, 0, 0), (await Given.ReadAsync($"{bare}\n{bare.Insert(1, device)}")).Intake);
    }

    [Fact]
    public async Task repeats_out_of_order_are_found_too()
    {
        var scans = Enumerable.Range(0, 50).Select(i => Given.Scan("timestamp", $"\"2025-09-30T10:{i:00}:00Z\"")).ToList();
        List<string> mixed = [.. scans.Where((_, i) => i % 2 == 0).Reverse(), .. scans, .. scans.Where((_, i) => i % 3 == 0)];
        Assert.Equal(new Intake(50, 42, 0, 0), (await Given.ReadAsync(string.Join("\n", mixed))).Intake);
    }

    [Fact]
    public async Task a_refused_scan_that_was_let_in_after_all_counts()
    {
        var refused = Changed("\"entry\"", "\"entry\",\"outcome\":\"rejected\"");
        var recorded = Changed("\"entry\"", "\"entry\",\"outcome\":\"recorded\"");
        Assert.Equal(0, (await Given.ReadAsync($"{refused}")).Ledger.Occupancy().Occupancy);
        var read = await Given.ReadAsync($"{refused}\n{recorded}\n{recorded}");
        Assert.Equal(new Intake(2, 1, 0, 0), read.Intake);
        Assert.Equal(1, read.Ledger.Occupancy().Occupancy);
    }

    [Fact]
    public async Task a_log_takes_back_scans_and_closes_days()
    {
        string Record(int seq, string ticket, string minute) =>
            Given.Scan("ticket_id", $"\"{ticket}\"").Replace("10:00", $"10:{minute}", StringComparison.Ordinal).Insert(1, $"\"seq\":{seq},\"outcome\":\"accepted\",");
        var log = $$"""
            {{Record(1, "T1", "00")}}
            {{Record(2, "T2", "01")}}
            {"seq":3,"outcome":"annulled","annuls":1}
            """;
        var read = await Given.ReadAsync(log);
        Assert.Equal(1, read.Ledger.Occupancy().Occupancy);
        Assert.Equal(["T2"], read.Ledger.InCountedOrder().Select(scan => scan.Scan.TicketId.Value));
        Assert.Equal(0, read.SetAsideCount);
        var closed = await Given.ReadAsync(log + "\n{\"seq\":4,\"outcome\":\"closed\",\"timestamp\":\"2025-09-30T23:00:00Z\"}\n");
        Assert.Equal(0, closed.Ledger.Occupancy().Occupancy);
        Assert.Equal(0, closed.Ledger.Occupancy().Exits);
        Assert.Equal(1, closed.Ledger.Occupancy(new Instant(read.Ledger.InCountedOrder().First().Scan.Timestamp.Microseconds + 1)).Occupancy);
        Assert.Equal(1, (await Given.ReadAsync("{\"outcome\":\"annulled\",\"annuls\":\"x\"}")).SetAsideCount);
        Assert.Equal(1, (await Given.ReadAsync("{\"outcome\":\"closed\"}")).SetAsideCount);
    }
}
