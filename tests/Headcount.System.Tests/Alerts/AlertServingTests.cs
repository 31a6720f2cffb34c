using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Headcount.Core;
using Headcount.SystemTests.Serving;
using Headcount.SystemTests.Webhooks;

namespace Headcount.SystemTests.Alerts;

/// <summary>Alerts of a whole server: kept, listed, shown live.</summary>
public abstract class AlertServingContract : ServingContract
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task an_alert_is_raised_once_listed_cleared_and_raised_again_across_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("headcount-alerts-");
        try
        {
            await using (var server = await StartAsync(folder: folder.FullName))
            {
                var venue = await OpenVenue.CreateAsync(server, capacity: 50);
                for (var i = 1; i <= 40; i++) await venue.EnterAsync($"T{i}");
                var raised = Assert.Single(await AlertsAsync(venue, "?active=1", 1));
                Assert.Equal(("occupancy", 80, 40L), (raised.GetProperty("kind").GetString(), raised.GetProperty("level").GetInt32(), raised.GetProperty("seq").GetInt64()));
                Assert.StartsWith("80 % of capacity: 40 of 50 are inside at ", raised.GetProperty("message").GetString(), StringComparison.Ordinal);
                Assert.Equal(JsonValueKind.Null, raised.GetProperty("cleared_at").ValueKind);
                await server.StopAsync();
            }

            await using (var server = await StartAsync(folder: folder.FullName))
            {
                var venue = await OpenVenue.FindAsync(server);
                await venue.LeaveAsync("T40");
                await venue.EnterAsync("T41");
                for (var i = 1; i <= 3; i++) await venue.LeaveAsync($"T{i}");
                var cleared = Assert.Single(await AlertsAsync(venue, "?active=0", 1));
                Assert.Contains(" Down to 37 at ", cleared.GetProperty("message").GetString(), StringComparison.Ordinal);
                for (var i = 50; i <= 57; i++) await venue.EnterAsync($"T{i}");
                var all = await AlertsAsync(venue, "", 3);
                Assert.Equal(3, all.Select(alert => alert.GetProperty("alert_id").GetInt64()).Distinct().Count());
                Assert.Equal([90, 80, 80], all.Select(alert => alert.GetProperty("level").GetInt32()));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task late_facts_that_put_the_past_over_capacity_are_listed_with_the_time_it_was_so()
    {
        await using var server = await StartAsync();
        var venue = await OpenVenue.CreateAsync(server, capacity: 1);
        var now = OpenVenue.Now;
        Instant Ago(int minutes) => now + TimeSpan.FromMinutes(-minutes);
        await venue.ReportAsync("T1", ScanType.Entry, Ago(60));
        await venue.ReportAsync("T1", ScanType.Exit, Ago(30));
        await venue.ReportAsync("T2", ScanType.Entry, Ago(50));
        await venue.ReportAsync("T2", ScanType.Exit, Ago(40));

        // Asked in between, it was longer: then it is put right.
        var (from, until) = (Zone.Utc.Format(Ago(50)), Zone.Utc.Format(Ago(40)));
        var answer = await venue.UntilAsync("/api/alerts?kind=capacity_exceeded", answer => answer.GetProperty("alerts").EnumerateArray().Any(alert => alert.GetProperty("until").GetString() == until));
        Assert.Equal(from, Assert.Single(answer.GetProperty("alerts").EnumerateArray()).GetProperty("from").GetString());
    }

    [Fact]
    public async Task a_lower_capacity_raises_at_once_and_watchers_see_it()
    {
        await using var server = await StartAsync();
        var venue = await OpenVenue.CreateAsync(server, capacity: 100);
        for (var i = 1; i <= 5; i++) await venue.EnterAsync($"T{i}");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/live?event=club") { Headers = { { "Accept", "text/event-stream" } } };
        using var live = await server.Owner.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ended);
        using var lines = new StreamReader(await live.Content.ReadAsStreamAsync(Ended));
        await MessageAsync(lines, "snapshot");
        await venue.PatchAsync("/api/events/club", new { capacity = 6 });
        var alert = await MessageAsync(lines, "alert");
        Assert.Equal(("occupancy", 80, "raised"), (alert.GetProperty("kind").GetString(), alert.GetProperty("level").GetInt32(), alert.GetProperty("state").GetString()));
        Assert.True(alert.GetProperty("alert_id").GetInt64() > 0);
    }

    [Fact]
    public async Task pages_follow_one_another_and_wrong_questions_are_told_all_at_once()
    {
        await using var server = await StartAsync();
        var venue = await OpenVenue.CreateAsync(server, capacity: 1);
        for (var i = 0; i < 70; i++)
        {
            await venue.EnterAsync("T1");
            await venue.LeaveAsync("T1");
        }

        var first = await venue.UntilAsync("/api/alerts?active=0", answer => answer.GetProperty("alerts").EnumerateArray().Take(3).All(alert => alert.GetProperty("seq").GetInt64() == 140));
        Assert.Equal(200, first.GetProperty("alerts").GetArrayLength());
        var second = await venue.UntilAsync($"/api/alerts?active=0&cursor={first.GetProperty("cursor").GetString()}", answer => answer.GetProperty("alerts").GetArrayLength() > 0);
        var ids = first.GetProperty("alerts").EnumerateArray().Concat(second.GetProperty("alerts").EnumerateArray()).Select(alert => alert.GetProperty("alert_id").GetInt64()).ToList();
        Assert.Equal(ids.OrderDescending(), ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(210, ids.Count);

        var wrong = await server.Owner.GetAsync("/api/alerts?active=perhaps&kind=fire&from=yesterday&cursor=x", Ended);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        var errors = (await wrong.Content.ReadFromJsonAsync<JsonElement>(Ended)).GetProperty("errors");
        Assert.All(["active", "kind", "from", "cursor"], name => Assert.True(errors.TryGetProperty(name, out _), name));
        Assert.Empty((await venue.GetAsync("/api/alerts?to=2020-01-01T00:00")).GetProperty("alerts").EnumerateArray());
    }

    private static async Task<List<JsonElement>> AlertsAsync(OpenVenue venue, string query, int count)
    {
        var answer = await venue.UntilAsync("/api/alerts" + query, answer => answer.GetProperty("alerts").GetArrayLength() >= count);
        return [.. answer.GetProperty("alerts").EnumerateArray()];
    }

    private static async Task<JsonElement> MessageAsync(StreamReader lines, string type)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var line = await lines.ReadLineAsync(patience.Token);
            Assert.NotNull(line);
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            var message = JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]);
            if (message.GetProperty("type").GetString() == type) return message;
        }
    }
}

public sealed class AlertServingTests : AlertServingContract;

public sealed class PostgresAlertServingTests : AlertServingContract
{
    private readonly PostgresDatabases _databases = new();

    protected override ValueTask<string?> DatabaseAsync(string? folder) => _databases.FindAsync(folder);
}
