using System.Net.Http.Json;
using System.Text.Json;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.SystemTests.Manage;
using Headcount.SystemTests.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Past;

/// <summary>The roll-call over HTTP.</summary>
public sealed class RollCallTests
{
    private const string Base = "/api/events/club/roll-call";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task each_role_may_what_the_table_says()
    {
        await using var server = await RunningServer.StartAsync();
        await OpenAsync(server);
        var wrong = new List<string>();
        foreach (var role in Enum.GetValues<AccountRole>())
        {
            using var client = await ClientAsync(server, role);
            var (isSteward, isSupervisor) = (role >= AccountRole.Steward, role >= AccountRole.Supervisor);
            async Task CheckAsync(HttpMethod method, string path, object? body, int allowed, bool may)
            {
                using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
                var expected = may ? allowed : 403;
                if ((int)response.StatusCode != expected) wrong.Add($"{role} {method} {path}: {(int)response.StatusCode} instead of {expected}");
            }

            await CheckAsync(HttpMethod.Get, Base, null, 200, isSteward);
            await CheckAsync(HttpMethod.Post, Base, null, 201, isSupervisor);
            if (!isSupervisor) (await server.Owner.PostAsync(Base, null, Cancel)).EnsureSuccessStatusCode();
            await CheckAsync(HttpMethod.Post, Base + "/marks", new { ticket_ids = new[] { "T1" } }, 200, isSteward);
            await CheckAsync(HttpMethod.Get, Base + "/live", null, 200, isSteward);
            await CheckAsync(HttpMethod.Post, Base + "/end", null, 204, isSupervisor);
            if (!isSupervisor) (await server.Owner.PostAsync(Base + "/end", null, Cancel)).EnsureSuccessStatusCode();
            await CheckAsync(HttpMethod.Get, "/api/events/club/audit", null, 200, role >= AccountRole.Organiser);
            await CheckAsync(HttpMethod.Get, "/api/events/club/report", null, 200, true);
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task marks_outlive_the_server_and_who_left_meanwhile_is_told()
    {
        var folder = Directory.CreateTempSubdirectory("headcount-roll-call-");
        try
        {
            await using (var server = await RunningServer.StartAsync(dataFolder: folder.FullName))
            {
                var device = await OpenAsync(server);
                (await server.Owner.PostAsync(Base, null, Cancel)).EnsureSuccessStatusCode();
                await server.Owner.PostAsJsonAsync(Base + "/marks", new { ticket_ids = new[] { "T1", "T2" } }, Cancel);
                await server.Owner.PostAsJsonAsync(Base + "/marks", new { ticket_ids = new[] { "T2" }, safe = false }, Cancel);
                await ScanAsync(device, "T3", "exit");
                await ScanAsync(device, "T4", "entry");
                Assert.Equal(409, (int)(await server.Owner.PostAsync(Base, null, Cancel)).StatusCode);
                await server.StopAsync();
            }

            await using var again = await RunningServer.StartAsync(dataFolder: folder.FullName);
            var call = (await again.Owner.GetFromJsonAsync<JsonElement>(Base, Cancel)).GetProperty("roll_call");
            Assert.Equal("""{"listed":5,"safe":1,"left":1,"missing":3}""", call.GetProperty("counts").GetRawText());
            var people = call.GetProperty("people").EnumerateArray().ToDictionary(person => person.Text("ticket_id")!);
            Assert.Equal(("safe", "owner@localhost"), (people["T1"].Text("status"), people["T1"].Text("marked_by")));
            Assert.Equal(("missing", "left", "B"), (people["T2"].Text("status"), people["T3"].Text("status"), people["T3"].Text("left_gate")));
            Assert.True(people["T4"].GetProperty("came_later").GetBoolean());
            Assert.Equal("missing", people["stranger"].Text("status"));
            Assert.Equal(404, (int)(await again.Owner.PostAsJsonAsync(Base + "/marks", new { ticket_ids = new[] { "T9" } }, Cancel)).StatusCode);
            Assert.Equal(204, (int)(await again.Owner.PostAsync(Base + "/end", null, Cancel)).StatusCode);
            Assert.Equal(409, (int)(await again.Owner.PostAsJsonAsync(Base + "/marks", new { ticket_ids = new[] { "T1" } }, Cancel)).StatusCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task the_list_is_who_is_inside_by_the_rules_whatever_comes_late_or_is_taken_back()
    {
        var folder = Directory.CreateTempSubdirectory("headcount-roll-call-");
        try
        {
            await using (var server = await RunningServer.StartAsync(dataFolder: folder.FullName))
            {
                var device = await OpenAsync(server);
                var start = TimeProvider.System.GetUtcNow();
                object Fact(string ticket, string type, int minutesAgo) => new { ticket_id = ticket, gate = "B", scan_type = type, timestamp = start.AddMinutes(-minutesAgo) };

                // T5 came and went; of T6 there are two entries; T1's exit is taken back once the roll-call has begun.
                (await device.PostAsJsonAsync("/api/scans/batch", new { scans = new[] { Fact("T5", "exit", 20), Fact("T6", "entry", 60), Fact("T6", "entry", 10) } }, Cancel)).EnsureSuccessStatusCode();
                var exit = (await (await device.PostAsJsonAsync("/api/scans", new { ticket_id = "T1", gate = "B", scan_type = "exit", timestamp = start }, Cancel)).Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("seq").GetInt64();
                (await server.Owner.PostAsync(Base, null, Cancel)).EnsureSuccessStatusCode();
                Assert.Equal(200, (int)(await device.PostAsync($"/api/scans/{exit}/annul", Http.Json("""{"reason":"did not turn"}"""), Cancel)).StatusCode);
                (await device.PostAsJsonAsync("/api/scans/batch", new { scans = new[] { Fact("T5", "entry", 40), Fact("T6", "exit", 30) } }, Cancel)).EnsureSuccessStatusCode();
                await CheckAsync(server);
                await server.StopAsync();
            }

            await using var again = await RunningServer.StartAsync(dataFolder: folder.FullName);

            // Whoever asks while it is read anew waits, and is not told of an empty house.
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => again.Owner.GetFromJsonAsync<JsonElement>(Base, Cancel)));
            Assert.Single(answers.Select(answer => answer.GetProperty("roll_call").GetProperty("counts").GetRawText()).Distinct());
            await CheckAsync(again);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static async Task CheckAsync(RunningServer server)
        {
            var people = (await server.Owner.GetFromJsonAsync<JsonElement>(Base, Cancel)).GetProperty("roll_call").GetProperty("people").EnumerateArray().ToDictionary(person => person.Text("ticket_id")!, person => person.Text("status"));
            Assert.Equal(["T1", "T2", "T3", "T6", "stranger"], people.Keys.Order(StringComparer.Ordinal));
            Assert.All(people.Values, status => Assert.Equal("missing", status));
            Assert.Equal(people.Count, (await server.Owner.GetFromJsonAsync<JsonElement>("/api/occupancy/current", Cancel)).GetProperty("occupancy").GetInt32());
        }
    }

    [Fact]
    public async Task whoever_follows_has_the_whole_list_first_and_then_who_changed()
    {
        await using var server = await RunningServer.StartAsync();
        await OpenAsync(server);
        (await server.Owner.PostAsync(Base, null, Cancel)).EnsureSuccessStatusCode();
        using var response = await server.Owner.GetAsync(Base + "/live", HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        Assert.Equal(4, (await NextAsync(lines)).GetProperty("people").GetArrayLength());
        await server.Owner.PostAsJsonAsync(Base + "/marks", new { ticket_ids = new[] { "T2" } }, Cancel);
        var next = await NextAsync(lines);
        Assert.Equal("T2", Assert.Single(next.GetProperty("people").EnumerateArray().ToArray()).Text("ticket_id"));
        Assert.Equal(3, next.GetProperty("counts").GetProperty("missing").GetInt32());
        await server.Owner.PostAsync(Base + "/end", null, Cancel);
        Assert.Equal("owner@localhost", (await NextAsync(lines)).Text("ended_by"));
    }

    [Fact]
    public async Task changes_are_written_down_with_who_and_from_and_to_and_cannot_be_taken_out()
    {
        await using var server = await RunningServer.StartAsync();
        var device = await OpenAsync(server);
        (await server.Owner.PatchAsJsonAsync("/api/events/club", new { capacity = 4 }, Cancel)).EnsureSuccessStatusCode();
        await device.PostAsJsonAsync("/api/scans", new { ticket_id = "T5", gate = "A", scan_type = "entry", timestamp = TimeProvider.System.GetUtcNow(), @override = new { reason = "=2+3" } }, Cancel);
        (await server.Owner.PostAsync("/api/events/club/close-day", null, Cancel)).EnsureSuccessStatusCode();
        var changes = (await server.Owner.GetFromJsonAsync<JsonElement>("/api/events/club/audit", Cancel)).GetProperty("changes").EnumerateArray().ToList();
        Assert.Equal("day_closed", changes[0].Text("action"));
        var capacity = changes.Single(change => change.Text("subject") == "event" && change.Text("action") == "changed");
        Assert.Equal("""[{"field":"capacity","from":"100","to":"4"}]""", capacity.GetProperty("fields").GetRawText());
        Assert.Equal(("owner@localhost", "api"), (capacity.Text("by"), capacity.Text("via")));
        Assert.Equal("T5", changes.Single(change => change.Text("action") == "override").Text("which"));
        Assert.Contains(changes, change => change.Text("subject") == "ticket" && change.Text("action") == "imported");
        Assert.Contains(changes, change => change.Text("subject") == "device" && change.Text("action") == "created" && change.Text("which") == "gate-1");
        var csv = await server.Owner.GetStringAsync("/api/events/club/audit?format=csv", Cancel);
        Assert.Contains("capacity,100,4", csv, StringComparison.Ordinal);
        Assert.Contains("'=2+3", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("\n=", csv, StringComparison.Ordinal);
        await using var db = server.Services.GetRequiredService<global::Headcount.Data.IDbReader>().Open();
        Assert.DoesNotContain("pbkdf", string.Join('\n', await Data.Sql.RowsAsync(db, "SELECT changes FROM audit WHERE changes IS NOT NULL")), StringComparison.OrdinalIgnoreCase);
        var writes = server.Services.GetRequiredService<global::Headcount.Data.IWriteQueue>();
        foreach (var sql in new[] { "UPDATE audit SET made_by = 'nobody'", "DELETE FROM audit" })
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => writes.WriteAsync((open, ct) => Data.Sql.RunAsync(open, sql, ct), Cancel));
    }

    private static async Task<HttpClient> OpenAsync(RunningServer server)
    {
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", Enumerable.Range(1, 9).Select(n => new { ticket_id = $"T{n}", ticket_type = "GENERAL" }));
        var device = await server.CreateDeviceAsync("club", "gate-1", scopes: ["supervise"]);
        var now = TimeProvider.System.GetUtcNow();
        var scans = new[] { "T1", "T2", "T3", "stranger" }.Select((ticket, index) => new { ticket_id = ticket, gate = index == 0 ? "A" : "B", scan_type = "entry", timestamp = now.AddMinutes(-10 + index) });
        (await device.PostAsJsonAsync("/api/scans/batch", new { scans }, Cancel)).EnsureSuccessStatusCode();
        return device;
    }

    private static async Task ScanAsync(HttpClient device, string ticket, string type) =>
        (await device.PostAsJsonAsync("/api/scans", new { ticket_id = ticket, gate = "B", scan_type = type, timestamp = TimeProvider.System.GetUtcNow() }, Cancel)).EnsureSuccessStatusCode();

    private static async Task<HttpClient> ClientAsync(RunningServer server, AccountRole role)
    {
        var userId = await server.Services.GetRequiredService<AccountService>().CreateAsync($"{role}@example.org", null, role, null, Cancel);
        return server.ClientFor((await server.Services.GetRequiredService<TokenService>().IssueForAccountAsync(userId, "test", null, Cancel)).Text);
    }

    private static async Task<JsonElement> NextAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync(Cancel) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]);
        }

        throw new InvalidOperationException("The stream ended.");
    }
}
