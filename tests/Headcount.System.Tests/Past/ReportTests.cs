using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using Headcount.Core;
using Headcount.Server.Past.Export;
using Headcount.Streams;
using Headcount.SystemTests.Manage;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Past;

/// <summary>A report says what a recount of the exported scans says.</summary>
public sealed class ReportTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_report_agrees_with_a_recount_of_the_exported_log()
    {
        await using var server = await RunningServer.StartAsync();
        await FillAsync(server);
        var report = await server.Owner.GetFromJsonAsync<JsonElement>("/api/events/club/report?step=15m", Cancel);
        var file = Path.Combine(server.DataFolder, "log.ndjson");
        using (var request = new HttpRequestMessage(HttpMethod.Get, "/api/scans"))
        {
            request.Headers.Add("Accept", "application/x-ndjson");
            using var response = await server.Owner.SendAsync(request, Cancel);
            await File.WriteAllBytesAsync(file, await response.Content.ReadAsByteArrayAsync(Cancel), Cancel);
        }

        // What the command line reads: the same library over the same file.
        var ledger = await new ScanReader().ReadAsync([file], Cancel);
        var occupancy = ledger.Occupancy();
        var timeline = ledger.Timeline(TimeSpan.FromMinutes(15), Zone.Utc);
        Assert.Equal((occupancy.Entries, occupancy.Exits, occupancy.FirstEntries), (report.GetProperty("entries").GetInt64(), report.GetProperty("exits").GetInt64(), report.GetProperty("visitors").GetInt64()));
        Assert.Equal(timeline.Peak.Occupancy, report.GetProperty("peak").GetProperty("occupancy").GetInt64());
        Assert.Equal(timeline.Points.Select(point => (point.Occupancy, point.Entries, point.Exits)), report.GetProperty("points").EnumerateArray().Select(point => (point.GetProperty("occupancy").GetInt64(), point.GetProperty("entries").GetInt64(), point.GetProperty("exits").GetInt64())));
        Assert.Equal(occupancy.Flow.Select(gate => (gate.Key, gate.Value.Entries, gate.Value.Exits)), report.GetProperty("gates").EnumerateArray().Where(gate => gate.GetProperty("entries").GetInt64() + gate.GetProperty("exits").GetInt64() > 0).Select(gate => (gate.Text("gate")!, gate.GetProperty("entries").GetInt64(), gate.GetProperty("exits").GetInt64())));
        var minutes = ledger.Timeline(TimeSpan.FromMinutes(1), Zone.Utc);
        var busiest = minutes.Points.MaxBy(point => point.Entries + point.Exits);
        Assert.Equal(busiest.Entries + busiest.Exits, report.GetProperty("busiest_minute").GetProperty("passages").GetInt64());
        Assert.Equal(Zone.Utc.Format(minutes.Points.First(point => point.Entries + point.Exits == busiest.Entries + busiest.Exits).At), report.GetProperty("busiest_minute").Text("until"));
        Assert.Equal(ledger.Movements().Count(movement => movement.Kind == MovementKind.DayEnded), report.GetProperty("ended_by_closing").GetInt64());
        Assert.Equal((300, 300 - occupancy.FirstEntries), (report.GetProperty("registered").GetInt64(), report.GetProperty("no_shows").GetInt64()));
        Assert.Equal(occupancy.Exits, report.GetProperty("dwell").GetProperty("stays").GetInt64());
        Assert.Equal(occupancy.Exits, report.GetProperty("dwell").GetProperty("buckets").EnumerateArray().Sum(bucket => bucket.GetProperty("count").GetInt64()));
        Assert.Equal(2, Assert.Single(report.GetProperty("refusals").EnumerateArray().ToArray()).GetProperty("count").GetInt64());
    }

    [Fact]
    public async Task days_add_up_to_the_whole_and_a_report_is_counted_anew_when_something_happens()
    {
        await using var server = await RunningServer.StartAsync();
        var device = await FillAsync(server);
        async Task<JsonElement> AskAsync(string query) => await server.Owner.GetFromJsonAsync<JsonElement>("/api/events/club/report?" + query, Cancel);
        var whole = await AskAsync("");
        var today = TimeProvider.System.GetUtcNow().Date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var (before, after) = (await AskAsync($"to={today}T00:00"), await AskAsync($"from={today}T00:00"));
        foreach (var figure in new[] { "entries", "exits" }) Assert.Equal(whole.GetProperty(figure).GetInt64(), before.GetProperty(figure).GetInt64() + after.GetProperty(figure).GetInt64());
        Assert.Equal(422, (int)(await server.Owner.GetAsync($"/api/events/club/report?from={today}T01:00&to={today}T00:00", Cancel)).StatusCode);
        await device.PostAsJsonAsync("/api/scans", new { ticket_id = "T0300", gate = "A", scan_type = "entry", timestamp = TimeProvider.System.GetUtcNow() }, Cancel);
        Assert.Equal(whole.GetProperty("entries").GetInt64() + 1, (await AskAsync("")).GetProperty("entries").GetInt64());
    }

    [Fact]
    public async Task files_are_what_they_say_and_hold_no_formula()
    {
        await using var server = await RunningServer.StartAsync();
        await FillAsync(server);
        await server.Owner.PatchAsJsonAsync("/api/events/club", new { name = "=HYPERLINK(\"http://evil\")" }, Cancel);
        var csv = await server.Owner.GetStringAsync("/api/events/club/report?format=csv", Cancel);
        Assert.Contains("'=HYPERLINK", csv, StringComparison.Ordinal);
        var xlsx = await server.Owner.GetByteArrayAsync("/api/events/club/report?format=xlsx", Cancel);
        using var archive = new ZipArchive(new MemoryStream(xlsx));
        Assert.Equal(7, archive.Entries.Count(entry => entry.FullName.StartsWith("xl/worksheets/sheet", StringComparison.Ordinal)));
        foreach (var entry in archive.Entries.Where(entry => entry.FullName.EndsWith(".xml", StringComparison.Ordinal)))
        {
            using var text = new StreamReader(await entry.OpenAsync(Cancel));
            Assert.DoesNotContain("<f>", await text.ReadToEndAsync(Cancel), StringComparison.Ordinal);
        }

        using var response = await server.Owner.GetAsync("/api/events/club/report?format=pdf", Cancel);
        if ((int)response.StatusCode == 503) Assert.Skip("No font is installed (Debian: apt-get install fonts-dejavu-core).");
        Assert.StartsWith("%PDF", System.Text.Encoding.ASCII.GetString(await response.Content.ReadAsByteArrayAsync(Cancel)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+49 30", "'+49 30")]
    [InlineData("-2", "'-2")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\uFFFD=1")]
    [InlineData("plain = text", "plain = text")]
    public void a_text_that_a_spreadsheet_takes_for_a_formula_is_made_harmless(string text, string harmless) => Assert.Equal(harmless, ExportFiles.Harmless(text));

    // A day and a half: waves, re-entries, two refusals, a closed day, a scan taken back, facts out of order.
    private static async Task<HttpClient> FillAsync(RunningServer server)
    {
        await server.CreateEventAsync("club", new { slug = "club", name = "Club", zone = "UTC", capacity = 120, gates = new[] { "A", "B" } });
        await server.ImportTicketsAsync("club", Enumerable.Range(1, 300).Select(n => new { ticket_id = $"T{n:0000}", ticket_type = n % 7 == 0 ? "VIP" : "GENERAL" }));
        var device = await server.CreateDeviceAsync("club", "d1", scopes: ["supervise"]);
        var now = TimeProvider.System.GetUtcNow();
        var scans = new List<(double Minutes, object Scan)>();
        void Add(int ticket, string gate, string type, double minutesAgo) => scans.Add((minutesAgo, new { ticket_id = $"T{ticket:0000}", gate, scan_type = type, timestamp = now.AddMinutes(-minutesAgo) }));
        for (var n = 1; n <= 200; n++)
        {
            Add(n, n % 3 == 0 ? "B" : "A", "entry", 2_000 - n * 2.5);
            if (n % 2 == 0) Add(n, "B", "exit", 1_900 - n * 3.1);
            if (n % 4 == 0) Add(n, "A", "entry", 1_100 - n);
            if (n % 50 == 0) Add(n, "A", "exit", 300);
        }

        var ordered = scans.OrderBy(scan => scan.Minutes * 7_919 % 1_013).Select(scan => scan.Scan).ToList();
        (await device.PostAsJsonAsync("/api/scans/batch", new { scans = ordered }, Cancel)).EnsureSuccessStatusCode();
        (await server.Owner.PostAsJsonAsync("/api/scans/17/annul?event=club", new { reason = "did not turn" }, Cancel)).EnsureSuccessStatusCode();
        (await server.Owner.PostAsJsonAsync("/api/events/club/close-day", new { at = now.AddMinutes(-200) }, Cancel)).EnsureSuccessStatusCode();
        for (var n = 1; n <= 2; n++) await device.PostAsJsonAsync("/api/scans", new { ticket_id = $"nobody-{n}", gate = "A", scan_type = "entry", timestamp = now }, Cancel);
        return device;
    }
}
