using System.Text;
using Headcount.Core;
using Headcount.Streams;
using Xunit;

namespace Headcount.Core.Tests.Streams;

public sealed class ForeignColumnTests
{
    private static async Task<ScanLedger> Read(string text, ReadOptions options)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await new ScanReader(options with { StandardInput = input }).ReadAsync(["-"], TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task a_column_called_outcome_of_a_mapped_log_is_nobody_s_outcome()
    {
        var foreign = new ForeignLog { Map = new Dictionary<string, string> { ["ticket_id"] = "badge", ["gate"] = "door", ["scan_type"] = "dir", ["timestamp"] = "when" } };
        const string csv = "badge,door,dir,when,outcome\n1,A,in,2025-09-30 10:00:00,closed\n2,A,in,2025-09-30 10:01:00,rejected\n3,A,in,2025-09-30 10:02:00,ok\n";
        var fromCsv = (await Read(csv, new ReadOptions { Foreign = foreign })).Occupancy();
        Assert.Equal((3, 3), (fromCsv.Intake.Scans, fromCsv.Occupancy));

        const string json = """{"badge":1,"door":"A","dir":"in","when":"2025-09-30 10:00:00","outcome":true}""";
        Assert.Equal(1, (await Read(json, new ReadOptions { Foreign = foreign })).Occupancy().Occupancy);

        var named = foreign with { Map = new Dictionary<string, string>(foreign.Map) { ["outcome"] = "outcome" } };
        Assert.Equal(1, (await Read(csv, new ReadOptions { Foreign = named })).Occupancy().Occupancy);
    }

    [Theory]
    [InlineData("yyyy/MM/dd HH:mm:ssK", "2025/07/01 12:00:00", "2025-07-01T10:00:00+00:00")]
    [InlineData("yyyy/MM/dd HH:mm:ssK", "2025/07/01 12:00:00Z", "2025-07-01T12:00:00+00:00")]
    [InlineData("yyyy/MM/dd HH:mm:sszzz", "2025/07/01 12:00:00+05:30", "2025-07-01T06:30:00+00:00")]
    public async Task a_time_without_an_offset_is_local_whatever_its_format_would_take(string format, string time, string expected)
    {
        Assert.True(Zone.TryFind("Europe/Berlin", out var berlin));
        var ledger = await Read($"ticket_id,gate,scan_type,timestamp\nT1,A,in,{time}\n", new ReadOptions { Zone = berlin, Foreign = new ForeignLog { TimeFormat = format } });
        Assert.Equal(expected, Assert.Single(ledger.InCountedOrder()).Scan.Timestamp.ToString());
    }

    [Fact]
    public async Task a_row_that_holds_both_times_is_set_aside_once()
    {
        var foreign = new ForeignLog { Gate = "A", Map = new Dictionary<string, string> { ["entered"] = "in", ["left"] = "out" } };
        const string csv = "ticket_id,in,out,scan_id\nT1,2025-09-30 10:00,2025-09-30 11:00,x\nT2,2025-09-30 10:00,2025-09-30 11:00,x\n";
        var intake = (await Read(csv, new ReadOptions { Foreign = foreign })).Intake;
        Assert.Equal((2, 1), (intake.Scans, intake.Malformed));
    }

    [Fact]
    public void many_closings_end_each_stay_at_the_first_after_its_entry()
    {
        var ledger = new ScanLedger();
        var start = new Instant(1_759_190_400_000_000);
        for (var hour = 0; hour < 5_000; hour++)
        {
            ledger.Add(new Scan(new TicketId($"T{hour % 50}"), new GateName("A"), ScanType.Entry, start + TimeSpan.FromHours(hour)));
            ledger.CloseDay(start + TimeSpan.FromHours(hour) + TimeSpan.FromMinutes(30));
        }

        Assert.Equal(0, ledger.Occupancy().Occupancy);
        Assert.Equal(5_000, ledger.Occupancy().Entries);
        Assert.Equal(1, ledger.Occupancy(start + TimeSpan.FromHours(4_999)).Occupancy);
    }
}
