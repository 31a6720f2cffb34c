using System.Net;
using Headcount.SystemTests.Data;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Manage;

/// <summary>On PostgreSQL changes run side by side: each looks whether a name is free before the other has taken it.</summary>
public sealed class PostgresRaceTests
{
    private const int Callers = 8;

    [Fact]
    public async Task what_is_made_eight_times_at_once_is_made_once_and_the_others_are_told_so()
    {
        var database = await (await SharedPostgres.GetAsync()).CreateDatabaseAsync();
        await using var server = await RunningServer.StartAsync(options => options with { Database = database });
        await AssertMadeOnceAsync(server, "/api/events", new { slug = "club", name = "Club", zone = "UTC", capacity = 5 });
        await AssertMadeOnceAsync(server, "/api/accounts", new { email = "a@example.org", name = "A", role = "viewer", password = "a long pass phrase" });
        await AssertMadeOnceAsync(server, "/api/events/club/devices", new { device_id = "gate-a" });
    }

    [Fact]
    public async Task the_same_register_and_the_same_change_sent_eight_times_at_once_are_taken_each_time()
    {
        var database = await (await SharedPostgres.GetAsync()).CreateDatabaseAsync();
        await using var server = await RunningServer.StartAsync(options => options with { Database = database });
        await server.CreateEventAsync();
        var rows = Enumerable.Range(1, 500).Select(i => new { ticket_id = $"T{i}", ticket_type = "GENERAL", user_id = $"u{i}", email = $"u{i}@example.org" });
        var registers = await AllAsync(() => server.Owner.PostAsync("/api/events/club/tickets", Json(new { tickets = rows }), Http.Cancellation));
        Assert.Equal(Enumerable.Repeat(HttpStatusCode.OK, Callers), registers);
        var changes = await AllAsync(() => server.Owner.PatchAsync("/api/events/club", Json(new { gates = new[] { "A", "B", "C" }, ticket_types = new[] { new { name = "VIP" } } }), Http.Cancellation));
        Assert.Equal(Enumerable.Repeat(HttpStatusCode.OK, Callers), changes);
    }

    private static async Task AssertMadeOnceAsync(RunningServer server, string path, object body)
    {
        var statuses = await AllAsync(() => server.Owner.PostAsync(path, Json(body), Http.Cancellation));
        Assert.Equal([HttpStatusCode.Created, .. Enumerable.Repeat(HttpStatusCode.Conflict, Callers - 1)], statuses.Order());
    }

    private static async Task<HttpStatusCode[]> AllAsync(Func<Task<HttpResponseMessage>> send) => await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
    {
        using var response = await send();
        return response.StatusCode;
    }));

    private static StringContent Json(object body) => new(System.Text.Json.JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");
}
