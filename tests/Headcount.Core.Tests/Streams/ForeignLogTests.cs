using Headcount.Streams;

namespace Headcount.Core.Tests.Streaming;

/// <summary>Logs that were not written for us.</summary>
public sealed class ForeignLogTests
{
    private static ReadOptions Options(string map, ForeignLog? foreign = null)
    {
        Assert.True(ForeignLog.TryParseMap(map, out var fields, out var error), error);
        return new ReadOptions { Foreign = (foreign ?? new ForeignLog()) with { Map = fields } };
    }

    [Fact]
    public async Task other_values_are_skipped_and_positions_still_count_them()
    {
        var options = Options("ticket_id=ID,timestamp=Datetime,scan_type=Type,gate=Door", new ForeignLog { Entry = ["Arrival", "1"], Exit = ["Departure"] });
        var csv = "ID,Datetime,Type,Door\n7,2025-09-30 10:00,Arrival,D1\n7,2025-09-30 10:01,Maintenance,D1\n7,2025-09-30 10:02,Departure,D1\n8,2025-09-30 10:03,1,D2\n,2025-09-30 10:03,1,D2\n9,2025-09-30 10:00,arrival,D\n";
        var read = await Given.ReadAsync(csv, options);
        Assert.Equal(new Intake(3, 0, 1, 2), read.Intake);
        Assert.Equal([1L, 3L, 4L], read.Ledger.InArrivalOrder().Select(scan => scan.Position));
        Assert.Equal(1, read.Ledger.Occupancy().Occupancy);
        Assert.Equal("ID is missing", read.SetAside[0].Reason);
        var json = "{\"ID\":7,\"Datetime\":\"2025-09-30 10:00\",\"Type\":\"Arrival\",\"Door\":1}\n{\"ID\":8,\"Type\":\"other\"}\n{\"ID\":8,\"Datetime\":\"2025-09-30 10:01\",\"Type\":1,\"Door\":1}";
        Assert.Equal(new Intake(2, 0, 0, 1), (await Given.ReadAsync(json, options)).Intake);
    }

    [Fact]
    public async Task a_gate_can_be_given_for_rows_that_name_none()
    {
        var read = await Given.ReadAsync("ticket_id,scan_type,timestamp\nT1,in,2025-09-30T10:00Z\n", new ReadOptions { Foreign = new ForeignLog { Gate = "Main" } });
        Assert.Equal("Main", read.Ledger.InArrivalOrder().Single().Scan.Gate.Value);
    }

    [Fact]
    public void without_a_direction_scans_alternate_in_whatever_order_they_come() =>
        Gen.Shuffle(Enumerable.Range(0, 24).ToArray()).Sample(order =>
        {
            var rows = order.Select(i => $"T{i % 3},G{i % 2},2025-09-30T10:{i:00}Z");
            var read = Given.ReadAsync("ticket_id,gate,timestamp\n" + string.Join('\n', rows), new ReadOptions { Foreign = new ForeignLog { Alternate = true } }).GetAwaiter().GetResult();
            var directions = string.Concat(read.Ledger.InCountedOrder().Select(scan => scan.Scan.Type == ScanType.Entry ? '>' : '<'));
            Assert.Equal(">>><<<>>><<<>>><<<>>><<<", directions);
        }, iter: 100);

    [Fact]
    public async Task one_row_can_hold_both_times()
    {
        var options = Options("ticket_id=badge,entered=in,left=out", new ForeignLog { Gate = "Hall" });
        var read = await Given.ReadAsync("badge,in,out\n1,2025-09-30 09:00,2025-09-30 10:00\n2,2025-09-30 09:30,\n3,,2025-09-30 11:00\n4,,\n5,x,2025-09-30 11:00\n", options);
        Assert.Equal(new Intake(4, 0, 2, 0), read.Intake);
        Assert.Equal([1L, 1L, 2L, 3L], read.Ledger.InArrivalOrder().Select(scan => scan.Position));
        Assert.Equal(1, read.Ledger.Occupancy().Occupancy);
        Assert.Equal([5L, 6L], read.Lines);
        var json = await Given.ReadAsync("[{\"badge\":1,\"in\":\"2025-09-30 09:00\",\"out\":null},{\"badge\":1,\"in\":\"2025-09-30 09:00\",\"in\":\"x\"}]", options);
        Assert.Equal(new Intake(1, 0, 1, 0), json.Intake);
    }

    [Fact]
    public async Task counters_without_tickets_count_bodies()
    {
        var options = new ReadOptions { Foreign = new ForeignLog { Anonymous = true } };
        var rows = string.Concat(Enumerable.Repeat("in,A,2025-09-30T10:00Z\n", 5)) + string.Concat(Enumerable.Repeat("out,A,2025-09-30T10:00Z\n", 7));
        var read = await Given.ReadAsync("scan_type,gate,timestamp\n" + rows, options);
        Assert.Equal(new Intake(12, 0, 0, 0), read.Intake);
        Assert.Equal(-2, read.Ledger.Occupancy().Occupancy);
        Assert.Equal(1, (await Given.ReadAsync(Given.Scan("ticket_id", $"\"{new string('t', 500_000)}\""), options)).Intake.Scans);
    }

    [Theory]
    [InlineData("d.M.yyyy HH:mm", "30.9.2025 10:00", "2025-09-30T08:00:00Z")]
    [InlineData("yyyyMMddHHmmss", "20250930100000", "2025-09-30T08:00:00Z")]
    [InlineData("yyyy-MM-dd HH:mm zzz", "2025-09-30 10:00 +05:00", "2025-09-30T05:00:00Z")]
    [InlineData("yyyy-MM-dd HH:mm", "2025-03-30 02:30", "2025-03-30T01:30:00Z")]
    public async Task times_can_be_written_in_another_format(string format, string time, string instant)
    {
        Assert.True(Zone.TryFind("Europe/Berlin", out var zone));
        var options = new ReadOptions { Zone = zone, Foreign = new ForeignLog { TimeFormat = format } };
        var read = await Given.ReadAsync($"ticket_id;gate;scan_type;timestamp\nT1;A;in;{time}\nT1;A;in;2025-13-13 10:00:00,0\n", options);
        Assert.True(Timestamp.TryParse(instant, Zone.Utc, out var expected));
        Assert.Equal(expected, read.Ledger.InArrivalOrder().Single().Scan.Timestamp);
        Assert.Contains($"is not written as {format}", Assert.Single(read.SetAside).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ticket_id", "names no column: write ticket_id=COLUMN")]
    [InlineData("ticket=ID", "'ticket' is no field of a scan")]
    [InlineData("gate=", "names no column after the equals sign")]
    [InlineData("gate=A,gate=B", "'gate' is mapped twice")]
    [InlineData("timestamp=A,left=B", "map one or the other")]
    public void a_map_that_cannot_be_is_refused(string map, string error)
    {
        Assert.False(ForeignLog.TryParseMap(map, out _, out var said));
        Assert.Contains(error, said, StringComparison.Ordinal);
    }
}
