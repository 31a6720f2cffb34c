using System.Text.Json;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Gate;

/// <summary><c>POST /api/scans</c>: what a gate is told.</summary>
public abstract class ScanDoorContract(SharedServer shared)
{
    private static string[] KeysOf(Reply reply) => [.. reply.Json.EnumerateObject().Select(property => property.Name)];

    private static string[] WarningsOf(Reply reply) => [.. reply.Json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];

    [Fact]
    public async Task an_entry_is_accepted_with_the_keys_in_their_order()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var reply = await gate.ScanAsync("T1", id: "s1");
        Assert.Equal(200, reply.Status);
        Assert.Equal("application/json", reply.ContentType);
        Assert.Equal(Requests.Answered, KeysOf(reply));
        Assert.Equal("""{"status":"accepted","message":"Welcome!","ticket_id":"T1","ticket_type":"GENERAL","scan_id":"s1","seq":1,"current_occupancy":1,"capacity":100,"warnings":[]}""", reply.Text);
    }

    [Fact]
    public async Task a_refusal_is_403_with_reason_error_and_detail()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        await gate.ScanAsync("T1");
        var reply = await gate.ScanAsync("T1", "B");
        Assert.Equal(403, reply.Status);
        Assert.Equal(["status", "reason", "error", "detail", .. Requests.Answered[1..]], KeysOf(reply));
        Assert.Equal(("rejected", "already_inside", "Already inside", "Already inside"), (reply["status"], reply["reason"], reply["error"], reply["detail"]));
        Assert.Equal("1", reply["current_occupancy"]);
    }

    [Fact]
    public async Task an_exit_is_accepted_and_one_of_nobody_carries_a_warning()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        await gate.ScanAsync("T1");
        var exit = await gate.ScanAsync("T1", "B", "exit");
        Assert.Equal((200, "Goodbye!", "0"), (exit.Status, exit["message"], exit["current_occupancy"]));
        var other = await gate.ScanAsync("nobody", "Z", "exit");
        Assert.Equal(200, other.Status);
        Assert.Equal(["exit_without_entry"], WarningsOf(other));
        Assert.Equal("null", other["ticket_type"]);
    }

    [Fact]
    public async Task a_body_as_the_classic_sketch_sends_it_opens_the_gate()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var naive = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.ffffff", System.Globalization.CultureInfo.InvariantCulture);
        var reply = await gate.PostTextAsync("/api/scans", $$"""{"ticket_id": "T1", "gate": "A", "scan_type": "check_in", "timestamp": "{{naive}}", "device_id": "{{venue.DeviceId()}}", "battery": 0.7}""");
        Assert.Equal(200, reply.Status);
        Assert.Empty(WarningsOf(reply));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/vnd.gate+json")]
    public async Task what_curl_and_devices_call_json_is_taken(string? type)
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var reply = await gate.PostBytesAsync("/api/scans", JsonSerializer.SerializeToUtf8Bytes(new { ticket_id = "T1", gate = "A", scan_type = "IN", timestamp = Requests.Now }), type);
        Assert.Equal(200, reply.Status);
    }

    [Fact]
    public async Task what_is_left_out_is_filled_in_from_the_device()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync("way-in", "B", "entry");
        Assert.Equal(200, (await gate.ScanAsync("T1", null, null)).Status);
        Assert.Equal(200, (await gate.PostAsync("/api/scans", new { ticket_id = "T2", gate = (string?)null, scan_type = "", timestamp = Requests.Now })).Status);
        Assert.All(await venue.LogAsync(), record => Assert.Equal(("B", "entry", venue.DeviceId("way-in")),
            (record.GetProperty("gate").GetString(), record.GetProperty("scan_type").GetString(), record.GetProperty("device_id").GetString())));
    }

    [Fact]
    public async Task a_time_without_offset_is_on_the_devices_clock()
    {
        var venue = await shared.OpenAsync();
        var made = await venue.Server.Owner.PostAsync($"/api/events/{venue.Slug}/devices", new { device_id = venue.DeviceId("tokyo"), clock = "Asia/Tokyo" });
        using var gate = venue.Server.ClientFor(made["token"]!);
        var tokyo = TimeProvider.System.GetUtcNow().AddHours(9).ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        var reply = await gate.ScanAsync("T1", timestamp: tokyo);
        Assert.Equal(200, reply.Status);
        Assert.Empty(WarningsOf(reply));
        Assert.Equal(["clock_ahead"], WarningsOf(await gate.ScanAsync("T2", timestamp: tokyo + "Z")));
    }

    [Fact]
    public async Task a_device_bound_to_a_gate_lets_nobody_in_elsewhere_and_everybody_out()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync("a", "A");
        (await gate.ScanAsync("T1", "B")).IsProblem(403, "forbidden");
        Assert.Equal(200, (await gate.ScanAsync("T1")).Status);
        var exit = await gate.ScanAsync("T1", "B", "exit");
        Assert.Equal(200, exit.Status);
        Assert.Equal(["wrong_gate"], WarningsOf(exit));
        Assert.Equal(2, (await venue.LogAsync()).Length);
    }

    [Fact]
    public async Task the_tokens_device_counts_and_a_body_that_names_another_is_noted()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var reply = await gate.ScanAsync("T1", more: new { device_id = "somebody-elses" });
        Assert.Equal(["device_mismatch"], WarningsOf(reply));
        Assert.Equal(venue.DeviceId(), (await venue.LogAsync())[0].GetProperty("device_id").GetString());
    }

    [Fact]
    public async Task a_retry_gets_the_first_answer_word_for_word_refusals_too()
    {
        var venue = await shared.OpenAsync(capacity: 1);
        using var gate = await venue.DeviceAsync();
        var time = Requests.Now;
        var accepted = await gate.ScanAsync("T1", id: "a", timestamp: time);
        var refused = await gate.ScanAsync("T2", id: "b", timestamp: time);
        Assert.Equal((403, "at_capacity"), (refused.Status, refused["reason"]));
        await gate.ScanAsync("T1", type: "exit", id: "c");
        foreach (var (first, ticket, id) in new[] { (accepted, "T1", "a"), (refused, "T2", "b") })
        {
            var again = await gate.ScanAsync(ticket, id: id, timestamp: time);
            Assert.Equal((first.Status, first.Text), (again.Status, again.Text));
        }

        Assert.Equal(3, (await venue.LogAsync()).Length);
    }

    [Fact]
    public async Task a_scan_without_an_id_that_comes_again_is_a_repeat_too()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var time = Requests.Now;
        var first = await gate.ScanAsync("T1", timestamp: time);
        Assert.Equal((200, first.Text), (await gate.ScanAsync("T1", timestamp: time) is var again ? (again.Status, again.Text) : default));
    }

    [Fact]
    public async Task an_answer_is_the_same_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("headcount-server-").FullName;
        var time = Requests.Now;
        var replies = new List<string>();
        string? token = null;
        for (var start = 0; start < 2; start++)
        {
            await using var server = await RunningServer.StartAsync(dataFolder: folder);
            if (token is null)
            {
                await server.CreateEventAsync();
                await server.ImportTicketsAsync("club", [new { ticket_id = "T1", ticket_type = "VIP" }]);
                token = (await server.Owner.PostAsync("/api/events/club/devices", new { device_id = "d" }))["token"];
            }

            using var gate = server.ClientFor(token!);
            replies.Add((await gate.ScanAsync("T1", id: "s1", timestamp: time)).Text);
            replies.Add((await gate.ScanAsync("T9", id: "s2", timestamp: time)).Text);
        }

        Directory.Delete(folder, recursive: true);
        Assert.Equal(replies[..2], replies[2..]);
        Assert.Contains("unknown_ticket", replies[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_same_scan_id_for_another_scan_is_a_conflict()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        await gate.ScanAsync("T1", id: "s");
        var conflict = (await gate.ScanAsync("T2", id: "s")).IsProblem(409, "conflict");
        Assert.Equal(["scan_id"], conflict.WrongFields);
        Assert.Single(await venue.LogAsync());
    }

    [Fact]
    public async Task a_supervisor_overrides_a_full_house_and_is_named_in_the_log()
    {
        var venue = await shared.OpenAsync(capacity: 0);
        using var steward = await venue.DeviceAsync("steward");
        using var supervisor = await venue.DeviceAsync("supervisor", scopes: "supervise");
        (await steward.ScanAsync("T1", more: new { @override = new { reason = "family" } })).IsProblem(403, "forbidden");
        Assert.Empty(await venue.LogAsync());
        var reply = await supervisor.ScanAsync("T1", more: new { @override = new { reason = "family" } });
        Assert.Equal(200, reply.Status);
        Assert.Equal(["capacity_override"], WarningsOf(reply));
        var word = (await venue.LogAsync())[0].GetProperty("override");
        Assert.Equal((venue.DeviceId("supervisor"), "family"), (word.GetProperty("by").GetString(), word.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task an_override_needs_a_reason_and_a_decision_to_make()
    {
        var venue = await shared.OpenAsync(capacity: 0);
        using var supervisor = await venue.DeviceAsync(scopes: "supervise");
        foreach (var wrong in new object?[] { new { }, new { reason = "" }, new { reason = new string('x', 201) }, "yes", true, new[] { 1 } })
            Assert.Equal(["override"], (await supervisor.ScanAsync("T1", more: new { @override = wrong })).IsProblem(422, "malformed").WrongFields);
        Assert.Equal(["override"], (await supervisor.ScanAsync("T1", more: new { decided = "accepted", @override = new { reason = "x" } })).IsProblem(422, "malformed").WrongFields);
        Assert.Empty(await venue.LogAsync());
    }

    [Fact]
    public async Task a_fact_is_recorded_and_never_refused()
    {
        var venue = await shared.OpenAsync(capacity: 0);
        using var gate = await venue.DeviceAsync("a", "A");
        var reply = await gate.ScanAsync("nobody", "B", timestamp: Requests.Ago(TimeSpan.FromHours(2)), more: new { decided = "accepted" });
        Assert.Equal((200, "recorded"), (reply.Status, reply["status"]));
        Assert.Equal(["at_capacity", "unknown_ticket", "wrong_gate"], WarningsOf(reply).Order(StringComparer.Ordinal));
        Assert.Equal("1", reply["current_occupancy"]);
    }

    [Fact]
    public async Task what_a_device_refused_counts_for_nobody_and_no_gate_opens_on_it()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var reply = await gate.ScanAsync("T1", id: "s", timestamp: Requests.Ago(TimeSpan.FromHours(1)), more: new { decided = "rejected", reason = "no_reentry" });
        Assert.Equal((403, "rejected", "no_reentry", "0"), (reply.Status, reply["status"], reply["reason"], reply["current_occupancy"]));
        var log = await gate.ScanAsync("T2", more: new { outcome = "rejected", reason = "unpaid" });
        Assert.Equal((403, "unpaid"), (log.Status, log["reason"]));
        Assert.Equal(["reason"], (await gate.ScanAsync("T3", more: new { decided = "rejected", reason = "ugly" })).IsProblem(422, "malformed").WrongFields);
    }

    [Fact]
    public async Task a_line_of_a_log_that_is_no_scan_is_not_taken_for_one()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        foreach (var outcome in new[] { "annulled", "closed" })
            Assert.Equal(["outcome"], (await gate.ScanAsync("T1", more: new { outcome })).IsProblem(422, "malformed").WrongFields);
    }

    [Fact]
    public async Task a_changed_capacity_and_a_revoked_ticket_hold_from_the_next_scan()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        using var patch = new StringContent("""{"capacity":1}""");
        await venue.Server.Owner.PatchAsync($"/api/events/{venue.Slug}", patch, TestContext.Current.CancellationToken);
        Assert.Equal("1", (await gate.ScanAsync("T1"))["capacity"]);
        Assert.Equal("at_capacity", (await gate.ScanAsync("T2"))["reason"]);
        using var revoke = new StringContent("""{"status":"revoked"}""");
        await venue.Server.Owner.PatchAsync($"/api/tickets/T2?event={venue.Slug}", revoke, TestContext.Current.CancellationToken);
        Assert.Equal("revoked", (await gate.ScanAsync("T2"))["reason"]);
        Assert.Equal(200, (await gate.ScanAsync("T1", type: "exit")).Status);
    }

    [Fact]
    public async Task an_archived_event_takes_no_scan()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        await gate.ScanAsync("T1");
        await venue.Server.Owner.PostAsync($"/api/events/{venue.Slug}/archive", new { });
        (await gate.ScanAsync("T2")).IsProblem(409, "archived");
        (await gate.PostAsync("/api/scans/batch", new { scans = Array.Empty<object>() })).IsProblem(409, "archived");
        Assert.Single(await venue.LogAsync());
    }
}

public sealed class ScanDoorTests(SharedServer shared) : ScanDoorContract(shared), IClassFixture<SharedServer>;

public sealed class PostgresScanDoorTests(SharedPostgresServer shared) : ScanDoorContract(shared), IClassFixture<SharedPostgresServer>;
