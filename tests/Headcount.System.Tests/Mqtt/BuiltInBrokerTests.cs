using System.Text;
using Headcount.SystemTests.Gate;
using Headcount.SystemTests.Manage;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Headcount.SystemTests.Mqtt;

/// <summary>Scans that devices publish to the built-in broker, each with its token.</summary>
public sealed class BuiltInBrokerTests
{
    [Fact]
    public async Task a_scan_published_with_mosquitto_pub_is_in_the_log_when_it_is_acknowledged()
    {
        await using var venue = await MqttVenue.OpenAsync();
        var token = await venue.DeviceAsync("gate-a");
        var run = await venue.PublishAsync("scans/A", MqttVenue.Scan("T1"), "-u", "gate-a", "-P", token);
        Assert.Equal((0, ""), (run.Status, run.Error));
        var record = Assert.Single(await venue.LogAsync());
        Assert.Equal(("T1", "A", "accepted", "gate-a"), (record.GetProperty("ticket_id").GetString(), record.GetProperty("gate").GetString(), record.GetProperty("outcome").GetString(), record.GetProperty("device_id").GetString()));
    }

    [Fact]
    public async Task mosquitto_sub_hears_the_answer_on_the_devices_own_topic()
    {
        await using var venue = await MqttVenue.OpenAsync();
        var token = await venue.DeviceAsync("gate-a");
        await using var display = await MosquittoSubscriber.StartAsync(venue.Port, "decisions/gate-a", "-u", "gate-a", "-P", token, "-V", "5");
        await venue.PublishAsync("scans/A", MqttVenue.Scan("T1"), "-u", "gate-a", "-P", token, "-V", "5");
        var answer = await display.NextAsync();
        Assert.Equal(("decisions/gate-a", "accepted", "T1", "1"), (answer.Topic, answer["status"], answer["ticket_id"], answer["current_occupancy"]));
        await venue.PublishAsync("scans/A", MqttVenue.Scan("T1"), "-u", "gate-a", "-P", token);
        Assert.Equal(("rejected", "already_inside", "Already inside"), (await display.NextAsync() is var refused ? refused["status"] : null, refused["reason"], refused["error"]));
    }

    [Fact]
    public async Task a_signed_code_published_stands_for_its_ticket()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await venue.Server.Owner.PostJsonAsync($"/api/events/{MqttVenue.Slug}/keys", null, System.Net.HttpStatusCode.Created);
        var codes = await venue.Server.Owner.PostJsonAsync($"/api/events/{MqttVenue.Slug}/codes", new { ticket_ids = new[] { "T1" } });
        var code = codes.GetProperty("codes")[0].Text("code")!;
        await using var device = await venue.ConnectAsync("d");
        await device.PublishAsync("scans/A", MqttVenue.Scan(code), MqttQualityOfServiceLevel.AtLeastOnce);
        Assert.Equal(("accepted", "T1"), (await device.NextAsync() is var answer ? answer["status"] : null, answer["ticket_id"]));
        await device.PublishAsync("scans/A", MqttVenue.Scan(code[..^8] + "AAAAAAAA"), MqttQualityOfServiceLevel.AtLeastOnce);
        Assert.Equal(("rejected", "unknown_ticket"), (await device.NextAsync() is var refused ? refused["status"] : null, refused["reason"]));
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V310, MqttQualityOfServiceLevel.AtLeastOnce)]
    [InlineData(MqttProtocolVersion.V311, MqttQualityOfServiceLevel.AtMostOnce)]
    [InlineData(MqttProtocolVersion.V311, MqttQualityOfServiceLevel.AtLeastOnce)]
    [InlineData(MqttProtocolVersion.V311, MqttQualityOfServiceLevel.ExactlyOnce)]
    [InlineData(MqttProtocolVersion.V500, MqttQualityOfServiceLevel.AtMostOnce)]
    [InlineData(MqttProtocolVersion.V500, MqttQualityOfServiceLevel.AtLeastOnce)]
    [InlineData(MqttProtocolVersion.V500, MqttQualityOfServiceLevel.ExactlyOnce)]
    public async Task every_version_and_every_quality_of_service_is_taken_and_answered(MqttProtocolVersion version, MqttQualityOfServiceLevel qos)
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var device = await venue.ConnectAsync("d", version: version);
        for (var i = 1; i <= 3; i++)
        {
            await device.PublishAsync("scans/A", MqttVenue.Scan($"T{i}"), qos);
            Assert.Equal(("accepted", $"{i}"), (await device.NextAsync() is var answer ? answer["status"] : null, answer["seq"]));
        }
    }

    [Fact]
    public async Task with_mqtt_5_the_answer_goes_to_the_response_topic_with_the_correlation_data_and_to_nobody_else()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var device = await venue.ConnectAsync("d", version: MqttProtocolVersion.V500);
        await using var other = await venue.ConnectAsync("other", version: MqttProtocolVersion.V500);
        await device.SubscribeAsync("replies/mine");
        await other.SubscribeAsync("replies/mine");
        await device.PublishAsync("scans/A", MqttVenue.Scan("T1"), more: message => message.WithResponseTopic("replies/mine").WithCorrelationData(Encoding.UTF8.GetBytes("no. 7")));
        var answer = await device.NextAsync();
        Assert.Equal(("replies/mine", "no. 7", "accepted"), (answer.Topic, answer.Correlation, answer["status"]));
        await other.PublishAsync("scans/A", MqttVenue.Scan("T2"), more: message => message.WithCorrelationData(Encoding.UTF8.GetBytes("8")));
        Assert.Equal(("decisions/other", "8"), (await other.NextAsync() is var own ? own.Topic : "", own.Correlation));
        Assert.False(device.HasHeardMore);
    }

    [Fact]
    public async Task what_the_body_leaves_out_comes_from_the_topic_and_the_device_and_the_bodys_gate_wins()
    {
        await using var venue = await MqttVenue.OpenAsync();
        var token = await venue.DeviceAsync("door", direction: "exit");
        await using var device = await MqttDevice.ConnectAsync(venue.Port, "door", token);
        await device.PublishAsync("scans/B", MqttVenue.Scan("T1", type: null));
        await device.PublishAsync("scans/B", MqttVenue.Scan("T1", gate: "A", type: "entry"));
        var log = await venue.LogAsync();
        Assert.Equal(["exit B door", "entry A door"], log.Select(record => $"{record.GetProperty("scan_type")} {record.GetProperty("gate")} {record.GetProperty("device_id")}"));
    }

    [Fact]
    public async Task a_scan_sent_again_gets_its_first_answer_word_for_word_and_is_counted_once()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var device = await venue.ConnectAsync("d");
        var scan = MqttVenue.Scan("T1", scanId: "s1");
        await device.PublishAsync("scans/A", scan);
        var first = await device.NextAsync();
        await device.PublishAsync("scans/A", scan);
        Assert.Equal(first.Text, (await device.NextAsync()).Text);
        Assert.Single(await venue.LogAsync());
    }

    [Fact]
    public async Task a_device_bound_to_a_gate_lets_nobody_in_at_another_but_everybody_out()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var device = await venue.ConnectAsync("d", gate: "A");
        await device.PublishAsync("scans/B", MqttVenue.Scan("T1"));
        Assert.Equal(("forbidden", "403"), (await device.NextAsync() is var refused ? refused["code"] : null, refused["status"]));
        await device.PublishAsync("scans/B", MqttVenue.Scan("T1", type: "exit"));
        Assert.Contains("wrong_gate", (await device.NextAsync())["warnings"], StringComparison.Ordinal);
        Assert.Single(await venue.LogAsync());
    }

    [Fact]
    public async Task an_override_takes_the_scope_as_over_http()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var steward = await venue.ConnectAsync("steward");
        await using var supervisor = await venue.ConnectAsync("supervisor", scopes: ["supervise"]);
        var scan = MqttVenue.Scan("T1", more: new { @override = new { reason = "Artist" } });
        await steward.PublishAsync("scans/A", scan);
        Assert.Equal("forbidden", (await steward.NextAsync())["code"]);
        await supervisor.PublishAsync("scans/A", scan);
        Assert.Equal("accepted", (await supervisor.NextAsync())["status"]);
    }

    [Fact]
    public async Task facts_are_recorded_and_never_refused()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var device = await venue.ConnectAsync("d");
        await device.PublishAsync("scans/A", MqttVenue.Scan("STRANGER", more: new { decided = "accepted" }));
        Assert.Equal("recorded", (await device.NextAsync())["status"]);
    }

    [Fact]
    public async Task an_account_with_a_token_hands_in_scans_too_and_names_the_event_where_there_are_several()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var owner = await MqttDevice.ConnectAsync(venue.Port, "owner@localhost", venue.Server.OwnerToken, MqttProtocolVersion.V500);
        await owner.SubscribeAsync("decisions/#");
        await owner.PublishAsync("scans/A", MqttVenue.Scan("T1", device: "laptop"));
        Assert.Equal(("decisions/laptop", "accepted"), (await owner.NextAsync() is var answer ? answer.Topic : "", answer["status"]));
        await venue.Server.CreateEventAsync("other");
        await owner.PublishAsync("scans/A", MqttVenue.Scan("T2", device: "laptop"));
        Assert.Equal("not_found", (await owner.NextAsync())["code"]);
        await owner.PublishAsync("scans/A", MqttVenue.Scan("T2", device: "laptop"), more: message => message.WithUserProperty("event", Encoding.UTF8.GetBytes(MqttVenue.Slug)));
        Assert.Equal("accepted", (await owner.NextAsync())["status"]);
    }

    [Fact]
    public async Task health_and_metrics_speak_of_the_door()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var device = await venue.ConnectAsync("d");
        await device.PublishAsync("scans/A", MqttVenue.Scan("T1"));
        await device.NextAsync();
        var health = await venue.Server.Owner.AskAsync("/health/ready");
        Assert.Equal("fine", health.Json.GetProperty("parts").GetProperty("mqtt").GetProperty("status").GetString());
        var metrics = (await venue.Server.Owner.AskAsync("/metrics")).Text;
        Assert.Matches("headcount_door_messages[a-z_]*\\{[^}]*door=\"mqtt\"[^}]*outcome=\"answered\"[^}]*\\} 1\\b", metrics);
        Assert.Matches("headcount_door_connections\\{[^}]*door=\"mqtt\"[^}]*\\} 1\\b", metrics);
    }
}
