using Headcount.SystemTests.Cli;
using MQTTnet;

namespace Headcount.SystemTests.Mqtt;

/// <summary>Closed networks: devices that show no token, all of one event.</summary>
public sealed class AnonymousTests
{
    // As it is in many a tutorial: no credentials, no direction, a local clock, and the gate in the topic alone.
    private const string ClassicSketch = """
        import json, sys
        from datetime import datetime
        import paho.mqtt.client as mqtt

        client = mqtt.Client()
        client.connect("127.0.0.1", int(sys.argv[1]), 60)
        client.loop_start()

        def on_scan(ticket_id):
            payload = {"ticket_id": ticket_id, "timestamp": datetime.utcnow().isoformat()}
            info = client.publish(f"scans/{sys.argv[2]}", json.dumps(payload), qos=1)
            info.wait_for_publish(20)
            print("published" if info.is_published() else "lost")

        for ticket in sys.argv[3:]:
            on_scan(ticket)
        client.loop_stop()
        client.disconnect()
        """;

    [Fact]
    public async Task the_classic_sketch_works_as_it_is_where_a_device_is_set_up_for_its_gate()
    {
        await using var venue = await MqttVenue.OpenAnonymousAsync();
        await venue.DeviceAsync("turnstile-in", gate: "A", direction: "entry");
        await venue.DeviceAsync("turnstile-out", gate: "B", direction: "exit");
        await Paho.NeedAsync();
        var walkIn = await TheProgram.Start(Paho.Python, ["-c", ClassicSketch, $"{venue.Port}", "A", "T1", "T2"], "", []);
        Assert.Equal((0, "published\npublished\n"), (walkIn.Status, walkIn.Output));
        var walkOut = await TheProgram.Start(Paho.Python, ["-c", ClassicSketch, $"{venue.Port}", "B", "T1"], "", []);
        Assert.Equal((0, "published\n"), (walkOut.Status, walkOut.Output));
        Assert.Equal(
            ["T1 A entry accepted turnstile-in", "T2 A entry accepted turnstile-in", "T1 B exit accepted turnstile-out"],
            (await venue.LogAsync()).Select(record => $"{record.GetProperty("ticket_id")} {record.GetProperty("gate")} {record.GetProperty("scan_type")} {record.GetProperty("outcome")} {record.GetProperty("device_id")}"));
    }

    [Fact]
    public async Task mosquitto_pub_and_sub_without_credentials()
    {
        await using var venue = await MqttVenue.OpenAnonymousAsync();
        await using var display = await MosquittoSubscriber.StartAsync(venue.Port, "decisions/#");
        await using var setAside = await MosquittoSubscriber.StartAsync(venue.Port, "scans-rejected/#");
        Assert.Equal(0, (await venue.PublishAsync("scans/A", MqttVenue.Scan("T1", device: "pi-7"))).Status);
        Assert.Equal(("decisions/pi-7", "accepted"), (await display.NextAsync() is var answer ? answer.Topic : "", answer["status"]));
        Assert.Equal(0, (await venue.PublishAsync("scans/B", "what?")).Status);
        Assert.Equal(("scans-rejected/B", "unreadable", "what?"), (await setAside.NextAsync() is var aside ? aside.Topic : "", aside["code"], aside["payload"]));
    }

    [Fact]
    public async Task the_device_is_the_one_that_the_body_names_else_the_one_called_like_the_client_else_the_gates_only_one()
    {
        await using var venue = await MqttVenue.OpenAnonymousAsync();
        await venue.DeviceAsync("named", direction: "entry");
        await venue.DeviceAsync("client", direction: "entry");
        await venue.DeviceAsync("of-b", gate: "B", direction: "entry");
        await venue.PublishAsync("scans/A", MqttVenue.Scan("T1", type: null, device: "named"), "-i", "client");
        await venue.PublishAsync("scans/A", MqttVenue.Scan("T2", type: null), "-i", "client");
        await venue.PublishAsync("scans/B", MqttVenue.Scan("T3", type: null));
        await venue.PublishAsync("scans/B", MqttVenue.Scan("T4", device: "unheard-of"));
        Assert.Equal(["named", "client", "of-b", "unheard-of"], (await venue.LogAsync()).Select(record => record.GetProperty("device_id").GetString()));

        // With a second one at the gate it is nobody's, and the direction is missing.
        await venue.DeviceAsync("of-b-too", gate: "B");
        await using var display = await MosquittoSubscriber.StartAsync(venue.Port, "scans-rejected/B");
        await venue.PublishAsync("scans/B", MqttVenue.Scan("T5", type: null));
        Assert.Contains("scan_type", (await display.NextAsync())["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task without_a_token_no_scope_is_given_and_credentials_that_are_shown_must_be_good()
    {
        await using var venue = await MqttVenue.OpenAnonymousAsync();
        var token = await venue.DeviceAsync("supervisor", scopes: ["supervise"]);
        await using var anybody = await MqttDevice.ConnectAsync(venue.Port, null, null);
        await anybody.SubscribeAsync("decisions/supervisor");
        await anybody.PublishAsync("scans/A", MqttVenue.Scan("T1", device: "supervisor", more: new { @override = new { reason = "I say so" } }));
        Assert.Equal("forbidden", (await anybody.NextAsync())["code"]);
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await MqttDevice.AskAsync(venue.Port, "supervisor", token + "x"));
        Assert.Equal(MqttClientConnectResultCode.Success, await MqttDevice.AskAsync(venue.Port, "supervisor", token));
    }

    [Fact]
    public async Task an_event_that_is_not_there_lets_nobody_in_until_it_is()
    {
        await using var venue = await MqttVenue.OpenAsync(options => options with { Mqtt = "mqtt://127.0.0.1:0", MqttAnonymous = "tomorrow" });
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, await MqttDevice.AskAsync(venue.Port, null, null));
        await venue.Server.CreateEventAsync("tomorrow");
        Assert.Equal(MqttClientConnectResultCode.Success, await MqttDevice.AskAsync(venue.Port, null, null));
    }
}
