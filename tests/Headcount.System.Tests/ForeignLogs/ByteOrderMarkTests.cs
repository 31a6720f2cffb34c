using System.Text;
using Headcount.Streams;

namespace Headcount.SystemTests.ForeignLogs;

/// <summary>A spreadsheet begins its files with a byte-order mark: it is no part of the first column's name.</summary>
public sealed class ByteOrderMarkTests
{
    private const string Json = """{"ticket_id":"T1","gate":"A","scan_type":"in","timestamp":"2025-09-30T10:00:00Z"}""";

    [Theory]
    [InlineData("ticket_id,gate,scan_type,timestamp\r\nT1,A,in,2025-09-30T10:00:00Z\r\n")]
    [InlineData("\"ticket_id\";gate;scan_type;timestamp\nT1;A;in;2025-09-30T10:00:00Z\n")]
    [InlineData(Json + "\n")]
    [InlineData("\n" + Json)]
    [InlineData("[" + Json + "]")]
    [InlineData("{\"scans\":[" + Json + "]}")]
    public async Task a_mark_at_the_beginning_is_passed_over(string text)
    {
        var input = new MemoryStream([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)]);
        var ledger = await new ScanReader(new ReadOptions { StandardInput = input }).ReadAsync(["-"], TestContext.Current.CancellationToken);
        Assert.Equal((1, 0), (ledger.Intake.Scans, ledger.Intake.Malformed));
    }
}
