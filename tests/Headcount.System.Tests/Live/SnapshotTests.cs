using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Headcount.Core;
using Headcount.Server.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Live;

/// <summary>What a watcher is told first, and what then.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public async Task the_first_message_is_the_whole_picture()
    {
        await using var venue = await LiveVenue.OpenAsync(capacity: 4);
        await venue.EnterAsync(1, 5);
        await venue.ScanAsync("T10");
        await venue.ScanAsync("T1", ScanType.Exit, "B");
        await venue.ScanAsync("T99", ScanType.Exit, "B");

        await using var watcher = await LiveWatcher.ConnectAsync(venue.Server, "event=club");
        var first = (await watcher.NextAsync())!.Value;
        Assert.Equal("snapshot", first.Text("type"));
        Assert.Equal(8, first.Seq());
        Assert.Equal(("club", "Club night", "Europe/Berlin"), (first.Text("event"), first.Text("name"), first.Text("zone")));
        Assert.Equal((4, 4, 9, 5), (first.Number("occupancy"), first.Number("capacity"), first.Number("firm_capacity"), first.Number("theoretical")));
        Assert.Equal((5, 1, 5, 0), (first.Number("entries"), first.Number("exits"), first.Number("first_entries"), first.Number("drift")));
        Assert.Equal(100, first.GetProperty("percent").GetDouble());
        Assert.True(first.GetProperty("durable").GetBoolean());
        var gate = first.GetProperty("gates").GetProperty("A");
        Assert.Equal((4, 5, 0, 5), (gate.Number("occupancy"), gate.Number("entries"), gate.Number("exits"), gate.Number("scans")));
        Assert.Equal((6, 5, 0), (gate.Number("per_minute"), gate.Number("entries_per_minute"), gate.Number("exits_per_minute")));
        Assert.NotNull(gate.Text("last_seen"));
        Assert.Equal((3, 1), (first.GetProperty("ticket_types").Number("GENERAL"), first.GetProperty("ticket_types").Number("VIP")));
        var refusal = Assert.Single(first.GetProperty("refusals").EnumerateArray());
        Assert.Equal(("at_capacity", "A", "entry"), (refusal.Text("reason"), refusal.Text("gate"), refusal.Text("scan_type")));
        var anomaly = Assert.Single(first.GetProperty("anomalies").EnumerateArray());
        Assert.Equal(("exit_without_entry", "T99", 8), (anomaly.Text("kind"), anomaly.Text("ticket_id"), anomaly.Seq()));
        Assert.Equal("T10", Assert.Single(first.GetProperty("overrides").EnumerateArray()).Text("ticket_id"));
        Assert.False(first.TryGetProperty("skipped", out _));

        // Times are on the venue's clock.
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var at = DateTimeOffset.Parse(first.Text("at")!, CultureInfo.InvariantCulture);
        Assert.Equal(berlin.GetUtcOffset(at), at.Offset);
    }

    [Fact]
    public async Task then_come_figures_gates_types_anomalies_refusals_and_overrides()
    {
        await using var venue = await LiveVenue.OpenAsync(capacity: 2);
        await using var watcher = await LiveWatcher.ConnectAsync(venue.Server);
        await watcher.UntilAsync("snapshot");

        await venue.EnterAsync(1, 3);
        var figures = await watcher.UntilSeqAsync(3);
        Assert.Equal(2, figures.Number("occupancy"));
        await venue.ScanAsync("T20");
        await venue.ScanAsync("nobody's", ScanType.Exit);
        await watcher.UntilSeqAsync(5);
        var heard = Messages(watcher);
        Assert.Equal(("at_capacity", 3), heard.Where(message => message.Is("refusal")).Select(message => (message.Text("reason"), message.Seq())).Single());
        Assert.Equal(("T20", 4), heard.Where(message => message.Is("override")).Select(message => (message.Text("ticket_id"), message.Seq())).Single());
        Assert.Equal([("unknown_ticket", "nobody's", 5), ("exit_without_entry", "nobody's", 5)], heard.Where(message => message.Is("anomaly")).Select(message => (message.Text("kind"), message.Text("ticket_id"), message.Seq())));

        var gates = await watcher.UntilAsync(message => message.Is("gate") && message.GetProperty("gates").GetProperty("A").Number("entries") == 3);
        Assert.Equal(5, gates.Seq());
        var types = await watcher.UntilAsync("ticket_types");
        Assert.Equal(1, types.GetProperty("ticket_types").Number("VIP"));
        Assert.DoesNotContain(Messages(watcher), message => message.Is("scans"));
    }

    [Fact]
    public async Task who_asks_for_scans_gets_every_record_in_bundles()
    {
        await using var venue = await LiveVenue.OpenAsync(capacity: 30);
        await using var watcher = await LiveWatcher.ConnectAsync(venue.Server, "scans=1");
        await watcher.UntilAsync("snapshot");
        await venue.EnterAsync(1, 40);
        await venue.Mailbox.AnnulAsync(1, "owner", "did not turn");
        await venue.Mailbox.CloseDayAsync(null, "owner");
        await watcher.UntilSeqAsync(42);

        var scans = Messages(watcher).Where(message => message.Is("scans")).ToList();
        var records = scans.SelectMany(message => message.GetProperty("scans").EnumerateArray()).ToList();
        Assert.Equal(Enumerable.Range(1, 42).Select(n => (long)n), records.Select(record => record.Seq()));
        Assert.Equal(["accepted", "annulled", "closed", "rejected"], records.Select(record => record.Text("outcome")!).Distinct().Order());
        Assert.Equal(1, records.Single(record => record.Text("outcome") == "annulled").Number("annuls"));
        Assert.True(scans.Count < 10, $"{scans.Count} bundles");
    }

    [Fact]
    public async Task a_change_of_the_event_brings_a_fresh_picture()
    {
        await using var venue = await LiveVenue.OpenAsync();
        await using var watcher = await LiveWatcher.ConnectAsync(venue.Server);
        await watcher.UntilAsync("snapshot");
        await venue.Server.Owner.PatchAsJsonAsync("/api/events/club", new { capacity = 7, name = "Late night" }, LiveWatcher.Cancellation);
        var fresh = await watcher.UntilAsync("snapshot");
        Assert.Equal((7, "Late night"), (fresh.Number("capacity"), fresh.Text("name")));
    }

    [Fact]
    public async Task what_another_part_publishes_reaches_all_at_once()
    {
        await using var venue = await LiveVenue.OpenAsync();
        await using var watcher = await LiveWatcher.ConnectAsync(venue.Server);
        await watcher.UntilAsync("snapshot");
        venue.Server.Services.GetRequiredService<LiveFeed>().Publish(1, LiveTypes.Alert, json => json.WriteString("message", "Gate B is silent"));
        Assert.Equal("Gate B is silent", (await watcher.UntilAsync(message => message.Is("alert") && message.Text("message") == "Gate B is silent")).Text("message"));
    }

    [Fact]
    public async Task a_flood_of_anomalies_is_told_in_part_and_says_how_many_were_left_out()
    {
        await using var venue = await LiveVenue.OpenAsync();
        await using var watcher = await LiveWatcher.ConnectAsync(venue.Server);
        await watcher.UntilAsync("snapshot");
        await venue.RecordAsync(1_000);
        await watcher.UntilSeqAsync(1_000);
        await venue.RecordAsync(1, "later");
        await watcher.UntilAsync(message => message.Is("anomaly") && message.Text("ticket_id") == "later1");
        var told = Messages(watcher).Where(message => message.Is("anomaly")).ToList();
        Assert.InRange(told.Count, 2, 60);
        Assert.Equal(1_001, told.Count + told.Sum(message => message.TryGetProperty("skipped", out var skipped) ? skipped.GetInt32() : 0));
    }

    [Fact]
    public async Task after_a_restart_a_watcher_still_sees_what_was_refused_before()
    {
        var folder = Directory.CreateTempSubdirectory("headcount-live-").FullName;
        await using (var venue = await LiveVenue.OpenAsync(folder: folder))
        {
            await venue.ScanAsync("nobody's");
            await venue.ScanAsync("nobody's", ScanType.Exit);
            await venue.ScanAsync("T1", ScanType.Exit);
        }

        await using (var again = await Serving.RunningServer.StartAsync(dataFolder: folder))
        {
            await using var watcher = await LiveWatcher.ConnectAsync(again, "since=3");
            var first = await watcher.UntilAsync("snapshot");
            Assert.Equal("nobody's", Assert.Single(first.GetProperty("refusals").EnumerateArray()).Text("ticket_id"));
            Assert.Equal([("exit_without_entry", "T1"), ("exit_without_entry", "nobody's"), ("unknown_ticket", "nobody's")], first.GetProperty("anomalies").EnumerateArray().Select(anomaly => (anomaly.Text("kind"), anomaly.Text("ticket_id"))));
            Assert.Equal(0, first.Number("skipped"));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static List<JsonElement> Messages(LiveWatcher watcher) => [.. watcher.Heard.Select(text => JsonSerializer.Deserialize<JsonElement>(text))];
}
