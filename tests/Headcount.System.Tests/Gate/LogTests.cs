using System.Text.Json;
using Headcount.Engine;
using Headcount.SystemTests.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Gate;

/// <summary>The log streamed back, annulments, and what is asked of one ticket.</summary>
public abstract class LogContract(SharedServer shared)
{
    private static readonly string[] Keys =
        ["seq", "ticket_id", "ticket_type", "gate", "scan_type", "timestamp", "scan_time", "received_at", "device_id", "scan_id", "outcome", "reason", "warnings", "annuls"];

    private static long[] Seqs(params long[] seqs) => seqs;

    private static long[] SeqsOf(IEnumerable<JsonElement> log) => [.. log.Select(record => record.GetProperty("seq").GetInt64())];

    // 1 T1 in at A · 2 VIP1 in at B · 3 T1 refused at B · 4 T1 out at B · 5 takes back 2 · 6 T2 at A, a fact of the day before · 7 closed
    private async Task<Venue> BusyVenueAsync(string zone = "UTC")
    {
        var venue = await shared.OpenAsync(zone: zone);
        using var gate = await venue.DeviceAsync(scopes: "supervise");
        await gate.ScanAsync("T1", id: "1");
        await gate.ScanAsync("VIP1", "B");
        await gate.ScanAsync("T1", "B");
        await gate.ScanAsync("T1", "B", "exit");
        await gate.PostAsync("/api/scans/2/annul", new { reason = "did not turn" });
        await gate.PostAsync("/api/scans/batch", new { scans = new[] { new { ticket_id = "T2", gate = "A", scan_type = "entry", timestamp = Requests.Ago(TimeSpan.FromDays(1)) } } });
        await venue.Server.Owner.PostAsync($"/api/events/{venue.Slug}/close-day", new { });
        return venue;
    }

    [Fact]
    public async Task every_record_is_told_in_order_with_its_keys_in_their_order()
    {
        var venue = await BusyVenueAsync("Asia/Tokyo");
        var log = await venue.LogAsync();
        Assert.Equal(Seqs(1, 2, 3, 4, 5, 6, 7), SeqsOf(log));
        Assert.All(log, record => Assert.Equal(Keys, record.EnumerateObject().Select(property => property.Name).Take(Keys.Length)));
        Assert.Equal(["accepted", "accepted", "rejected", "accepted", "annulled", "recorded", "closed"], log.Select(record => record.GetProperty("outcome").GetString()));
        Assert.Equal((2, "did not turn", venue.DeviceId()), (log[4].GetProperty("annuls").GetInt32(), log[4].GetProperty("reason").GetString(), log[4].GetProperty("by").GetString()));
        Assert.All(log, record => Assert.EndsWith("+09:00", record.GetProperty("timestamp").GetString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gate=B", new long[] { 2, 3, 4, 5, 7 })]
    [InlineData("gate=A", new long[] { 1, 6, 7 })]
    [InlineData("ticket_type=VIP", new long[] { 2, 5, 7 })]
    [InlineData("outcome=rejected", new long[] { 3 })]
    [InlineData("outcome=annulled,closed", new long[] { 5, 7 })]
    [InlineData("outcome=accepted&gate=B", new long[] { 2, 4 })]
    [InlineData("since_seq=5", new long[] { 6, 7 })]
    [InlineData("since_seq=7", new long[0])]
    public async Task filters_choose_records(string query, long[] seqs) => Assert.Equal(seqs, SeqsOf(await (await BusyVenueAsync()).LogAsync(query)));

    [Fact]
    public async Task a_day_is_a_day_of_the_events_zone_by_when_scans_count()
    {
        var venue = await BusyVenueAsync("Asia/Tokyo");
        var today = TimeProvider.System.GetUtcNow().AddHours(9).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var before = TimeProvider.System.GetUtcNow().AddHours(9).AddDays(-1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(Seqs(1, 2, 3, 4, 5, 7), SeqsOf(await venue.LogAsync("date=" + today)));
        Assert.Equal(Seqs(6), SeqsOf(await venue.LogAsync("date=" + before)));
        Assert.Equal(Seqs(1, 2, 3, 4, 5, 7), SeqsOf(await venue.LogAsync($"from={today}T00:00")));
        Assert.Equal(Seqs(6), SeqsOf(await venue.LogAsync($"to={today} 00:00")));

        // A plus in an address is a blank.
        Assert.Equal(Seqs(6), SeqsOf(await venue.LogAsync($"to={today}T00:00:00+09:00")));
    }

    [Fact]
    public async Task a_long_log_begins_where_a_time_was_reached()
    {
        var clock = new MovedClock();
        await using var server = await RunningServer.StartAsync(options => options with { Adjust = builder => builder.Services.AddSingleton<TimeProvider>(clock) });
        await server.CreateEventAsync();
        using var gate = await server.CreateDeviceAsync("club", "d", scopes: ["counts"]);
        for (var i = 0; i < 40; i++)
        {
            clock.Move(TimeSpan.FromHours(1));
            await gate.ScanAsync("x", type: "exit", timestamp: clock.GetUtcNow().ToString("O"));
        }

        var from = clock.GetUtcNow().AddHours(-9.5);
        var reply = await gate.AskAsync("/api/scans?from=" + Uri.EscapeDataString(from.ToString("O")));
        Assert.Equal(Enumerable.Range(31, 10).Select(n => (long)n), SeqsOf(reply.Json.EnumerateArray()));
    }

    [Fact]
    public async Task a_past_day_is_read_to_its_end_and_on_only_where_something_of_it_came_later()
    {
        var clock = new MovedClock();
        CountingLog? log = null;
        await using var server = await RunningServer.StartAsync(options => options with
        {
            Adjust = builder =>
            {
                var known = builder.Services.Last(service => service.ServiceType == typeof(IScanLog));
                builder.Services.AddSingleton<TimeProvider>(clock).AddSingleton<IScanLog>(services => log = new CountingLog((IScanLog)ActivatorUtilities.CreateInstance(services, known.ImplementationType!)));
            },
        });
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1" }]);
        using var gate = await server.CreateDeviceAsync("club", "d", scopes: ["counts", "supervise"]);
        var began = clock.GetUtcNow();
        for (var i = 0; i < 40; i++)
        {
            await gate.ScanAsync("x", type: i % 2 == 0 ? "exit" : "entry", timestamp: clock.GetUtcNow().ToString("O"));
            clock.Move(TimeSpan.FromHours(1));
        }

        var question = $"/api/scans?from={Uri.EscapeDataString(began.AddHours(9.5).ToString("O"))}&to={Uri.EscapeDataString(began.AddHours(12.5).ToString("O"))}";
        await AnswersAsync([11, 12, 13], readThrough: 13);

        // Annulments go with what they take back; a fact counts when it was made, and so does a device's refusal.
        await gate.PostAsync("/api/scans/13/annul", new { reason = "x" });
        await gate.PostAsync("/api/scans/21/annul", new { reason = "x" });
        await AnswersAsync([11, 12, 13, 41], readThrough: 41);
        await gate.PostAsync("/api/scans/batch", new { scans = new[] { new { ticket_id = "T1", gate = "A", scan_type = "entry", timestamp = began.AddHours(10), decided = "rejected" } } });
        await AnswersAsync([11, 12, 13, 41, 43], readThrough: 43);
        await gate.PostAsync("/api/scans/batch", new { scans = new[] { new { ticket_id = "T1", gate = "A", scan_type = "entry", timestamp = began.AddHours(11), decided = "accepted" } } });
        await gate.ScanAsync("x", type: "exit", timestamp: clock.GetUtcNow().ToString("O"));
        await AnswersAsync([11, 12, 13, 41, 43, 44], readThrough: 44);
        await server.Owner.PostAsync("/api/events/club/close-day", new { at = began.AddHours(12) });
        await AnswersAsync([11, 12, 13, 41, 43, 44, 46], readThrough: 46);

        async Task AnswersAsync(long[] seqs, long readThrough)
        {
            Assert.Equal(seqs, SeqsOf((await gate.AskAsync(question)).Json.EnumerateArray()));
            Assert.Equal(readThrough, log!.ReadThrough);
        }
    }

    /// <summary>A real log that says how far it was last read.</summary>
    private sealed class CountingLog(IScanLog log) : IScanLog
    {
        public long? ReadThrough { get; private set; }

        public ValueTask AppendAsync(long eventId, IReadOnlyList<LogEntry> entries, CancellationToken cancellation) => log.AppendAsync(eventId, entries, cancellation);

        public IAsyncEnumerable<IReadOnlyList<LogEntry>> ReadAsync(long eventId, long afterSeq, long? throughSeq, CancellationToken cancellation)
        {
            ReadThrough = throughSeq;
            return log.ReadAsync(eventId, afterSeq, throughSeq, cancellation);
        }

        public ValueTask<LogEntry?> FindAsync(long eventId, long seq, CancellationToken cancellation) => log.FindAsync(eventId, seq, cancellation);

        public ValueTask CheckAsync(CancellationToken cancellation) => log.CheckAsync(cancellation);
    }

    [Fact]
    public async Task lines_are_streamed_where_that_is_asked_for_and_an_empty_list_is_a_list()
    {
        var venue = await BusyVenueAsync();
        var reply = await venue.Server.Owner.AskAsync($"/api/scans?event={venue.Slug}", request => request.Headers.Add("Accept", "application/x-ndjson"));
        Assert.Equal("application/x-ndjson", reply.ContentType);
        Assert.Equal(Seqs(1, 2, 3, 4, 5, 6, 7), SeqsOf(reply.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)));
        Assert.Empty(await venue.LogAsync("gate=nowhere&outcome=accepted"));
    }

    [Fact]
    public async Task a_question_that_is_wrong_is_told_at_once()
    {
        var venue = await shared.OpenAsync();
        var reply = await venue.Server.Owner.AskAsync($"/api/scans?event={venue.Slug}&date=today&from=noon&outcome=lost&since_seq=-1&colour=red");
        Assert.Equal(["colour", "date", "from", "outcome", "since_seq"], reply.IsProblem(422, "malformed").WrongFields);
    }

    [Fact]
    public async Task the_log_is_for_those_who_may_read_counts()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync("plain");
        using var reader = await venue.DeviceAsync("reader", scopes: "counts");
        (await gate.AskAsync("/api/scans")).IsProblem(403, "forbidden");
        Assert.Equal(200, (await reader.AskAsync("/api/scans")).Status);
    }

    [Fact]
    public async Task a_device_takes_back_its_own_scan_within_a_minute_and_a_supervisor_any()
    {
        var clock = new MovedClock();
        await using var server = await RunningServer.StartAsync(options => options with { Adjust = builder => builder.Services.AddSingleton<TimeProvider>(clock) });
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1" }, new { ticket_id = "T2" }]);
        using var gate = await server.CreateDeviceAsync("club", "d");
        using var other = await server.CreateDeviceAsync("club", "e");
        using var supervisor = await server.CreateDeviceAsync("club", "s", scopes: ["supervise"]);
        await gate.ScanAsync("T1");
        await gate.ScanAsync("T2");
        (await other.PostAsync("/api/scans/1/annul", new { reason = "x" })).IsProblem(403, "forbidden");
        (await gate.PostAsync("/api/scans/9/annul", new { reason = "x" })).IsProblem(403, "forbidden");
        Assert.Equal(["reason"], (await gate.PostAsync("/api/scans/1/annul", new { })).IsProblem(422, "malformed").WrongFields);
        Assert.Equal("""{"status":"annulled","seq":3,"annuls":1,"current_occupancy":1,"capacity":100}""", (await gate.PostAsync("/api/scans/1/annul", new { reason = "did not turn" })).Text);
        clock.Move(TimeSpan.FromSeconds(61));
        (await gate.PostAsync("/api/scans/2/annul", new { reason = "x" })).IsProblem(403, "forbidden");
        Assert.Equal("0", (await supervisor.PostAsync("/api/scans/2/annul", new { reason = "x" }))["current_occupancy"]);
        (await supervisor.PostAsync("/api/scans/2/annul", new { reason = "x" })).IsProblem(409, "conflict");
        (await supervisor.PostAsync("/api/scans/3/annul", new { reason = "x" })).IsProblem(409, "conflict");
        (await supervisor.PostAsync("/api/scans/99/annul", new { reason = "x" })).IsProblem(404, "not_found");
        (await supervisor.PostAsync("/api/scans/x/annul", new { reason = "x" })).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task a_ticket_is_looked_up_by_supervisors()
    {
        var venue = await BusyVenueAsync();
        using var gate = await venue.DeviceAsync("plain");
        using var supervisor = await venue.DeviceAsync("supervisor", scopes: "supervise");
        (await gate.AskAsync("/api/tickets/T1")).IsProblem(403, "forbidden");
        var ticket = await supervisor.AskAsync("/api/tickets/T1");
        Assert.Equal((200, "GENERAL", "valid", "false"), (ticket.Status, ticket["ticket_type"], ticket["status"], ticket["inside"]));
        (await supervisor.AskAsync("/api/tickets/nobody")).IsProblem(404, "not_found");
        (await supervisor.AskAsync("/api/tickets")).IsProblem(422, "malformed");
        Assert.Equal(Seqs(1, 3, 4), SeqsOf((await supervisor.AskAsync("/api/tickets/T1/scans")).Json.EnumerateArray()));
        Assert.Equal(Seqs(2, 5), SeqsOf((await supervisor.AskAsync("/api/tickets/VIP1/scans")).Json.EnumerateArray()));
        Assert.Equal(0, (await supervisor.AskAsync("/api/tickets/T9/scans")).Json.GetArrayLength());
        (await supervisor.AskAsync("/api/tickets/nobody/scans")).IsProblem(404, "not_found");
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("?&=+ #")]
    public async Task an_id_that_no_path_has_room_for_is_named_by_the_query(string id)
    {
        var venue = await shared.OpenAsync();
        using var supervisor = await venue.DeviceAsync("supervisor", scopes: "supervise");
        await venue.ImportAsync(new { ticket_id = id, ticket_type = "GENERAL" });
        await supervisor.ScanAsync(id);
        await supervisor.ScanAsync("T1");
        var query = $"ticket_id={Uri.EscapeDataString(id)}";
        Assert.Equal((id, "true"), ((await supervisor.AskAsync($"/api/tickets?{query}")) is var ticket ? (ticket["ticket_id"], ticket["inside"]) : default));
        Assert.Equal(id, (await supervisor.AskAsync($"/api/tickets/-/validate?{query}"))["ticket_id"]);
        Assert.Equal(Seqs(1), SeqsOf((await supervisor.AskAsync($"/api/tickets/-/scans?{query}")).Json.EnumerateArray()));
        using var change = await venue.Server.Owner.PatchAsync($"/api/tickets?event={venue.Slug}&{query}", System.Net.Http.Json.JsonContent.Create(new { status = "revoked" }), TestContext.Current.CancellationToken);
        Assert.True(change.IsSuccessStatusCode);
        Assert.Equal("revoked", (await supervisor.AskAsync($"/api/tickets?{query}"))["status"]);
    }

    [Fact]
    public async Task whether_a_ticket_is_good_is_told_and_changes_nothing()
    {
        var venue = await shared.OpenAsync(capacity: 1);
        using var gate = await venue.DeviceAsync();
        await venue.ImportAsync(new { ticket_id = "unpaid", status = "unpaid" }, new { ticket_id = "b-only", gates = new[] { "B" } });
        await gate.ScanAsync("T1");
        foreach (var (path, valid, reason, inside) in new[]
        {
            ("T2", "true", "null", "false"), ("T1", "false", "already_inside", "true"), ("unpaid", "false", "unpaid", "false"), ("nobody", "false", "unknown_ticket", "false"),
            ("b-only", "true", "null", "false"), ("b-only?gate=A", "false", "wrong_gate", "false"), ("T2?gate=Z", "false", "unknown_gate", "false"),
        })
        {
            var parts = path.Split('?');
            var reply = await gate.AskAsync($"/api/tickets/{parts[0]}/validate?{parts.ElementAtOrDefault(1)}");
            Assert.Equal((path, valid, reason, inside), (path, reply["is_valid"], reply["reason"], reply["inside"]));
        }

        Assert.Single(await venue.LogAsync());
    }
}

public sealed class LogTests(SharedServer shared) : LogContract(shared), IClassFixture<SharedServer>;

public sealed class PostgresLogTests(SharedPostgresServer shared) : LogContract(shared), IClassFixture<SharedPostgresServer>;
