using Headcount.Server.Problems;
using Headcount.SystemTests.Gate;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Headcount.SystemTests.Mqtt;

/// <summary>Who may connect to the built-in broker, what they may publish, and what they may read.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task a_wrong_token_another_devices_name_and_no_token_at_all_are_refused()
    {
        await using var venue = await MqttVenue.OpenAsync();
        var token = await venue.DeviceAsync("d");
        await venue.DeviceAsync("other");
        Assert.Equal(MqttClientConnectResultCode.Success, await MqttDevice.AskAsync(venue.Port, "d", token));
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await MqttDevice.AskAsync(venue.Port, "d", token + "x"));
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await MqttDevice.AskAsync(venue.Port, "other", token));
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await MqttDevice.AskAsync(venue.Port, "nobody", "hcd_nothing"));
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await MqttDevice.AskAsync(venue.Port, "d", "", MqttProtocolVersion.V311));
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, await MqttDevice.AskAsync(venue.Port, null, null));
        var run = await venue.PublishAsync("scans/A", MqttVenue.Scan("T1"), "-u", "d", "-P", "wrong");
        Assert.NotEqual(0, run.Status);
        Assert.Empty(await venue.LogAsync());
    }

    [Fact]
    public async Task somebody_who_tries_tokens_is_slowed_down_and_those_with_good_ones_are_not()
    {
        await using var venue = await MqttVenue.OpenAsync(options => options with { Mqtt = "mqtt://127.0.0.1:0", Adjust = builder => builder.Services.AddSingleton(new RateLimits { FailuresPerSecond = 1, FailureBurst = 3 }) });
        var token = await venue.DeviceAsync("d");
        var answers = new List<MqttClientConnectResultCode>();
        for (var i = 0; i < 12; i++) answers.Add(await MqttDevice.AskAsync(venue.Port, "d", $"guess-{i}"));
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, answers[0]);
        Assert.Contains(MqttClientConnectResultCode.ServerBusy, answers);
        Assert.Equal(MqttClientConnectResultCode.Success, await MqttDevice.AskAsync(venue.Port, "d", token));
    }

    [Fact]
    public async Task a_device_reads_its_own_answers_only_by_name_and_by_wildcard()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var own = await venue.ConnectAsync("own");
        await using var nosy = await venue.ConnectAsync("nosy", version: MqttProtocolVersion.V500);
        Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, await nosy.SubscribeAsync("decisions/own"));
        Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, await nosy.SubscribeAsync("scans/#"));
        Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, await nosy.SubscribeAsync("$SYS/#"));
        Assert.Equal(MqttClientSubscribeResultCode.SharedSubscriptionsNotSupported, await nosy.SubscribeAsync("$share/x/decisions/#"));
        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS0, await nosy.SubscribeAsync("#"));
        await own.PublishAsync("scans/A", MqttVenue.Scan("T1"));
        await own.PublishAsync("scans/A", "{}");
        await own.NextAsync();
        await nosy.PublishAsync("scans/A", MqttVenue.Scan("T2"));
        Assert.Equal(("decisions/nosy", "T2"), (await nosy.NextAsync() is var answer ? answer.Topic : "", answer["ticket_id"]));
        Assert.False(nosy.HasHeardMore);
    }

    [Fact]
    public async Task devices_of_another_event_are_strangers()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await venue.Server.CreateEventAsync("elsewhere");
        var token = await venue.DeviceAsync("supervisor", scopes: ["supervise"], slug: "elsewhere");
        await using var stranger = await MqttDevice.ConnectAsync(venue.Port, "supervisor", token);
        await stranger.SubscribeAsync("#");
        await using var device = await venue.ConnectAsync("d");
        await device.PublishAsync("scans/A", "nonsense");
        await device.NextAsync();
        await stranger.PublishAsync("scans/A", MqttVenue.Scan("T1"));
        Assert.Equal(("decisions/supervisor", "unknown_ticket"), (await stranger.NextAsync() is var answer ? answer.Topic : "", answer["reason"]));
    }

    [Theory]
    [InlineData("scan/A")]
    [InlineData("scans")]
    [InlineData("scans/")]
    [InlineData("scans/A/B")]
    [InlineData("decisions/d")]
    [InlineData("scans-rejected/A")]
    public async Task nothing_is_taken_on_a_wrong_topic_and_the_sender_is_told(string topic)
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var five = await venue.ConnectAsync("d", version: MqttProtocolVersion.V500);
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, (await five.PublishAsync(topic, MqttVenue.Scan("T1"))).ReasonCode);
        await five.PublishAsync("scans/A", MqttVenue.Scan("T2"));
        Assert.Equal(("decisions/d", "T2"), (await five.NextAsync() is var answer ? answer.Topic : "", answer["ticket_id"]));

        // Before version 5 there is no word for it: the connection ends, and nothing was acknowledged.
        var token = await venue.DeviceAsync("old");
        var run = await venue.PublishAsync(topic, MqttVenue.Scan("T3"), "-u", "old", "-P", token);
        Assert.NotEqual(0, run.Status);
        Assert.Single(await venue.LogAsync());
    }

    [Fact]
    public async Task a_revoked_device_is_cut_off_at_once()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var device = await venue.ConnectAsync("d", version: MqttProtocolVersion.V500);
        await device.PublishAsync("scans/A", MqttVenue.Scan("T1"));
        await device.NextAsync();
        Assert.Equal(204, (await venue.Server.Owner.SendAsync(HttpMethod.Delete, "/api/events/club/devices/d", null)).Status);
        await device.Lost;
        Assert.Equal(MqttClientDisconnectReason.NotAuthorized, device.WhyLost);
        Assert.Single(await venue.LogAsync());
    }

    [Fact]
    public async Task a_scan_right_after_the_revocation_is_not_taken()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var device = await venue.ConnectAsync("d", version: MqttProtocolVersion.V500);
        await venue.Server.Owner.SendAsync(HttpMethod.Delete, "/api/events/club/devices/d", null);
        await Assert.ThrowsAnyAsync<Exception>(() => device.PublishAsync("scans/A", MqttVenue.Scan("T1")));
        Assert.Empty(await venue.LogAsync());
    }

    [Fact]
    public async Task the_same_client_connecting_again_takes_the_place_of_its_earlier_connection()
    {
        await using var venue = await MqttVenue.OpenAsync();
        var token = await venue.DeviceAsync("d");
        await using var first = await MqttDevice.ConnectAsync(venue.Port, "d", token, MqttProtocolVersion.V500, "client-1");
        await using var second = await MqttDevice.ConnectAsync(venue.Port, "d", token, MqttProtocolVersion.V500, "client-1");
        await first.Lost;
        Assert.Equal(MqttClientDisconnectReason.SessionTakenOver, first.WhyLost);

        // Another device that calls itself so is another client.
        await using var other = await MqttDevice.ConnectAsync(venue.Port, "e", await venue.DeviceAsync("e"), MqttProtocolVersion.V500, "client-1");
        await second.PublishAsync("scans/A", MqttVenue.Scan("T1"));
        await other.PublishAsync("scans/A", MqttVenue.Scan("T2"));
        Assert.Equal(2, (await venue.LogAsync()).Length);
    }
}
