using System.Net;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Manage;

/// <summary>Events over HTTP.</summary>
public sealed class EventTests
{
    private const string Path = "/api/events/club";

    [Fact]
    public async Task an_event_is_made_and_read_back_with_times_in_its_zone()
    {
        await using var server = await RunningServer.StartAsync();
        var made = await server.Owner.PostJsonAsync("/api/events", new
        {
            slug = "club", name = "Nuit <b>d'été</b>", zone = "Europe/Paris", capacity = 50, firm_capacity = 60, opens_at = "2030-06-01T20:00", closes_at = "2030-06-02T04:00:00Z",
            reentry_policy = "reject", reentry_minutes = 2.5, alert_levels = new[] { 100, 90 }, gates = new[] { "North", "Süd 1" },
            ticket_types = new object[] { new { name = "VIP", @override = true, gates = new[] { "North" }, valid_from = "2030-06-01T21:00", single_entry = true } },
        }, HttpStatusCode.Created);
        var read = await server.Owner.GetJsonAsync(Path);
        Assert.Equal(made.GetRawText(), read.GetRawText());
        Assert.Equal("2030-06-01T20:00:00+02:00", read.Text("opens_at"));
        Assert.Equal("2030-06-02T06:00:00+02:00", read.Text("closes_at"));
        Assert.Equal("[90,100]", read.GetProperty("alert_levels").GetRawText());
        Assert.Equal(2.5, read.GetProperty("reentry_minutes").GetDouble());
        Assert.Equal("Süd 1", read.GetProperty("gates")[1].GetString());
        Assert.Equal("2030-06-01T21:00:00+02:00", read.GetProperty("ticket_types")[0].Text("valid_from"));
        Assert.Equal("club", (await server.Owner.GetJsonAsync("/api/events")).GetProperty("events")[0].Text("slug"));
    }

    [Fact]
    public async Task every_wrong_field_is_told_at_once_and_nothing_is_kept()
    {
        await using var server = await RunningServer.StartAsync();
        var problem = await server.Owner.SendAsync(HttpMethod.Post, "/api/events", Http.Json("""
            {"slug":"No Slug","name":7.5,"zone":"Mars/Base","capacity":-1,"firm_capacity":"many","opens_at":"tomorrow","reentry_policy":"maybe","reentry_minutes":-2,"alert_levels":[0],
            "gates":["A","A","B/C","",true," D"],"ticket_types":[{"override":"yes"},{"name":"x","colour":"red"},5],"capcity":9}
            """), HttpStatusCode.UnprocessableEntity);
        Assert.Equal("malformed", problem.Text("code"));
        var errors = problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal);
        Assert.Equal(
        [
            "alert_levels", "capacity", "capcity", "firm_capacity", "gates[1]", "gates[1]".Replace('1', '3'), "gates[4]", "name", "opens_at", "reentry_minutes", "reentry_policy", "slug",
            "ticket_types[0].name", "ticket_types[0].override", "ticket_types[1].colour", "ticket_types[2]", "zone",
        ], errors.Where(name => name is not "gates[2]" and not "gates[5]"));
        Assert.Equal(0, (await server.Owner.GetJsonAsync("/api/events")).GetProperty("events").GetArrayLength());
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("nonsense", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("""{"slug":"a","slug":"b"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"slug":"\ud800","name":"a","zone":"UTC","capacity":1}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"slug":"a","name":"a\u0000b","zone":"UTC","capacity":1}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"slug":"a","name":"b","zone":"UTC","capacity":1.5}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"slug":"a","name":"b","zone":"local","capacity":1}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"slug":"a","name":"b","zone":"UTC","capacity":1,"opens_at":"2030-01-02T00:00","closes_at":"2030-01-01T00:00"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"slug":"a","name":"b","zone":"UTC","capacity":1,"gates":["A"],"ticket_types":[{"name":"VIP","gates":["Z"]}]}""", HttpStatusCode.UnprocessableEntity)]
    public async Task a_bad_body_is_refused_with_a_problem(string body, HttpStatusCode expected)
    {
        await using var server = await RunningServer.StartAsync();
        var problem = await server.Owner.SendAsync(HttpMethod.Post, "/api/events", Http.Json(body), expected);
        Assert.NotEmpty(problem.Text("error")!);
        Assert.Equal(0, (await server.Owner.GetJsonAsync("/api/events")).GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task a_body_of_ten_megabytes_is_refused_and_text_that_is_sql_is_only_text()
    {
        await using var server = await RunningServer.StartAsync();
        var tooLong = await server.Owner.SendAsync(HttpMethod.Post, "/api/events", Http.Json($$"""{"name":"{{new string('x', 10_000_000)}}"}"""), HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal("too_large", tooLong.Text("code"));
        const string sql = "x'); DROP TABLE events; --<script>alert(1)</script>";
        await server.CreateEventAsync("club", new { slug = "club", name = sql, zone = "UTC", capacity = 1 });
        Assert.Equal(sql, (await server.Owner.GetJsonAsync(Path)).Text("name"));
    }

    [Fact]
    public async Task a_slug_is_taken_once()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        var problem = await server.Owner.PostJsonAsync("/api/events", new { slug = "club", name = "Again", zone = "UTC", capacity = 1 }, HttpStatusCode.Conflict);
        Assert.Equal("conflict", problem.Text("code"));
        Assert.Contains("club", problem.Text("error"), StringComparison.Ordinal);
        Assert.Equal("Club night", (await server.Owner.GetJsonAsync(Path)).Text("name"));
        Assert.Equal("not_found", (await server.Owner.GetJsonAsync("/api/events/none", HttpStatusCode.NotFound)).Text("code"));
    }

    [Fact]
    public async Task a_changed_capacity_holds_from_the_next_scan_and_removes_nobody()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", Enumerable.Range(1, 5).Select(i => new { ticket_id = $"T{i}", ticket_type = "GENERAL" }));
        using var gate = await server.CreateDeviceAsync("club", "gate-a");
        Assert.Equal("accepted", (await gate.ScanAsync("T1")).Text("status"));
        Assert.Equal("accepted", (await gate.ScanAsync("T2")).Text("status"));
        await server.Owner.PatchJsonAsync(Path, new { capacity = 1 });
        var refused = await gate.ScanAsync("T3");
        Assert.Equal("at_capacity", refused.Text("reason"));
        Assert.Equal(2, refused.Number("current_occupancy"));
        Assert.Equal(1, refused.Number("capacity"));
        await server.Owner.PatchJsonAsync(Path, new { capacity = 3 });
        Assert.Equal("accepted", (await gate.ScanAsync("T3")).Text("status"));
    }

    [Fact]
    public async Task gates_and_types_are_changed_and_the_gates_go_by_them()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1", ticket_type = "GENERAL" }, new { ticket_id = "T2", ticket_type = "VIP" }]);
        using var gate = await server.CreateDeviceAsync("club", "scanner");
        Assert.Equal("unknown_gate", (await gate.ScanAsync("T1", "C")).Text("reason"));
        await server.Owner.PatchJsonAsync(Path, new { gates = new[] { "C", "B" }, capacity = 0 });
        Assert.Equal("at_capacity", (await gate.ScanAsync("T1", "C")).Text("reason"));
        Assert.Equal("unknown_gate", (await gate.ScanAsync("T1")).Text("reason"));
        await server.Owner.PatchJsonAsync(Path, new { ticket_types = new object[] { new { name = "GENERAL", @override = true }, new { name = "VIP", gates = new[] { "B" } } } });
        Assert.Equal("accepted", (await gate.ScanAsync("T1", "C")).Text("status"));
        Assert.Equal("wrong_gate", (await gate.ScanAsync("T2", "C")).Text("reason"));

        var problem = await server.Owner.PatchJsonAsync(Path, new { ticket_types = new object[] { new { name = "GENERAL" } } }, HttpStatusCode.UnprocessableEntity);
        Assert.Contains("VIP", problem.GetProperty("errors").Text("ticket_types"), StringComparison.Ordinal);
        Assert.Equal("wrong_gate", (await gate.ScanAsync("T2", "C")).Text("reason"));
    }

    [Fact]
    public async Task parallel_changes_of_one_event_do_not_lose_one_another()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await Task.WhenAll(Enumerable.Range(1, 20).SelectMany(i => new[]
        {
            server.Owner.PatchJsonAsync(Path, new { capacity = 1000 + i }),
            server.Owner.PatchJsonAsync(Path, i % 2 == 0 ? new { firm_capacity = 2000 + i } : new { name = $"Name {i}" }),
        }));
        var read = await server.Owner.GetJsonAsync(Path);
        Assert.True(read.Number("capacity") > 1000);
        Assert.True(read.Number("firm_capacity") > 2000);
        Assert.StartsWith("Name ", read.Text("name"), StringComparison.Ordinal);
        Assert.Equal(read.Number("capacity"), (await server.Owner.GetJsonAsync("/api/occupancy/current")).Number("capacity"));
    }

    [Fact]
    public async Task null_clears_and_what_was_read_may_be_sent_back()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync("club", new { slug = "club", name = "Club", zone = "UTC", capacity = 5, firm_capacity = 6, opens_at = "2020-01-01T00:00" });
        var cleared = await server.Owner.PatchJsonAsync(Path, new { firm_capacity = (int?)null, opens_at = (string?)null });
        Assert.Equal(System.Text.Json.JsonValueKind.Null, cleared.GetProperty("firm_capacity").ValueKind);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, cleared.GetProperty("opens_at").ValueKind);
        Assert.Equal(cleared.GetRawText(), (await server.Owner.PatchJsonAsync(Path, Http.Json(cleared.GetRawText()))).GetRawText());
        await server.Owner.PatchJsonAsync(Path, new { capacity = (int?)null }, HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task an_archived_event_takes_no_scans_until_it_is_taken_up_again()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1" }, new { ticket_id = "T2" }]);
        using var gate = await server.CreateDeviceAsync("club", "gate-a");
        Assert.Equal("accepted", (await gate.ScanAsync("T1")).Text("status"));
        Assert.True((await server.Owner.PostJsonAsync($"{Path}/archive", null)).GetProperty("archived").GetBoolean());
        Assert.False((await gate.ScanAsync("T2")).TryGetProperty("status", out var status) && status.ValueKind == System.Text.Json.JsonValueKind.String);
        Assert.Equal("archived", (await server.Owner.PostJsonAsync($"{Path}/close-day", null, HttpStatusCode.Conflict)).Text("code"));
        await server.Owner.PostJsonAsync($"{Path}/unarchive", null);
        Assert.Equal("accepted", (await gate.ScanAsync("T2")).Text("status"));
    }

    [Fact]
    public async Task closing_the_day_ends_every_stay()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1" }, new { ticket_id = "T2" }]);
        using var gate = await server.CreateDeviceAsync("club", "gate-a");
        await gate.ScanAsync("T1");
        await gate.ScanAsync("T2");
        var wrong = await server.Owner.PostJsonAsync($"{Path}/close-day", new { at = "later" }, HttpStatusCode.UnprocessableEntity);
        Assert.Contains("at", wrong.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        var closed = await server.Owner.PostJsonAsync($"{Path}/close-day", null);
        Assert.Equal(3, closed.Number("seq"));
        Assert.Equal(0, closed.Number("current_occupancy"));
        Assert.Equal(0, (await server.Owner.GetJsonAsync("/api/occupancy/current")).Number("occupancy"));
    }
}
