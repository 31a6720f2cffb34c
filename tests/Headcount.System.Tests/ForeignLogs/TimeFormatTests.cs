using System.Text;
using System.Text.RegularExpressions;
using Headcount.Core;
using Headcount.Streams;
using Headcount.SystemTests.Repository;

namespace Headcount.SystemTests.ForeignLogs;

/// <summary>Times that are not ISO 8601: every format that the guide recommends reads the time that it stands beside.</summary>
public sealed partial class TimeFormatTests
{
    public static TheoryData<string, string> Documented =>
        [.. FormatRow().Matches(Checkout.Read("docs/guides/your-own-data.md")).Select(row => (row.Groups["time"].Value, row.Groups["format"].Value))];

    [Fact]
    public void the_guide_has_formats() => Assert.Equal(6, Documented.Count);

    [Theory, MemberData(nameof(Documented))]
    public async Task a_recommended_format_reads_its_time(string time, string format) => Assert.NotNull(await Read(time, format));

    [Theory]
    [InlineData("2/13/2015 7:15", "M/d/yyyy H:mm", "2015-02-13T07:15:00+00:00")]
    [InlineData("02/03/2015 07:15", "d/M/yyyy H:mm", "2015-03-02T07:15:00+00:00")]
    [InlineData("9/30/2025 12:05 AM", "M/d/yyyy h:mm tt", "2025-09-30T00:05:00+00:00")]
    [InlineData("20250930100215", "yyyyMMddHHmmss", "2025-09-30T10:02:15+00:00")]
    [InlineData("30/Sep/2025:10:02:15 +0200", "dd/MMM/yyyy:HH:mm:ss zzz", "2025-09-30T08:02:15+00:00")]
    [InlineData("2025-09-30 10:00:00+00", "yyyy-MM-dd HH:mm:ss.FFFFFFzz", "2025-09-30T10:00:00+00:00")]
    [InlineData("2025-09-30 10:00:00.250001+02", "yyyy-MM-dd HH:mm:ss.FFFFFFzz", "2025-09-30T08:00:00.250001+00:00")]
    [InlineData("2025-09-30 10:00:00-04", "yyyy-MM-dd HH:mm:sszz", "2025-09-30T14:00:00+00:00")]
    [InlineData("30.9.25 klo 10.02", "d.M.yy 'klo' H.mm", "2025-09-30T10:02:00+00:00")]
    public async Task a_time_is_read_by_its_format(string time, string format, string expected) => Assert.Equal(expected, await Read(time, format));

    [Theory]
    [InlineData("2/13/2015 7:15", "d/M/yyyy H:mm")]
    [InlineData("2025-09-30 10:00:00.5+00", "yyyy-MM-dd HH:mm:sszz")]
    [InlineData("2025-09-30 10:00:00+05:30", "yyyy-MM-dd HH:mm:sszz")]
    [InlineData("2025-02-29 10:00", "yyyy-MM-dd HH:mm")]
    [InlineData("2025-09-30 10:00 ", "yyyy-MM-dd HH:mm")]
    public async Task a_time_that_is_written_otherwise_is_set_aside(string time, string format) => Assert.Null(await Read(time, format));

    [Fact]
    public async Task a_format_without_an_offset_is_in_the_zone()
    {
        Assert.True(Zone.TryFind("Europe/Berlin", out var berlin));
        Assert.Equal("2025-07-01T08:00:00+00:00", await Read("1.7.2025 10:00", "d.M.yyyy H:mm", berlin));
        Assert.Equal("2025-12-01T09:00:00+00:00", await Read("1.12.2025 10:00", "d.M.yyyy H:mm", berlin));
    }

    // Null where it is set aside.
    private static async Task<string?> Read(string time, string format, Zone? zone = null)
    {
        var options = new ReadOptions
        {
            Zone = zone ?? Zone.Utc,
            Foreign = new ForeignLog { TimeFormat = format },
            StandardInput = new MemoryStream(Encoding.UTF8.GetBytes($"ticket_id;gate;scan_type;timestamp\nT1;A;in;{time}\n")),
        };
        var ledger = await new ScanReader(options).ReadAsync(["-"], TestContext.Current.CancellationToken);
        return ledger.Intake.Malformed == 1 ? null : ledger.InArrivalOrder().Single().Scan.Timestamp.ToString();
    }

    [GeneratedRegex(@"^\| `(?<time>[^`]*\d{4}[^`]*)` \| `(?<format>[^`]+)` \|$", RegexOptions.Multiline)]
    private static partial Regex FormatRow();
}
