using System.Net;
using System.Text.Json;
using Headcount.Core;
using Headcount.SystemTests.Manage;

namespace Headcount.SystemTests.Counts;

/// <summary>Counts over HTTP: they agree with what the command line makes of the server's own log.</summary>
public sealed class OccupancyTests
{
    [Fact]
    public async Task current_is_what_the_command_line_says_of_the_log()
    {
        await using var day = await Day.StartAsync();
        var report = (await day.LedgerAsync()).Occupancy(null, await day.RegisterAsync());
        var current = await day.Owner.GetJsonAsync("/api/occupancy/current");
        Assert.Equal((report.Occupancy, report.Entries, report.Exits, report.FirstEntries), (current.Number("occupancy"), current.Number("entries"), current.Number("exits"), current.Number("first_entries")));
        Assert.Equal(["event", "occupancy", "capacity", "percent", "theoretical", "entries", "exits", "first_entries", "seq", "at", "on_lease", "held", "cut_off"], current.EnumerateObject().Select(key => key.Name));
        Assert.Equal(Math.Round(report.Occupancy / 2.0, 2), current.GetProperty("percent").GetDouble());
        Assert.True(current.Number("seq") > 150);
    }

    [Fact]
    public async Task at_any_time_is_what_the_command_line_says_of_the_log()
    {
        await using var day = await Day.StartAsync();
        var (ledger, register) = (await day.LedgerAsync(), await day.RegisterAsync());
        foreach (var time in new[] { "2025-09-30T17:00", "2025-09-30T18:20:12", "2025-09-30T19:30", "2025-09-30 20:00", "2025-09-30T23:29:59.999999", "2025-09-30T23:30", "2030-01-01T00:00" })
        {
            var report = ledger.Occupancy(Day.Time(time), register);
            var at = await day.Owner.GetJsonAsync($"/api/occupancy?at={time}");
            Assert.Equal((report.Occupancy, report.Entries, report.Exits, report.FirstEntries), (at.Number("occupancy"), at.Number("entries"), at.Number("exits"), at.Number("first_entries")));
            Assert.Equal(report.ByGate, at.GetProperty("by_gate").Deserialize<Dictionary<string, long>>()!);
            Assert.Equal(report.ByTicketType, at.GetProperty("by_ticket_type").Deserialize<Dictionary<string, long>>()!);
            Assert.Equal(report.Flow.Select(gate => (gate.Key, gate.Value.Entries, gate.Value.Exits, gate.Value.Scans)),
                at.GetProperty("flow").EnumerateObject().Select(gate => (gate.Name, gate.Value.Number("entries"), gate.Value.Number("exits"), gate.Value.Number("scans"))));
            Assert.Equal(Day.London.Format(Day.Time(time)), at.Text("at"));
        }
    }

    [Fact]
    public async Task as_of_an_earlier_time_answers_with_the_log_as_it_stood_then()
    {
        await using var day = await Day.StartAsync();
        var before = await day.Owner.GetJsonAsync("/api/occupancy?at=2025-09-30T19:30");
        var then = TimeProvider.System.GetUtcNow();
        await WaitForClockAsync(then);
        using var device = await day.Server.CreateDeviceAsync("club", "late");
        await device.PostJsonAsync("/api/scans/batch", new { scans = Enumerable.Range(0, 5).Select(i => new { ticket_id = $"LATE{i}", gate = "A", scan_type = "entry", timestamp = "2025-09-30T18:29:00Z" }) });
        var now = await day.Owner.GetJsonAsync("/api/occupancy?at=2025-09-30T19:30");
        Assert.Equal(before.Number("occupancy") + 5, now.Number("occupancy"));

        // A plus in an address is a blank.
        var asOf = await day.Owner.GetJsonAsync($"/api/occupancy?at=2025-09-30T19:30:00+01:00&as_of={Instant.FromDateTimeOffset(then)}");
        foreach (var key in new[] { "occupancy", "entries", "exits", "first_entries", "by_gate", "by_ticket_type", "seq", "at" }) Assert.Equal(before.GetProperty(key).GetRawText(), asOf.GetProperty(key).GetRawText());
        Assert.Equal(0, (await day.Owner.GetJsonAsync("/api/occupancy?at=2030-01-01T00:00&as_of=2001-01-01T00:00")).Number("occupancy"));
    }

    [Fact]
    public async Task by_gate_and_by_type_name_those_without_anybody_too()
    {
        await using var day = await Day.StartAsync();
        var before = (await day.Owner.GetJsonAsync("/api/gates")).GetProperty("gates")[1].Number("entries_per_minute");
        var empty = await day.Owner.GetJsonAsync("/api/occupancy/by-gate");
        Assert.Equal(["A", "B", "C"], empty.EnumerateObject().Select(gate => gate.Name));
        Assert.Equal(["occupancy", "entries", "exits", "scans", "per_minute"], empty.GetProperty("A").EnumerateObject().Select(key => key.Name));
        using var device = await day.Server.CreateDeviceAsync("club", "live");
        foreach (var ticket in new[] { "T00", "T01", "T05" }) Assert.Equal("accepted", (await device.ScanAsync(ticket, "B")).Text("status"));
        Assert.Equal("unknown_ticket", (await device.ScanAsync("nobody", "B")).Text("reason"));
        var gate = (await day.Owner.GetJsonAsync("/api/occupancy/by-gate")).GetProperty("B");
        Assert.Equal(empty.GetProperty("B").Number("occupancy") + 3, gate.Number("occupancy"));
        var types = await day.Owner.GetJsonAsync("/api/occupancy/by-ticket-type");
        Assert.True(types.GetProperty("VIP").Number("occupancy") >= 2);
        var gates = await day.Owner.GetJsonAsync("/api/gates");
        Assert.Equal(["A", "B", "C"], gates.GetProperty("gates").EnumerateArray().Select(one => one.Text("gate")));
        Assert.Equal(before + 3, gates.GetProperty("gates")[1].Number("entries_per_minute"));
        Assert.NotNull(gates.GetProperty("gates")[1].Text("last_seen"));
        var filtered = await day.Owner.GetJsonAsync("/api/occupancy/current?gate=B&ticket_type=VIP");
        var whole = await day.Owner.GetJsonAsync("/api/occupancy?at=2090-01-01T00:00");
        Assert.Equal(whole.GetProperty("by_gate_and_ticket_type").GetProperty("B").Number("VIP"), filtered.Number("occupancy"));
    }

    [Theory]
    [InlineData("/api/occupancy/current?gat=A", "gat")]
    [InlineData("/api/occupancy/current?gate=Z", "gate")]
    [InlineData("/api/occupancy/current?ticket_type=KING", "ticket_type")]
    [InlineData("/api/occupancy/by-gate?at=now", "at")]
    [InlineData("/api/occupancy?at=now&as_of=later&x=%3Cb%3E", "as_of,at,x")]
    [InlineData("/api/occupancy?at=2025-09-30T10:00&at=2025-09-30T11:00", "at")]
    [InlineData("/api/occupancy/timeline?step=0s", "step")]
    [InlineData("/api/occupancy/timeline?step=1s&from=2025-01-01T00:00", "step")]
    [InlineData("/api/occupancy/timeline?from=2025-10-02T00:00&to=2025-10-01T00:00", "to")]
    [InlineData("/api/anomalies?kind=wrong&cursor=1&from=x", "cursor,from,kind")]
    public async Task a_wrong_parameter_is_named(string path, string wrong)
    {
        await using var day = await Day.StartAsync();
        var problem = await day.Owner.GetJsonAsync(path, HttpStatusCode.UnprocessableEntity);
        Assert.Equal("malformed", problem.Text("code"));
        Assert.Equal(wrong, string.Join(',', problem.GetProperty("errors").EnumerateObject().Select(error => error.Name)));
    }

    [Fact]
    public async Task counts_of_no_event_are_not_found()
    {
        await using var server = await Serving.RunningServer.StartAsync();
        await server.Owner.GetJsonAsync("/api/occupancy/current", HttpStatusCode.NotFound);
        await server.CreateEventAsync();
        Assert.Equal(0, (await server.Owner.GetJsonAsync("/api/occupancy/timeline")).GetProperty("points").GetArrayLength());
        Assert.Equal(0, (await server.Owner.GetJsonAsync("/api/anomalies")).GetProperty("anomalies").GetArrayLength());
        Assert.Equal(0, (await server.Owner.GetJsonAsync("/api/occupancy")).Number("occupancy"));
        await server.CreateEventAsync("second");
        await server.Owner.GetJsonAsync("/api/occupancy/current", HttpStatusCode.NotFound);
        await server.Owner.GetJsonAsync("/api/occupancy/current?event=third", HttpStatusCode.NotFound);
        Assert.Equal("second", (await server.Owner.GetJsonAsync("/api/occupancy/current?event=second")).Text("event"));
    }

    // Records that are taken from now on are later than the time given.
    private static async Task WaitForClockAsync(DateTimeOffset time)
    {
        while (TimeProvider.System.GetUtcNow() <= time.AddMilliseconds(1)) await Task.Yield();
    }
}
