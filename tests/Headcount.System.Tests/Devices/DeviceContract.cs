using System.Net;
using System.Text;
using System.Text.Json;
using Headcount.Client;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Server;
using Headcount.SystemTests.Manage;
using Headcount.SystemTests.Serving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Headcount.SystemTests.Devices;

/// <summary>What devices live by, on every database: pairing, register, heartbeats, codes, leases, and what is known afterwards.</summary>
public abstract class DeviceContract : ServingContract
{
    private readonly MovedClock _clock = new();

    private string Now => _clock.GetUtcNow().ToString("O");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_device_is_paired_by_a_code_that_is_good_once_and_for_a_quarter_of_an_hour()
    {
        await using var server = await StartAsync(WithClock);
        await server.CreateEventAsync();
        using var before = await server.CreateDeviceAsync("club", "d1", "A", scopes: ["counts"]);
        using var nobody = new HttpClient { BaseAddress = server.Address };
        var issued = await server.Owner.PostJsonAsync("/api/events/club/devices/d1/pairing", null, HttpStatusCode.Created);
        Assert.EndsWith($"/scanner#pair={issued.Text("code")}", issued.Text("link"), StringComparison.Ordinal);
        var paired = await HeadcountClient.PairAsync(server.Address, issued.Text("code")!, Cancel);
        Assert.Equal(("club", "d1", "A", "leased", 1), (paired.Event, paired.Device.DeviceId, paired.Device.Gate, paired.Device.DegradedMode, paired.Protocol));
        using var device = server.ClientFor(paired.Token);
        await device.GetJsonAsync("/api/occupancy/current");
        await before.GetJsonAsync("/api/occupancy/current", HttpStatusCode.Unauthorized);

        // Replayed, replaced, over, made up.
        Assert.Equal("conflict", (await nobody.PostJsonAsync("/api/devices/pair", new { code = issued.Text("code") }, HttpStatusCode.Conflict)).Text("code"));
        var replaced = await server.Owner.PostJsonAsync("/api/events/club/devices/d1/pairing", null, HttpStatusCode.Created);
        var late = await server.Owner.PostJsonAsync("/api/events/club/devices/d1/pairing", null, HttpStatusCode.Created);
        await nobody.PostJsonAsync("/api/devices/pair", new { code = replaced.Text("code") }, HttpStatusCode.Unauthorized);
        _clock.Move(TimeSpan.FromMinutes(15));
        await nobody.PostJsonAsync("/api/devices/pair", new { code = late.Text("code") }, HttpStatusCode.Unauthorized);
        await nobody.PostJsonAsync("/api/devices/pair", new { code = "hcp_nonsense" }, HttpStatusCode.Unauthorized);
        Assert.Equal(["code"], (await nobody.PostJsonAsync("/api/devices/pair", new { }, HttpStatusCode.UnprocessableEntity)).GetProperty("errors").EnumerateObject().Select(error => error.Name));
        await server.Owner.PostJsonAsync("/api/events/club/devices/none/pairing", null, HttpStatusCode.NotFound);
        await device.GetJsonAsync("/api/occupancy/current");
    }

    [Fact]
    public async Task two_who_show_the_same_code_at_once_get_one_token()
    {
        await using var server = await StartAsync();
        await server.CreateEventAsync();
        using var device = await server.CreateDeviceAsync("club", "d1");
        using var nobody = new HttpClient { BaseAddress = server.Address };
        var code = (await server.Owner.PostJsonAsync("/api/events/club/devices/d1/pairing", null, HttpStatusCode.Created)).Text("code");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => nobody.PostAsync("/api/devices/pair", Http.Json($$"""{"code":"{{code}}"}"""), Cancel)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task a_device_decides_by_the_register_as_the_server_would()
    {
        await using var server = await StartAsync();
        await server.CreateEventAsync("club", new
        {
            slug = "club", name = "Club", zone = "Europe/London", capacity = 100, reentry_policy = "reject", gates = new[] { "A", "B" },
            degraded_modes = new[] { new { gate = "B", mode = "open" } },
            ticket_types = new object[] { new { name = "VIP", @override = true }, new { name = "ONCE", single_entry = true, gates = new[] { "A" } } },
        });
        await server.ImportTicketsAsync("club",
        [
            new { ticket_id = "T1", ticket_type = "VIP", user_id = "ada@example.org" }, new { ticket_id = "T2", status = "revoked" }, new { ticket_id = "T3", status = "unpaid" }, new { ticket_id = "T4", ticket_type = "ONCE" },
            new { ticket_id = "T5", gates = new[] { "B" } }, new { ticket_id = "T6", valid_until = "2001-01-01T00:00" }, new { ticket_id = "T7" }, new { ticket_id = "Zürich \"7\"" }, new { ticket_id = "T9", single_entry = true },
        ]);
        using var device = await server.CreateDeviceAsync("club", "d1", scopes: ["register"]);
        foreach (var (ticket, type) in new[] { ("T1", "entry"), ("T4", "entry"), ("T4", "exit"), ("T7", "entry"), ("T7", "exit"), ("T9", "entry"), ("T9", "exit"), ("Zürich \"7\"", "entry") }) await device.ScanAsync(ticket, "A", type);
        var register = await DownloadAsync(device);
        Assert.DoesNotContain("ada", await (await device.GetAsync("/api/devices/register", Cancel)).Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal((9, DegradedMode.Open, DegradedMode.Leased), (register.Tickets.Count, register.Header!.DegradedModes["B"], register.Header.DegradedModes["A"]));
        var offline = register.ToAdmission();
        var mailbox = server.Services.GetRequiredService<EventHost>().Open.Single();
        Assert.Equal(mailbox.Figures.Occupancy, offline.Actual);
        Instant now = TimeProvider.System.GetUtcNow();
        foreach (var ticket in new[] { "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T9", "Zürich \"7\"", "nobody" })
        {
            foreach (var gate in new[] { "A", "B", "C" })
            {
                foreach (var type in new[] { ScanType.Entry, ScanType.Exit })
                {
                    var attempt = new Attempt(new Scan(new TicketId(ticket), new GateName(gate), type, now), now);
                    var there = await mailbox.AskAsync(admission => admission.Decide(attempt));
                    var here = offline.Decide(attempt);
                    Assert.Equal((ticket, gate, there.Outcome, there.Reason, there.Warnings, there.TicketType), (ticket, gate, here.Outcome, here.Reason, here.Warnings, here.TicketType));
                }
            }
        }
    }

    [Fact]
    public async Task changes_bring_a_device_to_where_a_snapshot_would_revoked_first()
    {
        await using var server = await StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", Enumerable.Range(0, 3_000).Select(i => new { ticket_id = $"T{i:D4}" }));
        using var device = await server.CreateDeviceAsync("club", "d1", scopes: ["register"]);
        var register = await DownloadAsync(device);
        Assert.Equal(3_000, register.Tickets.Count);
        var nothing = await LinesAsync(device, register);
        Assert.Equal(2, nothing.Count);

        foreach (var ticket in new[] { "T0001", "T0002", "T0003" }) await device.ScanAsync(ticket);
        var taken = await device.ScanAsync("T0004");
        await device.PostJsonAsync($"/api/scans/{taken.Number("seq")}/annul", new { reason = "did not turn" });
        await server.Owner.PatchJsonAsync("/api/tickets/T0009", new { ticket_type = "VIP" });
        await server.Owner.PatchJsonAsync("/api/tickets/T0010", new { status = "revoked" });
        await server.ImportTicketsAsync("club", [new { ticket_id = "NEW" }]);
        await server.Owner.PatchJsonAsync("/api/events/club", new { capacity = 50 });
        var lines = await LinesAsync(device, register);
        Assert.Equal(["T0010", "T0009", "NEW"], lines.Where(line => line.StartsWith("[\"t\"", StringComparison.Ordinal)).Select(line => JsonDocument.Parse(line).RootElement[1].GetString()).OrderBy(id => id == "NEW").ThenBy(id => id == "T0009"));
        Assert.Contains("T0010", lines[1], StringComparison.Ordinal);
        foreach (var line in lines) register.Take(Encoding.UTF8.GetBytes(line));
        var fresh = await DownloadAsync(device);
        Assert.Equal((50, fresh.Header!.Version, fresh.Header.Seq), (register.Header!.Rules.Capacity, register.Header.Version, register.Header.Seq));
        Assert.Equal(fresh.Tickets.OrderBy(ticket => ticket.TicketId.Value, StringComparer.Ordinal).Select(Told), register.Tickets.OrderBy(ticket => ticket.TicketId.Value, StringComparer.Ordinal).Select(Told));
        Assert.Equal(fresh.Presence.Where(one => one.IsInside).Select(one => one.TicketId.Value).Order(StringComparer.Ordinal), register.Presence.Where(one => one.IsInside).Select(one => one.TicketId.Value).Order(StringComparer.Ordinal));
        Assert.Equal(3, register.ToAdmission().Actual);
    }

    [Fact]
    public async Task a_version_that_is_not_known_or_a_day_that_was_closed_gives_everything_anew()
    {
        await using var server = await StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1" }]);
        using var device = await server.CreateDeviceAsync("club", "d1", scopes: ["register"]);
        var register = await DownloadAsync(device);
        var version = register.Header!.Version;
        Assert.Equal("changes", await KindAsync(device, $"since={version}&seq=0"));
        Assert.Equal("snapshot", await KindAsync(device, "since=0123456789ab.3&seq=0"));
        Assert.Equal("snapshot", await KindAsync(device, $"since={version}&seq=99"));
        Assert.Equal("snapshot", await KindAsync(device, $"since={version}9&seq=0"));
        await device.GetJsonAsync($"/api/devices/register?since={version}", HttpStatusCode.UnprocessableEntity);
        await device.GetJsonAsync($"/api/devices/register?since={version}&seq=x", HttpStatusCode.UnprocessableEntity);
        await device.ScanAsync("T1");
        await server.Owner.PostJsonAsync("/api/events/club/close-day", null);
        Assert.Equal("snapshot", await KindAsync(device, $"since={version}&seq=0"));
        using var scanner = await server.CreateDeviceAsync("club", "d2");
        await scanner.GetJsonAsync("/api/devices/register", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task a_heartbeat_says_how_a_device_is_and_the_office_is_told()
    {
        await using var server = await StartAsync();
        await server.CreateEventAsync();
        using var device = await server.CreateDeviceAsync("club", "d1", "A", scopes: ["register"]);
        var answer = await device.PostJsonAsync("/api/devices/heartbeat", new { queue_length = 4, oldest_waiting_at = "2025-09-30T18:00:00Z", clock = "1970-01-01T00:00:05Z", battery = 12.5, app_version = "1.0", mode = "entry" });
        Assert.True(answer.Number("clock_offset_ms") < -1_000_000_000_000);
        Assert.Equal((3, 3, 1), (answer.Number("heartbeat_seconds"), answer.Number("offline_after_seconds"), answer.Number("protocol")));
        var told = Assert.Single((await server.Owner.GetJsonAsync("/api/events/club/devices")).GetProperty("devices").EnumerateArray()).GetProperty("heartbeat");
        Assert.Equal((4, 12.5, "1.0", true), (told.Number("queue_length"), told.GetProperty("battery").GetDouble(), told.Text("app_version"), told.GetProperty("offline").GetBoolean()));
        await device.PostJsonAsync("/api/devices/heartbeat", new { });
        var wrong = await device.PostJsonAsync("/api/devices/heartbeat", new { queue_length = -1, clock = "noon", battery = 101, gate = "a/b", lease = "x", nonsense = 1 }, HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["battery", "clock", "gate", "lease", "nonsense", "queue_length"], wrong.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        await server.Owner.PostJsonAsync("/api/devices/heartbeat?event=club", new { }, HttpStatusCode.Forbidden);
        using var nobody = server.ClientFor("hcd_wrong");
        await nobody.PostJsonAsync("/api/devices/heartbeat", new { }, HttpStatusCode.Unauthorized);
        await server.Owner.SendAsync(HttpMethod.Delete, "/api/events/club/devices/d1", null, HttpStatusCode.NoContent);
        await device.PostJsonAsync("/api/devices/heartbeat", new { }, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task what_a_device_is_set_to_holds_from_its_next_request_on()
    {
        await using var server = await StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1" }]);
        using var device = await server.CreateDeviceAsync("club", "d1", "A");
        await server.Owner.PatchJsonAsync("/api/events/club/devices/d1", new { validate_only = true, degraded_mode = "closed", gate = "B" });
        var set = (await device.PostJsonAsync("/api/devices/heartbeat", new { })).GetProperty("device");
        Assert.Equal((true, "closed", "B"), (set.GetProperty("validate_only").GetBoolean(), set.Text("degraded_mode"), set.Text("gate")));
        Assert.Equal("forbidden", (await device.ScanAsync("T1", "B")).Text("code"));
        Assert.Equal("accepted", (await device.ScanAsync("T1", "B", "exit")).Text("status"));
        Assert.True((await device.GetJsonAsync("/api/tickets/T1/validate")).GetProperty("is_valid").GetBoolean());
        await server.Owner.PatchJsonAsync("/api/events/club/devices/d1", Http.Json("""{"validate_only":false,"degraded_mode":null,"gate":null}"""));
        await server.Owner.PatchJsonAsync("/api/events/club", new { degraded_modes = new[] { new { gate = "A", mode = "open" } } });
        Assert.Equal("open", (await device.PostJsonAsync("/api/devices/heartbeat", new { gate = "A" })).GetProperty("device").Text("degraded_mode"));
        Assert.Equal("accepted", (await device.ScanAsync("T1", "A")).Text("status"));
        var wrong = await server.Owner.PatchJsonAsync("/api/events/club/devices/d1", new { degraded_mode = "ajar", gate = "Z", device_id = "x" }, HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["degraded_mode", "device_id", "gate"], wrong.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    [Fact]
    public async Task a_signed_code_stands_for_its_ticket_and_a_forged_foreign_or_expired_one_for_none()
    {
        await using var server = await StartAsync();
        await server.CreateEventAsync();
        await server.CreateEventAsync("other");
        foreach (var slug in new[] { "club", "other" }) await server.ImportTicketsAsync(slug, [new { ticket_id = "T1", ticket_type = "VIP" }, new { ticket_id = "T2" }, new { ticket_id = "T3" }]);
        await server.Owner.PostJsonAsync("/api/events/club/codes", new { ticket_ids = new[] { "T1" } }, HttpStatusCode.Conflict);
        var key = await server.Owner.PostJsonAsync("/api/events/club/keys", null, HttpStatusCode.Created);
        await server.Owner.PostJsonAsync("/api/events/other/keys", null, HttpStatusCode.Created);
        using var device = await server.CreateDeviceAsync("club", "d1", scopes: ["register", "supervise"]);
        var good = await CodeAsync(server, "club", "T1");

        // Small letters, as some scanners give them.
        Assert.True((await device.GetJsonAsync($"/api/tickets/{good}/validate")).GetProperty("is_valid").GetBoolean());
        var admitted = await device.ScanAsync(good.ToLowerInvariant());
        Assert.Equal(("accepted", "T1", "VIP"), (admitted.Text("status"), admitted.Text("ticket_id"), admitted.Text("ticket_type")));
        Assert.Equal("already_inside", (await device.ScanAsync("T1")).Text("reason"));
        Assert.Equal("unknown_ticket", (await device.ScanAsync(await CodeAsync(server, "other", "T2"))).Text("reason"));
        var forged = await CodeAsync(server, "club", "T2");
        forged = forged[..^3] + (forged[^3] == 'A' ? 'B' : 'A') + forged[^2..];
        var refused = await device.ScanAsync(forged);
        Assert.Equal("unknown_ticket", refused.Text("reason"));
        Assert.StartsWith("HCT1.?", refused.Text("ticket_id"), StringComparison.Ordinal);
        Assert.Equal("outside_validity", (await device.ScanAsync(await CodeAsync(server, "club", "T2", "2001-01-01T00:00"))).Text("reason"));
        Assert.Equal("accepted", (await device.ScanAsync(await CodeAsync(server, "club", "T1", "2001-01-01T00:00"), type: "exit")).Text("status"));
        Assert.DoesNotContain("T2", (await device.GetJsonAsync("/api/tickets/T2/scans")).EnumerateArray().Where(scan => scan.Text("reason") == "unknown_ticket").Select(scan => scan.Text("ticket_id")));

        // A new key: what the old one signed stays good, until that is revoked.
        var old = await CodeAsync(server, "club", "T2");
        await server.Owner.PostJsonAsync("/api/events/club/keys", null, HttpStatusCode.Created);
        Assert.Equal("accepted", (await device.ScanAsync(old)).Text("status"));
        await device.ScanAsync("T2", type: "exit");
        await server.Owner.PostJsonAsync($"/api/events/club/keys/{key.Number("key_id")}/revoke", null);
        Assert.Equal("revoked", (await device.ScanAsync(old)).Text("reason"));
        var keys = (await DownloadAsync(device)).Header!.Keys;
        Assert.Equal([true, false], keys.Select(one => one.IsRevoked));

        await server.Owner.PatchJsonAsync("/api/events/club", new { requires_codes = true });
        Assert.Equal("unknown_ticket", (await device.ScanAsync("T3")).Text("reason"));
        Assert.Equal("accepted", (await device.ScanAsync(await CodeAsync(server, "club", "T3"))).Text("status"));
        Assert.Equal("accepted", (await device.ScanAsync("T3", type: "exit")).Text("status"));
    }

    [Fact]
    public async Task a_device_without_the_register_decides_by_codes_alone()
    {
        await using var server = await StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1", ticket_type = "VIP" }, new { ticket_id = "T2", status = "revoked" }]);
        await server.Owner.PostJsonAsync("/api/events/club/keys", null, HttpStatusCode.Created);
        using var device = await server.CreateDeviceAsync("club", "d1");
        var register = await DownloadAsync(device, codesOnly: true);
        Assert.Equal("T2", Assert.Single(register.Tickets).TicketId.Value);
        var key = NSec.Cryptography.PublicKey.Import(NSec.Cryptography.SignatureAlgorithm.Ed25519, Assert.Single(register.Header!.Keys).PublicKey.Span, NSec.Cryptography.KeyBlobFormat.RawPublicKey);
        foreach (var (ticket, reason) in new[] { ("T1", RefusalReason.None), ("T2", RefusalReason.Revoked) })
        {
            Assert.True(TicketCode.TryRead(await CodeAsync(server, "club", ticket), out var code, out var content, out var signature));
            var terms = code!.Judge(register.Header.EventId, NSec.Cryptography.SignatureAlgorithm.Ed25519.Verify(key, content, signature), isKeyRevoked: false);
            register.Adopt(code);
            Instant now = TimeProvider.System.GetUtcNow();
            Assert.Equal(reason, register.ToAdmission().Decide(new Attempt(new Scan(code.TicketId, new GateName("A"), ScanType.Entry, now), now) { Code = terms }).Reason);
        }

        await device.GetJsonAsync("/api/devices/register?part=some", HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task codes_are_given_as_csv_and_keys_survive_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("headcount-devices-").FullName;
        string code;
        await using (var server = await StartAsync(folder: folder))
        {
            await server.CreateEventAsync();
            await server.ImportTicketsAsync("club", [new { ticket_id = "T1", ticket_type = "VIP" }, new { ticket_id = "=A,1" }, new { ticket_id = "T3", status = "revoked" }]);
            await server.Owner.PostJsonAsync("/api/events/club/keys", null, HttpStatusCode.Created);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/events/club/codes");
            request.Headers.Add("Accept", "text/csv");
            using var response = await server.Owner.SendAsync(request, Cancel);
            var rows = (await response.Content.ReadAsStringAsync(Cancel)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal("ticket_id,ticket_type,code", rows[0]);
            Assert.Equal(["\"'=A,1\",", "T1,VIP"], rows[1..].Select(row => row[..row.LastIndexOf(',')]).Order(StringComparer.Ordinal));
            code = rows.Single(row => row.StartsWith("T1,", StringComparison.Ordinal)).Split(',')[^1];
            var secret = await server.Owner.GetStringAsync("/api/events/club/keys", Cancel);
            Assert.DoesNotContain("private", secret, StringComparison.OrdinalIgnoreCase);
            await server.StopAsync();
        }

        await using (var again = await StartAsync(folder: folder))
        {
            using var device = await again.CreateDeviceAsync("club", "d1");
            Assert.Equal(code, await CodeAsync(again, "club", "T1"));
            Assert.Equal("accepted", (await device.ScanAsync(code)).Text("status"));
            await again.StopAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task a_batch_and_a_fact_take_codes_too()
    {
        await using var server = await StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1" }]);
        await server.Owner.PostJsonAsync("/api/events/club/keys", null, HttpStatusCode.Created);
        using var device = await server.CreateDeviceAsync("club", "d1", "A", "entry", ["register", "supervise"]);
        var code = await CodeAsync(server, "club", "T1");
        var answer = await device.PostJsonAsync("/api/scans/batch?results=all", new { scans = new[] { new { ticket_id = code, timestamp = Now, scan_id = "1" }, new { ticket_id = code[..^8] + "AAAAAAAA", timestamp = Now, scan_id = "2" } } });
        Assert.Equal(2, answer.Number("recorded"));
        Assert.Equal("[]", answer.GetProperty("results")[0].GetProperty("warnings").GetRawText());
        Assert.Equal("""["unknown_ticket"]""", answer.GetProperty("results")[1].GetProperty("warnings").GetRawText());
        Assert.True((await device.GetJsonAsync("/api/tickets/T1")).GetProperty("inside").GetBoolean());
    }

    [Fact]
    public async Task places_of_a_gate_that_is_cut_off_are_taken_for_everyone_else_through_a_restart_too()
    {
        var folder = Directory.CreateTempSubdirectory("headcount-devices-").FullName;
        string near, far;
        long lease;
        await using (var server = await StartAsync(WithClock, folder))
        {
            await server.CreateEventAsync("club", new { slug = "club", name = "Club", zone = "UTC", capacity = 10, gates = new[] { "A", "B" }, ticket_types = new[] { new { name = "DAY" } } });
            await server.ImportTicketsAsync("club", Enumerable.Range(0, 40).Select(i => new { ticket_id = $"T{i:D2}", ticket_type = "DAY" }));
            (near, far) = (await TokenAsync(server, "near", "A"), await TokenAsync(server, "far", "B"));
            using var a = server.ClientFor(near);
            using var b = server.ClientFor(far);
            var beat = await b.PostJsonAsync("/api/devices/heartbeat", new { });
            lease = beat.GetProperty("lease").Number("number");
            Assert.Equal(5, beat.GetProperty("lease").Number("places"));

            // Nearly everybody comes in there.
            await b.PostJsonAsync("/api/scans/batch", new { scans = Enumerable.Range(0, 190).Select(i => new { ticket_id = "T39", timestamp = Now, scan_id = $"early-{i}", scan_type = i % 2 == 0 ? "entry" : "exit" }) });
            for (var i = 0; i < 4; i++) Assert.Equal("accepted", (await a.ScanAsync($"T{i:D2}", at: Now)).Text("status"));
            Assert.Equal(5, (await b.PostJsonAsync("/api/devices/heartbeat", new { lease })).GetProperty("lease").Number("places"));
            lease = (await b.PostJsonAsync("/api/devices/heartbeat", new { lease })).GetProperty("lease").Number("number");
            await b.PostJsonAsync("/api/devices/heartbeat", new { lease });
            Assert.Equal("accepted", (await a.ScanAsync("T04", at: Now)).Text("status"));
            _clock.Move(TimeSpan.FromSeconds(11));
            Assert.Equal("at_capacity", (await a.ScanAsync("T05", at: Now)).Text("reason"));
            var current = await a.GetJsonAsync("/api/occupancy/current");
            Assert.Equal((5, 5, 5, 1), (current.Number("occupancy"), current.Number("on_lease"), current.Number("held"), current.Number("cut_off")));
            Assert.Equal([0, 5], (await a.GetJsonAsync("/api/gates")).GetProperty("gates").EnumerateArray().Select(gate => gate.Number("held")));

            // Somebody leaves: there is room again beside what is held.
            await a.ScanAsync("T00", type: "exit", at: Now);
            Assert.Equal("accepted", (await a.ScanAsync("T05", at: Now)).Text("status"));
            Assert.Equal("at_capacity", (await a.ScanAsync("T06", at: Now)).Text("reason"));
            await server.StopAsync();
        }

        await using (var server = await StartAsync(WithClock, folder))
        {
            using var a = server.ClientFor(near);
            using var b = server.ClientFor(far);
            Assert.Equal("at_capacity", (await a.ScanAsync("T07", at: Now)).Text("reason"));
            var late = Enumerable.Range(20, 3).Select(i => new { ticket_id = $"T{i:D2}", timestamp = Now, scan_id = $"late-{i}", gate = "B", scan_type = "entry" });
            await b.PostJsonAsync("/api/devices/heartbeat", new { lease, queue_length = 3 });
            await b.PostJsonAsync("/api/scans/batch", new { scans = late });
            var current = await a.GetJsonAsync("/api/occupancy/current");
            Assert.Equal(8, current.Number("occupancy"));
            Assert.InRange(current.Number("held"), 0, 3);
            await b.PostJsonAsync("/api/devices/heartbeat", new { lease, queue_length = 0 });
            Assert.Equal(0, (await a.GetJsonAsync("/api/occupancy/current")).Number("held"));
            for (var i = 7; i < 9; i++) Assert.Equal("accepted", (await a.ScanAsync($"T{i:D2}", at: Now)).Text("status"));
            Assert.Equal("at_capacity", (await a.ScanAsync("T11", at: Now)).Text("reason"));
            await server.StopAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task an_offline_period_tells_what_came_in_late_and_what_contradicts_each_other()
    {
        await using var server = await StartAsync(WithClock);
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", Enumerable.Range(0, 10).Select(i => new { ticket_id = $"T{i}", status = i == 9 ? "revoked" : "valid" }));
        using var a = await server.CreateDeviceAsync("club", "near", "A");
        using var b = await server.CreateDeviceAsync("club", "far", "B");
        await b.PostJsonAsync("/api/devices/heartbeat", new { });
        _clock.Move(TimeSpan.FromSeconds(30));
        var offline = Now;
        _clock.Move(TimeSpan.FromSeconds(30));
        await a.ScanAsync("T1", "A", at: Now);
        _clock.Move(TimeSpan.FromSeconds(30));
        await b.PostJsonAsync("/api/devices/heartbeat", new { queue_length = 4, clock = Now, offline_since = offline });
        await b.PostJsonAsync("/api/scans/batch", new
        {
            scans = new object[]
            {
                new { ticket_id = "T1", timestamp = offline, scan_id = "1", scan_type = "entry" }, new { ticket_id = "T2", timestamp = offline, scan_id = "2", scan_type = "entry" },
                new { ticket_id = "T9", timestamp = offline, scan_id = "3", scan_type = "entry" }, new { ticket_id = "T3", timestamp = offline, scan_id = "4", scan_type = "entry", decided = "rejected", reason = "at_capacity" },
            },
        });
        await b.PostJsonAsync("/api/devices/heartbeat", new { });
        var period = Assert.Single((await server.Owner.GetJsonAsync("/api/devices/far/offline-periods?event=club")).GetProperty("periods").EnumerateArray());
        Assert.Equal((4, 3, 0, 1), (period.Number("late"), period.Number("entries"), period.Number("exits"), period.Number("refused")));
        Assert.Equal((0, 3), (period.GetProperty("change").Number("before"), period.GetProperty("change").Number("after")));
        Assert.NotNull(period.Text("ended_at"));
        var contradictions = period.GetProperty("contradictions").EnumerateArray().ToList();
        Assert.Equal(["duplicate_entry", "revoked"], contradictions.Select(one => one.Text("kind")));
        Assert.Equal(("T1", "A", "near", "B", "far"), (contradictions[0].Text("ticket_id"), contradictions[0].Text("gate"), contradictions[0].Text("device_id"), contradictions[0].Text("earlier_gate"), contradictions[0].Text("earlier_device_id")));
        Assert.Equal(0, (await server.Owner.GetJsonAsync("/api/devices/near/offline-periods?event=club")).GetProperty("periods").GetArrayLength());
        await server.Owner.GetJsonAsync("/api/devices/none/offline-periods?event=club", HttpStatusCode.NotFound);
        await b.GetJsonAsync("/api/devices/far/offline-periods", HttpStatusCode.Forbidden);
    }

    private ServerOptions WithClock(ServerOptions options) => options with { Adjust = builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_clock)) };

    private static async Task<string> TokenAsync(RunningServer server, string id, string gate) =>
        (await server.Owner.PostJsonAsync("/api/events/club/devices", new { device_id = id, gate, scopes = new[] { "counts" } }, HttpStatusCode.Created)).Text("token")!;

    private static async Task<string> CodeAsync(RunningServer server, string slug, string ticket, string? until = null) =>
        (await server.Owner.PostJsonAsync($"/api/events/{slug}/codes", new { ticket_ids = new[] { ticket }, valid_until = until })).GetProperty("codes")[0].Text("code")!;

    private static async Task<DeviceRegister> DownloadAsync(HttpClient device, bool codesOnly = false)
    {
        using var client = new HeadcountClient(device);
        var register = new DeviceRegister();
        var isComplete = false;
        await foreach (var line in client.ReadRegisterAsync(null, codesOnly, Cancel)) isComplete = register.Take(line.Span);
        Assert.True(isComplete);
        return register;
    }

    private static async Task<List<string>> LinesAsync(HttpClient device, DeviceRegister known)
    {
        using var client = new HeadcountClient(device);
        var lines = new List<string>();
        await foreach (var line in client.ReadRegisterAsync(new RegisterVersion { Version = known.Header!.Version, Seq = known.Header.Seq }, cancellation: Cancel)) lines.Add(Encoding.UTF8.GetString(line.Span));
        return lines;
    }

    private static async Task<string?> KindAsync(HttpClient device, string query)
    {
        var lines = (await device.GetStringAsync($"/api/devices/register?{query}", Cancel)).Split('\n');
        return JsonDocument.Parse(lines[0]).RootElement.Text("kind");
    }

    private static string Told(global::Headcount.Core.Ticket ticket) => $"{ticket.TicketId} {ticket.TicketType} {ticket.Status} {ticket.ValidFrom} {ticket.ValidUntil} {string.Join(',', ticket.Gates)} {ticket.SingleEntry}";
}

public sealed class SqliteDeviceTests : DeviceContract;

public sealed class PostgresDeviceTests : DeviceContract
{
    private readonly PostgresDatabases _databases = new();

    protected override ValueTask<string?> DatabaseAsync(string? folder) => _databases.FindAsync(folder);
}
