using System.Text.Json;
using System.Xml;
using Headcount.Core;
using Headcount.SystemTests.Manage;

namespace Headcount.SystemTests.Counts;

/// <summary>The curve of the day and the anomalies, as the command line draws them of the same log.</summary>
public sealed class TimelineTests
{
    [Theory]
    [InlineData("15m", null, null)]
    [InlineData("1m", null, null)]
    [InlineData("PT7M", "2025-09-30T18:10", null)]
    [InlineData("1h", "2025-09-30T19:00", "2025-09-30T20:10")]
    [InlineData("1d", null, "2025-09-30T19:00")]
    [InlineData("30m", "2025-09-30T10:00", "2025-10-01T03:00")]
    [InlineData("2h", null, "2025-09-30T09:00")]
    public async Task the_timeline_has_the_points_of_the_command_line(string step, string? from, string? to)
    {
        await using var day = await Day.StartAsync();
        Assert.True(TimeLength.TryParse(step, out var length));
        var ledger = await day.LedgerAsync();
        var report = ledger.Timeline(length, Day.London, from is null ? null : Day.Time(from), to is null ? null : Day.Time(to));
        var timeline = await day.Owner.GetJsonAsync($"/api/occupancy/timeline?step={step}{(from is null ? "" : $"&from={from}")}{(to is null ? "" : $"&to={to}")}");
        Assert.Equal(XmlConvert.ToString(length), timeline.Text("step"));
        Assert.Equal(report.Points.Select(point => (Day.London.Format(point.At), point.Occupancy, point.Entries, point.Exits)),
            timeline.GetProperty("points").EnumerateArray().Select(point => (point.Text("at")!, point.Number("occupancy"), point.Number("entries"), point.Number("exits"))));

        // The peak is of the range: as fine as the log, it is the highest of every second and of every scan in it.
        var peak = timeline.GetProperty("peak");
        var (begin, end) = (from is null ? Instant.Min : Day.Time(from), to is null ? Instant.Max : Day.Time(to));
        var moments = ledger.Movements().Select(movement => movement.At).Append(begin).Where(at => at >= begin && at <= end).Distinct().Order()
            .Select(at => (At: at, ledger.Occupancy(at).Occupancy)).ToList();
        var highest = moments.Select(moment => moment.Occupancy).DefaultIfEmpty(0).Max();
        Assert.Equal(highest, peak.Number("occupancy"));
        Assert.Equal(highest == 0 ? null : Day.London.Format(moments.First(moment => moment.Occupancy == highest).At), peak.Text("at"));
    }

    [Fact]
    public async Task anomalies_are_those_of_the_command_line()
    {
        await using var day = await Day.StartAsync();
        var expected = (await day.LedgerAsync()).Anomalies(await day.RegisterAsync()).Anomalies;
        Assert.True(expected.Select(anomaly => anomaly.Kind).Distinct().Count() >= 3);
        var found = (await day.Owner.GetJsonAsync("/api/anomalies")).GetProperty("anomalies").EnumerateArray().ToList();
        Assert.Equal(expected.Select(Words), found.Select(Words));
        foreach (var kind in Enum.GetValues<AnomalyKind>())
        {
            var some = await day.Owner.GetJsonAsync($"/api/anomalies?kind={kind.Code()}&from=2025-09-30T18:30&to=2025-09-30T19:30:30");
            Assert.Equal(expected.Where(anomaly => anomaly.Kind == kind && anomaly.Timestamp >= Day.Time("2025-09-30T18:30") && anomaly.Timestamp <= Day.Time("2025-09-30T19:30:30")).Select(Words), some.GetProperty("anomalies").EnumerateArray().Select(Words));
        }
    }

    [Fact]
    public async Task pages_of_anomalies_have_every_one_once()
    {
        await using var day = await Day.StartAsync(rounds: 8);
        var expected = (await day.LedgerAsync()).Anomalies(await day.RegisterAsync()).Anomalies;
        Assert.True(expected.Count > 600, $"{expected.Count} are too few for two pages.");
        var found = new List<string>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = await day.Owner.GetJsonAsync($"/api/anomalies{(cursor.Length == 0 ? "" : $"?cursor={cursor}")}");
            found.AddRange(page.GetProperty("anomalies").EnumerateArray().Select(Words));
            cursor = page.Text("cursor");
        }

        Assert.Equal(expected.Select(Words), found);
    }

    private static string Words(Anomaly anomaly) =>
        $"{anomaly.Position} {anomaly.Kind.Code()} {anomaly.TicketId} {anomaly.Gate} {Day.London.Format(anomaly.Timestamp)} {anomaly.Earlier?.Position} {anomaly.Earlier?.Gate.Value} {(anomaly.Elapsed is { } elapsed ? $"{(decimal)elapsed.Ticks / TimeSpan.TicksPerSecond:0.######}" : "")}";

    private static string Words(JsonElement anomaly)
    {
        var earlier = anomaly.GetProperty("earlier");
        var has = earlier.ValueKind == JsonValueKind.Object;
        var seconds = anomaly.GetProperty("seconds");
        return $"{anomaly.Number("seq")} {anomaly.Text("kind")} {anomaly.Text("ticket_id")} {anomaly.Text("gate")} {anomaly.Text("timestamp")} {(has ? earlier.Number("seq") : null)} {(has ? earlier.Text("gate") : null)} {(seconds.ValueKind == JsonValueKind.Number ? $"{seconds.GetDecimal():0.######}" : "")}";
    }
}
