using System.Text;
using Headcount.Core;
using Headcount.Streams;

namespace Headcount.SystemTests.ForeignLogs;

/// <summary>Logs without a direction: a ticket's scans go in, out, in, … and a type column, where one is named, says which rows are scans at all.</summary>
public sealed class AlternatingRowsTests
{
    private static readonly ForeignLog ParkGates = new()
    {
        Map = new Dictionary<string, string> { ["ticket_id"] = "car", ["gate"] = "where", ["scan_type"] = "where", ["timestamp"] = "when" },
        Alternate = true,
    };

    private const string Rows = """
        car,where,when
        C1,entrance0,2024-06-01T06:00
        C1,camping,2024-06-01T06:30
        C2,entrance1,2024-06-01T07:00
        C1,entrance1,2024-06-01T08:00
        C1,ranger-stop,2024-06-01T08:30
        """;

    [Fact]
    public async Task only_rows_with_an_entry_value_alternate_and_the_others_are_skipped()
    {
        var ledger = await Read(Rows, ParkGates with { Entry = ["entrance0", "entrance1"] });
        Assert.Equal(new Intake(3, 0, 0, 2), ledger.Intake);
        Assert.Equal((1, 2, 1), Counts(ledger));
    }

    [Fact]
    public async Task without_entry_values_every_row_alternates()
    {
        var ledger = await Read(Rows, ParkGates);
        Assert.Equal(new Intake(5, 0, 0, 0), ledger.Intake);
        Assert.Equal((1, 3, 2), Counts(ledger));
        Assert.Equal(0, ledger.Occupancy(new DateTimeOffset(2024, 6, 1, 6, 30, 0, TimeSpan.Zero)).Occupancy);
    }

    [Fact]
    public async Task a_value_gives_no_direction_where_the_order_does()
    {
        var ledger = await Read(Rows, ParkGates with { Entry = ["entrance0", "entrance1"], Exit = ["entrance0", "camping"] });
        Assert.Equal(new Intake(3, 0, 0, 2), ledger.Intake);
        Assert.Equal((1, 2, 1), Counts(ledger));
    }

    [Fact]
    public async Task rows_that_arrive_out_of_order_alternate_by_their_times()
    {
        var lines = Rows.ReplaceLineEndings("\n").Split('\n');
        var ledger = await Read(string.Join('\n', [lines[0], .. lines[1..].Reverse()]), ParkGates with { Entry = ["entrance0", "entrance1"] });
        Assert.Equal((1, 2, 1), Counts(ledger));
    }

    [Fact]
    public async Task the_type_column_must_be_there()
    {
        var foreign = ParkGates with { Map = new Dictionary<string, string> { ["ticket_id"] = "car", ["gate"] = "where", ["timestamp"] = "when" }, Entry = ["entrance0"] };
        var problem = await Assert.ThrowsAsync<InputException>(() => Read(Rows, foreign));
        Assert.Contains("no column scan_type", problem.Message, StringComparison.Ordinal);
    }

    private static (long, long, long) Counts(ScanLedger ledger)
    {
        var report = ledger.Occupancy(null);
        return (report.Occupancy, report.Entries, report.Exits);
    }

    private static Task<ScanLedger> Read(string rows, ForeignLog foreign) =>
        new ScanReader(new ReadOptions { Foreign = foreign, StandardInput = new MemoryStream(Encoding.UTF8.GetBytes(rows)) })
            .ReadAsync(["-"], TestContext.Current.CancellationToken);
}
