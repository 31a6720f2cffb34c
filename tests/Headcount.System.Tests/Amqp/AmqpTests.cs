using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Mqtt;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Amqp;

/// <summary>Scans that come through a real RabbitMQ.</summary>
public sealed class AmqpTests(SharedRabbit shared) : IClassFixture<SharedRabbit>
{
    [Fact]
    public async Task a_scan_is_decided_and_the_answer_goes_where_it_is_wanted()
    {
        var (venue, gate) = await OpenAsync();
        await using var _ = venue;
        await using var __ = gate;
        await venue.DeviceAsync("d", direction: "entry");
        var queue = await gate.OwnQueueAsync();
        var replies = await gate.ReadAsync(queue);
        await gate.PublishAsync(MqttVenue.Scan("T1", gate: "A", type: null, device: "d"), queue, "c1");
        Assert.Equal(("c1", "accepted", "T1"), (await replies.NextAsync() is var answer ? answer.CorrelationId : null, answer["status"], answer["ticket_id"]));
        await gate.PublishAsync(MqttVenue.Scan("T1", gate: "A", type: null, device: "d"), queue, "c2");
        Assert.Equal(("c2", "already_inside"), (await replies.NextAsync() is var refused ? refused.CorrelationId : null, refused["reason"]));
        Assert.Equal(["accepted", "rejected"], (await venue.LogAsync()).Select(record => record.GetProperty("outcome").GetString()));
    }

    [Fact]
    public async Task direct_replies_are_honoured()
    {
        var (venue, gate) = await OpenAsync();
        await using var _ = venue;
        await using var __ = gate;
        var replies = await gate.ReadAsync("amq.rabbitmq.reply-to");
        await gate.PublishAsync(MqttVenue.Scan("T1", gate: "A"), "amq.rabbitmq.reply-to", "now");
        Assert.Equal(("now", "accepted"), (await replies.NextAsync() is var answer ? answer.CorrelationId : null, answer["status"]));
    }

    [Fact]
    public async Task a_token_in_the_headers_says_who_it_is_with_all_scopes()
    {
        var (venue, gate) = await OpenAsync();
        await using var _ = venue;
        await using var __ = gate;
        var token = await venue.DeviceAsync("supervisor", gate: "A", scopes: ["supervise"]);
        var queue = await gate.OwnQueueAsync();
        var replies = await gate.ReadAsync(queue);
        var scan = MqttVenue.Scan("T1", more: new { @override = new { reason = "Artist" } });
        await gate.PublishAsync(scan, queue, "1", ("token", token));
        Assert.Equal("accepted", (await replies.NextAsync())["status"]);
        await gate.PublishAsync(MqttVenue.Scan("T2", device: "supervisor", more: new { @override = new { reason = "Artist" } }), queue, "2");
        Assert.Equal("forbidden", (await replies.NextAsync())["code"]);
        Assert.Equal(("supervisor", "A"), (Assert.Single(await venue.LogAsync()) is var record ? record.GetProperty("device_id").GetString() : null, record.GetProperty("gate").GetString()));
    }

    [Fact]
    public async Task what_cannot_be_read_or_is_of_nobody_known_is_put_aside_whole_with_its_reason()
    {
        var (venue, gate) = await OpenAsync();
        await using var _ = venue;
        await using var __ = gate;
        await venue.DeviceAsync("gone");
        await venue.Server.Owner.DeleteAsync("/api/events/club/devices/gone", TestContext.Current.CancellationToken);
        var dead = await gate.ReadAsync("scans.dead");
        foreach (var (message, token, code) in ((string, string?, string)[])
        [
            ("", null, "unreadable"),
            ("nonsense", null, "unreadable"),
            (MqttVenue.Scan("T1", gate: "A", type: "sideways"), null, "malformed"),
            (MqttVenue.Scan("T1", gate: "A", device: "stranger"), null, "unknown_device"),
            (MqttVenue.Scan("T1", gate: "A", device: "gone"), null, "unknown_device"),
            (MqttVenue.Scan("T1", gate: "A"), "hcd_wrong", "unauthenticated"),
            (MqttVenue.Scan("T1", gate: "A", more: new { note = new string('x', 70_000) }), null, "too_large"),
        ])
        {
            await gate.PublishAsync(message, null, "c", token is null ? [] : [("token", token)]);
            var aside = await dead.NextAsync();
            Assert.Equal((message, code, "c"), (aside.Text, aside.Headers["code"], aside.CorrelationId));
            Assert.NotEmpty(aside.Headers["reason"]!);
        }

        await gate.PublishAsync(MqttVenue.Scan("T1", gate: "A", timestamp: "1970-01-01T00:00:12Z"));
        await UntilLoggedAsync(venue, 1);
        Assert.Equal("[\"clock_behind\"]", (await venue.LogAsync())[0].GetProperty("warnings").GetRawText());
        Assert.Equal(0u, await gate.CountAsync("scans"));
    }

    [Fact]
    public async Task what_comes_twice_is_counted_once_and_answered_alike()
    {
        var (venue, gate) = await OpenAsync();
        await using var _ = venue;
        await using var __ = gate;
        var queue = await gate.OwnQueueAsync();
        var replies = await gate.ReadAsync(queue);
        var scan = MqttVenue.Scan("T1", gate: "A", scanId: "s1");
        await gate.PublishAsync(scan, queue);
        await gate.PublishAsync(scan, queue);
        Assert.Equal((await replies.NextAsync()).Text, (await replies.NextAsync()).Text);
        Assert.Single(await venue.LogAsync());
    }

    [Fact]
    public async Task a_flood_is_taken_whole()
    {
        var (venue, gate) = await OpenAsync();
        await using var _ = venue;
        await using var __ = gate;
        await Task.WhenAll(Enumerable.Range(1, 5_000).Select(n => gate.PublishAsync(MqttVenue.Scan($"X{n}", gate: "A", scanId: $"{n}"))));
        await UntilLoggedAsync(venue, 5_000);
        Assert.Equal(0u, await gate.CountAsync("scans.dead"));
    }

    [Fact]
    public async Task what_was_published_while_the_server_was_away_is_taken_when_it_is_back()
    {
        using var folder = new TemporaryFolder();
        var (venue, gate) = await OpenAsync(folder.File("data"));
        await using var __ = gate;
        await venue.DisposeAsync();
        for (var n = 1; n <= 5; n++) await gate.PublishAsync(MqttVenue.Scan($"T{n}", gate: "A", scanId: $"{n}"));
        var rabbit = await shared.GetAsync();
        await using var again = new MqttVenue(await RunningServer.StartAsync(options => options with { Amqp = rabbit.Address }, folder.File("data")));
        await UntilLoggedAsync(again, 5);
    }

    [Fact]
    public async Task a_queue_that_is_deleted_is_made_again()
    {
        var (venue, gate) = await OpenAsync();
        await using var _ = venue;
        await using var __ = gate;
        await gate.DeleteAsync("scans");
        await Faults.Door.UntilAsync(async () =>
        {
            // Until it is there nothing can be published to it.
            await using var asking = await RabbitGate.ConnectAsync(await shared.GetAsync());
            try
            {
                await asking.PublishAsync(MqttVenue.Scan("T1", gate: "A", scanId: "s1"));
            }
            catch (RabbitMQ.Client.Exceptions.PublishException)
            {
                return 0;
            }

            return (await venue.LogAsync()).Length;
        }, records => records == 1);
    }

    private static Task<int> UntilLoggedAsync(MqttVenue venue, int records) => Faults.Door.UntilAsync(async () => (await venue.LogAsync()).Length, count => count == records, TimeSpan.FromSeconds(60));

    private async Task<(MqttVenue Venue, RabbitGate Gate)> OpenAsync(string? dataFolder = null)
    {
        var rabbit = await shared.GetAsync();
        var venue = await MqttVenue.OpenAsync(options => options with { Amqp = rabbit.Address }, dataFolder);
        await venue.ReadyAsync("amqp");
        var gate = await RabbitGate.ConnectAsync(rabbit);
        await gate.EmptyAsync("scans");
        await gate.EmptyAsync("scans.dead");
        return (venue, gate);
    }
}
