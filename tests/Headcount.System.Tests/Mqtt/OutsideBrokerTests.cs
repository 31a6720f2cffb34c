using System.Text;
using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Serving;
using MQTTnet.Formatter;

namespace Headcount.SystemTests.Mqtt;

/// <summary>Scans that come through a Mosquitto of the venue's.</summary>
public sealed class OutsideBrokerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task a_scan_goes_through_mosquitto_and_its_answer_comes_back()
    {
        await using var mosquitto = await MosquittoServer.StartAsync();
        await using var venue = await OpenAsync(mosquitto);
        await venue.DeviceAsync("gate-a", direction: "entry");
        await using var display = await MosquittoSubscriber.StartAsync(mosquitto.Port, "decisions/gate-a");
        await Mosquitto.PublishAsync(mosquitto.Port, "scans/A", MqttVenue.Scan("T1", type: null, device: "gate-a"));
        Assert.Equal(("accepted", "T1"), (await display.NextAsync() is var answer ? answer["status"] : null, answer["ticket_id"]));
        Assert.Equal("gate-a", Assert.Single(await venue.LogAsync()).GetProperty("device_id").GetString());
    }

    [Fact]
    public async Task with_mqtt_5_the_answer_goes_to_the_response_topic_with_the_correlation_data()
    {
        await using var mosquitto = await MosquittoServer.StartAsync();
        await using var venue = await OpenAsync(mosquitto);
        await venue.DeviceAsync("d");
        await using var device = await MqttDevice.ConnectAsync(mosquitto.Port, null, null, MqttProtocolVersion.V500);
        await device.SubscribeAsync("replies/7");
        await device.PublishAsync("scans/A", MqttVenue.Scan("T1", device: "d"), more: message => message.WithResponseTopic("replies/7").WithCorrelationData(Encoding.UTF8.GetBytes("c7")));
        Assert.Equal(("replies/7", "c7", "accepted"), (await device.NextAsync() is var answer ? answer.Topic : "", answer.Correlation, answer["status"]));
    }

    [Fact]
    public async Task who_is_unknown_or_shows_a_wrong_token_is_put_aside_with_the_reason()
    {
        await using var mosquitto = await MosquittoServer.StartAsync();
        await using var venue = await OpenAsync(mosquitto);
        var token = await venue.DeviceAsync("d");
        await venue.DeviceAsync("gone");
        await venue.Server.Owner.DeleteAsync("/api/events/club/devices/gone", TestContext.Current.CancellationToken);
        await using var aside = await MosquittoSubscriber.StartAsync(mosquitto.Port, "scans-rejected/+");
        await using var device = await MqttDevice.ConnectAsync(mosquitto.Port, null, null, MqttProtocolVersion.V500);
        foreach (var (message, shown, code) in ((string, string?, string)[])
        [
            (MqttVenue.Scan("T1", device: "stranger"), null, "unknown_device"),
            (MqttVenue.Scan("T1", device: "gone"), null, "unknown_device"),
            (MqttVenue.Scan("T1"), null, "unknown_device"),
            (MqttVenue.Scan("T1", device: "d"), "hcd_wrong", "unauthenticated"),
            ("nonsense", token, "unreadable"),
        ])
        {
            await device.PublishAsync("scans/A", message, more: properties =>
            {
                if (shown is not null) properties.WithUserProperty("token", Encoding.UTF8.GetBytes(shown));
            });
            Assert.Equal(("scans-rejected/A", code, message), (await aside.NextAsync() is var heard ? heard.Topic : "", heard["code"], heard["payload"]));
        }

        await device.PublishAsync("scans/A", MqttVenue.Scan("T1"), more: properties => properties.WithUserProperty("token", Encoding.UTF8.GetBytes(token)));
        await UntilLoggedAsync(venue, 1);
        Assert.Equal("d", (await venue.LogAsync())[0].GetProperty("device_id").GetString());
    }

    [Fact]
    public async Task mosquitto_going_away_and_coming_back_is_survived()
    {
        await using var mosquitto = await MosquittoServer.StartAsync();
        await using var venue = await OpenAsync(mosquitto);
        await venue.DeviceAsync("d");
        await Mosquitto.PublishAsync(mosquitto.Port, "scans/A", MqttVenue.Scan("T1", device: "d"));
        await UntilLoggedAsync(venue, 1);
        await mosquitto.StopAsync();
        await venue.ReadyAsync("mqtt-broker", "degraded");
        await mosquitto.RunAsync();
        await venue.ReadyAsync("mqtt-broker");
        await Mosquitto.PublishAsync(mosquitto.Port, "scans/A", MqttVenue.Scan("T2", device: "d"));
        await UntilLoggedAsync(venue, 2);
    }

    [Fact]
    public async Task a_server_alone_misses_nothing_that_mosquitto_took_before_it_was_back()
    {
        await using var mosquitto = await MosquittoServer.StartAsync();
        await using var venue = await OpenAsync(mosquitto, query: "?share=none");
        await venue.DeviceAsync("d");
        await Mosquitto.PublishAsync(mosquitto.Port, "scans/A", MqttVenue.Scan("T1", device: "d"));
        await UntilLoggedAsync(venue, 1);
        await mosquitto.StopAsync();
        await venue.ReadyAsync("mqtt-broker", "degraded");
        await mosquitto.RunAsync();
        await Mosquitto.PublishAsync(mosquitto.Port, "scans/A", MqttVenue.Scan("T2", device: "d"));
        await UntilLoggedAsync(venue, 2);
    }

    [Fact]
    public async Task what_is_published_while_the_server_is_away_waits_at_mosquitto()
    {
        await using var mosquitto = await MosquittoServer.StartAsync();
        var venue = await OpenAsync(mosquitto, _folder.File("data"));
        await venue.DeviceAsync("d");
        await venue.DisposeAsync();
        for (var n = 1; n <= 3; n++) await Mosquitto.PublishAsync(mosquitto.Port, "scans/A", MqttVenue.Scan($"T{n}", device: "d", scanId: $"{n}"));
        await using var again = new MqttVenue(await RunningServer.StartAsync(options => options with { MqttBroker = mosquitto.Address }, _folder.File("data")));
        await UntilLoggedAsync(again, 3);
    }

    [Fact]
    public async Task two_servers_split_the_work_and_neither_takes_what_the_other_has()
    {
        await using var mosquitto = await MosquittoServer.StartAsync();
        await using var one = await OpenAsync(mosquitto);
        await using var two = await OpenAsync(mosquitto);
        await one.DeviceAsync("d");
        await two.DeviceAsync("d");
        await using var device = await MqttDevice.ConnectAsync(mosquitto.Port, null, null, MqttProtocolVersion.V500);
        await Task.WhenAll(Enumerable.Range(1, 100).Select(n => device.PublishAsync("scans/A", MqttVenue.Scan($"X{n}", device: "d", scanId: $"{n}"))));
        await Faults.Door.UntilAsync(async () => (await one.LogAsync()).Length + (await two.LogAsync()).Length, count => count >= 100);
        var (first, second) = (await ScansAsync(one), await ScansAsync(two));
        Assert.Empty(first.Intersect(second));
        Assert.Equal(100, first.Count + second.Count);
        Assert.True(first.Count > 0 && second.Count > 0, $"{first.Count} and {second.Count}");
    }

    [Fact]
    public async Task a_flood_is_taken_whole()
    {
        await using var mosquitto = await MosquittoServer.StartAsync();
        await using var venue = await OpenAsync(mosquitto);
        await venue.DeviceAsync("d");
        await using var device = await MqttDevice.ConnectAsync(mosquitto.Port, null, null, MqttProtocolVersion.V500);
        await Task.WhenAll(Enumerable.Range(1, 3_000).Select(n => device.PublishAsync("scans/A", MqttVenue.Scan($"X{n}", device: "d", scanId: $"{n}"))));
        await UntilLoggedAsync(venue, 3_000);
    }

    [Fact]
    public async Task a_broker_that_is_not_there_keeps_nobody_from_starting()
    {
        await using var venue = await MqttVenue.OpenAsync(options => options with { MqttBroker = $"mqtt://127.0.0.1:{FreePort.Find()}" });
        await venue.ReadyAsync("mqtt-broker", "degraded");
    }

    private static async Task<MqttVenue> OpenAsync(MosquittoServer mosquitto, string? dataFolder = null, string query = "")
    {
        var venue = await MqttVenue.OpenAsync(options => options with { MqttBroker = mosquitto.Address + query }, dataFolder);
        await venue.ReadyAsync("mqtt-broker");
        return venue;
    }

    private static Task<int> UntilLoggedAsync(MqttVenue venue, int records) => Faults.Door.UntilAsync(async () => (await venue.LogAsync()).Length, count => count == records, TimeSpan.FromSeconds(60));

    private static async Task<HashSet<string?>> ScansAsync(MqttVenue venue) => [.. (await venue.LogAsync()).Select(record => record.GetProperty("scan_id").GetString())];
}
