using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Headcount.Engine;
using Headcount.Server.Live;

namespace Headcount.SystemTests.Live;

/// <summary>Many who watch, and some who do not read.</summary>
public sealed class SlowReaderTests
{
    private const int Scans = 10_000;

    [Fact]
    public async Task figures_come_at_most_ten_times_a_second_and_the_last_ones_always()
    {
        await using var venue = await LiveVenue.OpenAsync(tickets: 4_000);
        await using var watcher = await LiveWatcher.ConnectAsync(venue.Server);
        await watcher.UntilAsync("snapshot");
        var clock = Stopwatch.StartNew();
        for (var n = 1; n <= 4_000; n += 20) await venue.EnterAsync(n, n + 19);
        var last = await watcher.UntilSeqAsync(4_000);
        Assert.Equal(4_000, last.Number("occupancy"));
        var most = clock.Elapsed.TotalSeconds * 10 + 2;
        var came = watcher.Heard.Count(text => text.Contains("\"type\":\"occupancy\"", StringComparison.Ordinal));
        Assert.True(came <= most, $"{came} messages in {clock.Elapsed.TotalSeconds:F2} s");
    }

    [Fact]
    public async Task who_reads_nothing_holds_nobody_up_and_costs_little()
    {
        await using var venue = await LiveVenue.OpenAsync(tickets: Scans);
        using var silent = new TcpClient { ReceiveBufferSize = 4_096 };
        await silent.ConnectAsync(IPAddress.Loopback, venue.Server.Address.Port, LiveWatcher.Cancellation);
        var stream = silent.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /api/live?scans=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {venue.Server.OwnerToken}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
            LiveWatcher.Cancellation);
        await ReadHeadAsync(stream);
        await using var reader = await LiveWatcher.ConnectAsync(venue.Server);
        await reader.UntilAsync("snapshot");

        // Every answer comes, and whoever reads is told, although one takes nothing of many megabytes.
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var round = 0; round < 20; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(1 + round * Scans / 20, Scans / 20).Select(n => venue.ScanAsync("T" + n).AsTask()));
            Assert.All(answers, answer => Assert.Equal(AnswerKind.Logged, answer.Kind));
            await reader.UntilSeqAsync((round + 1) * Scans / 20);
        }

        // The venue itself remembers 10,000 records; the watcher may not add many times that.
        var grown = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024 / 1024;
        Assert.True(grown < 60, $"{grown} MiB more");
    }

    [Fact]
    public async Task who_begins_to_read_again_is_told_how_it_stands_now()
    {
        await using var venue = await LiveVenue.OpenAsync();
        await using var slow = await LiveWatcher.ConnectAsync(venue.Server, "scans=1");
        await slow.UntilAsync("snapshot");
        await using var reader = await LiveWatcher.ConnectAsync(venue.Server);

        // More than what the connection itself can hold.
        for (var round = 1; round <= 60; round++)
        {
            await venue.RecordAsync(1_000, $"{round} {new string('x', 100)} ");
            await reader.UntilSeqAsync(round * 1_000);
        }

        var fresh = await slow.UntilSeqAsync(60_000);
        Assert.Equal(60_000, fresh.Number("occupancy"));
        Assert.Contains(slow.Heard, text => text.StartsWith("{\"type\":\"snapshot\",\"skipped\":", StringComparison.Ordinal));
    }

    [Fact]
    public async Task five_hundred_watchers_get_the_same_bytes_and_the_last_figures()
    {
        await using var venue = await LiveVenue.OpenAsync();
        var watchers = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => LiveWatcher.ConnectAsync(venue.Server)));
        await Task.WhenAll(watchers.Select(watcher => watcher.UntilAsync("snapshot")));
        await venue.EnterAsync(1, 50);
        await venue.ScanAsync("nobody's");
        var last = await Task.WhenAll(watchers.Select(watcher => watcher.UntilSeqAsync(51)));
        Assert.All(last, message => Assert.Equal(50, message.Number("occupancy")));
        var texts = watchers.Select(watcher => watcher.Heard.Single(text => text.Contains("\"type\":\"refusal\"", StringComparison.Ordinal))).Distinct();
        Assert.Single(texts);
        foreach (var watcher in watchers) await watcher.DisposeAsync();
    }

    [Fact]
    public async Task the_newest_state_takes_the_place_of_older_ones()
    {
        var outbox = new Outbox(capacity: 4);
        outbox.Offer(Message(LiveTypes.Occupancy, 1));
        outbox.Offer(Message(LiveTypes.Refusal, 2));
        outbox.Offer(Message(LiveTypes.Gate, 2));
        outbox.Offer(Message(LiveTypes.Occupancy, 2));
        var (messages, wantsSnapshot) = await outbox.TakeAsync(LiveWatcher.Cancellation);
        Assert.Equal([(LiveTypes.Refusal, 2L), (LiveTypes.Gate, 2L), (LiveTypes.Occupancy, 2L)], messages.Select(message => (message.Type, message.Seq)));
        Assert.False(wantsSnapshot);
    }

    [Fact]
    public async Task when_too_much_waits_a_fresh_picture_takes_its_place_and_alerts_stay()
    {
        var outbox = new Outbox(capacity: 4);
        outbox.Offer(Message(LiveTypes.Alert, 1));
        for (var seq = 2; seq <= 9; seq++) outbox.Offer(Message(LiveTypes.Refusal, seq));
        var (messages, wantsSnapshot) = await outbox.TakeAsync(LiveWatcher.Cancellation);
        Assert.True(wantsSnapshot);
        Assert.Equal(LiveTypes.Alert, messages[0].Type);
        Assert.InRange(messages.Count, 1, 4);
    }

    private static LiveMessage Message(string type, long seq) => new(type, seq, JsonSerializer.SerializeToUtf8Bytes(new { type, seq }));

    private static async Task ReadHeadAsync(NetworkStream stream)
    {
        var one = new byte[1];
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, LiveWatcher.Cancellation);
            head.Append((char)one[0]);
        }

        Assert.StartsWith("HTTP/1.1 101", head.ToString(), StringComparison.Ordinal);
    }
}
