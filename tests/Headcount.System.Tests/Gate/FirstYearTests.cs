using System.Net.Http.Json;

namespace Headcount.SystemTests.Gate;

/// <summary>The first and the last moment of the calendar, which databases and their drivers have words of their own for.</summary>
public abstract class FirstYearContract(SharedServer shared)
{
    [Theory]
    [InlineData("UTC")]
    [InlineData("America/New_York")]
    [InlineData("Asia/Tokyo")]
    public async Task the_ends_of_the_calendar_are_times_like_any_other(string zone)
    {
        var venue = await shared.OpenAsync(zone: zone);
        using var gate = await venue.DeviceAsync();
        const string first = "0001-01-01T00:00:00Z", last = "9999-12-31T23:59:59.999999Z";
        await venue.ImportAsync(new { ticket_id = "old", ticket_type = "GENERAL", valid_from = first, valid_until = last });
        await ChangeAsync($"/api/tickets/T2?event={venue.Slug}", new { valid_from = first, valid_until = last });
        await ChangeAsync($"/api/events/{venue.Slug}", new { opens_at = first, closes_at = last });
        var reply = await gate.PostAsync("/api/scans/batch", new { scans = new[] { first, "0001-06-01T00:00:00Z", last }.Select((time, i) => new { ticket_id = $"T{i + 1}", gate = "A", scan_type = "entry", timestamp = time }) });
        Assert.True(reply.Status == 200, reply.Text);
        Assert.Equal(200, (await gate.ScanAsync("old")).Status);
        foreach (var path in new[]
        {
            "/api/scans", "/api/scans?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z", "/api/scans?to=0001-01-01T00:00:00Z", "/api/scans?date=0001-01-01", "/api/scans?date=9999-12-31", "/api/tickets/T2", "/api/tickets/old", "/api/tickets/T1/scans",
            "/api/occupancy?at=0001-01-01T00:00:00Z", "/api/occupancy?at=9999-12-31T23:59:59Z", "/api/occupancy?as_of=0001-01-01T00:00:00Z", "/api/occupancy/timeline?step=PT8760H&from=0001-01-01T00:00:00Z&to=0002-01-01T00:00:00Z",
            "/api/anomalies", "/api/anomalies?from=0001-01-01T00:00:00Z", "/api/occupancy/current", "/api/gates", $"/api/events/{venue.Slug}",
        })
        {
            var told = await venue.Server.Owner.AskAsync(path.StartsWith("/api/events", StringComparison.Ordinal) ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}event={venue.Slug}");
            Assert.True(told.Status is 200 or 422, $"{path} answered {told.Status}: {told.Text}");
        }

        async Task ChangeAsync(string path, object change)
        {
            using var response = await venue.Server.Owner.PatchAsJsonAsync(path, change, TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, $"{path} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
        }
    }
}

public sealed class SqliteFirstYearTests(SharedServer shared) : FirstYearContract(shared), IClassFixture<SharedServer>;

public sealed class PostgresFirstYearTests(SharedPostgresServer shared) : FirstYearContract(shared), IClassFixture<SharedPostgresServer>;
