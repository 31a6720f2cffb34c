using System.Net;
using System.Net.Sockets;
using Headcount.SystemTests.Gate;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Headcount.SystemTests.Mqtt;

/// <summary>What comes to the built-in broker and is no scan: put aside with its reason, never silently lost, and in nobody's way.</summary>
public sealed class BadMessageTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Malformed => new()
    {
        { "", "unreadable" },
        { "open the gate", "unreadable" },
        { "[]", "malformed" },
        { "{\"ticket_id\":\"T1\"", "unreadable" },
        { MqttVenue.Scan(""), "malformed" },
        { MqttVenue.Scan("T1", type: "sideways"), "malformed" },
        { MqttVenue.Scan("T1", type: null), "malformed" },
        { MqttVenue.Scan("T1", timestamp: "yesterday"), "malformed" },
        { MqttVenue.Scan("T1", timestamp: "2025-09-30T10:00:60Z"), "malformed" },
        { MqttVenue.Scan(new string('x', 129)), "malformed" },
        { MqttVenue.Scan("T1", more: new { decided = "perhaps" }), "malformed" },
        { MqttVenue.Scan("T1", more: new { note = new string('x', 70_000) }), "too_large" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task a_malformed_message_is_put_aside_with_its_reason_and_the_next_scan_is_taken(string message, string code)
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var supervisor = await MqttDevice.ConnectAsync(venue.Port, "owner@localhost", venue.Server.OwnerToken);
        await supervisor.SubscribeAsync("scans-rejected/+");
        await using var device = await venue.ConnectAsync("d");
        await device.PublishAsync("scans/A", message);
        var aside = await supervisor.NextAsync();
        Assert.Equal(("scans-rejected/A", code, "scans/A", "A", "d", message), (aside.Topic, aside["code"], aside["topic"], aside["gate"], aside["device_id"], aside["payload"]));
        Assert.NotEmpty(aside["error"]!);
        var told = await device.NextAsync();
        Assert.Equal(("decisions/d", code, aside["error"]), (told.Topic, told["code"], told["error"]));
        await device.PublishAsync("scans/A", MqttVenue.Scan("T1"));
        Assert.Equal("accepted", (await device.NextAsync())["status"]);
        Assert.Single(await venue.LogAsync());
    }

    [Fact]
    public async Task every_wrong_field_is_named_and_which_scan_it_was_is_told()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var device = await venue.ConnectAsync("d");
        await device.PublishAsync("scans/A", MqttVenue.Scan("T1", type: "sideways", scanId: "s1", timestamp: "never"));
        var told = await device.NextAsync();
        Assert.Equal(("T1", "s1"), (told["ticket_id"], told["scan_id"]));
        Assert.Equal(["scan_type", "timestamp"], told.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task a_scan_id_used_for_two_scans_is_a_conflict_and_the_first_stands()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var device = await venue.ConnectAsync("d");
        await device.SubscribeAsync("scans-rejected/#");
        await device.PublishAsync("scans/A", MqttVenue.Scan("T1", scanId: "s1"));
        await device.NextAsync();
        await device.PublishAsync("scans/A", MqttVenue.Scan("T2", scanId: "s1"));
        Assert.Equal(["decisions/d conflict", "scans-rejected/A conflict"], new[] { await device.NextAsync(), await device.NextAsync() }.Select(heard => $"{heard.Topic} {heard["code"]}").Order(StringComparer.Ordinal));
        Assert.Single(await venue.LogAsync());
    }

    [Fact]
    public async Task a_clock_of_1970_is_warned_of_and_the_scan_counts_now()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var device = await venue.ConnectAsync("d");
        await device.PublishAsync("scans/A", MqttVenue.Scan("T1", timestamp: "1970-01-01T00:00:12Z"));
        var answer = await device.NextAsync();
        Assert.Equal(("accepted", "[\"clock_behind\"]"), (answer["status"], answer["warnings"]));
        Assert.StartsWith($"{TimeProvider.System.GetUtcNow().Year}", Assert.Single(await venue.LogAsync()).GetProperty("timestamp").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_archived_event_takes_nothing_more_and_says_so()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var device = await venue.ConnectAsync("d");
        Assert.True((await venue.Server.Owner.SendAsync(HttpMethod.Post, "/api/events/club/archive", null)).Status < 300);
        await device.PublishAsync("scans/A", MqttVenue.Scan("T1"));
        Assert.Equal("archived", (await device.NextAsync())["code"]);
    }

    [Theory]
    [InlineData("474554202f20485454502f312e310d0a0d0a")]
    [InlineData("10ffffff7f")]
    [InlineData("1000")]
    [InlineData("3003000141")]
    [InlineData("100c00044d5154540402003c0005")]
    [InlineData("10ffffffffff")]
    [InlineData("c000")]
    [InlineData("")]
    public async Task bytes_that_are_no_introduction_end_the_connection_and_nothing_else(string hex)
    {
        await using var venue = await MqttVenue.OpenAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, venue.Port, Ended);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Convert.FromHexString(hex), Ended);
        if (hex.Length == 0 || hex.StartsWith("100c", StringComparison.Ordinal)) socket.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await ReadToEndAsync(stream));
        await using var device = await venue.ConnectAsync("d");
        await device.PublishAsync("scans/A", MqttVenue.Scan("T1"));
        Assert.Equal("accepted", (await device.NextAsync())["status"]);
    }

    [Fact]
    public async Task packets_of_random_bytes_after_the_introduction_end_the_connection_and_nothing_else()
    {
        await using var venue = await MqttVenue.OpenAsync();
        var token = await venue.DeviceAsync("d");
        var seed = (ulong)TimeProvider.System.GetTimestamp();
        var chance = new Simulation.Chance(seed, 0);
        TestContext.Current.TestOutputHelper?.WriteLine($"the seed is {seed}");
        for (var round = 0; round < 60; round++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, venue.Port, Ended);
            await using var stream = socket.GetStream();
            await stream.WriteAsync(RawMqtt.Connect("d", token, round % 2 == 0 ? (byte)4 : (byte)5), Ended);
            var noise = new byte[chance.Between(2, 60)];
            for (var i = 0; i < noise.Length; i++) noise[i] = (byte)chance.Below(256);
            noise[1] = (byte)Math.Min(noise.Length - 2, 0x7F);
            await stream.WriteAsync(noise, Ended);
            socket.Client.Shutdown(SocketShutdown.Send);
            Assert.True(await ReadToEndAsync(stream) >= 4);
        }

        await using var device = await venue.ConnectAsync("e");
        await device.PublishAsync("scans/A", MqttVenue.Scan("T1"));
        Assert.Equal("accepted", (await device.NextAsync())["status"]);
    }

    [Fact]
    public async Task a_packet_that_is_too_long_ends_the_connection_before_it_is_read()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var device = await venue.ConnectAsync("d", version: MqttProtocolVersion.V311);
        await Assert.ThrowsAnyAsync<Exception>(() => device.PublishAsync("scans/A", new string('x', 300_000), MqttQualityOfServiceLevel.AtLeastOnce));
        Assert.Empty(await venue.LogAsync());
    }

    private static async Task<long> ReadToEndAsync(NetworkStream stream)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var (all, room) = (0L, new byte[4096]);
        try
        {
            while (await stream.ReadAsync(room, patience.Token) is > 0 and var read) all += read;
        }
        catch (IOException)
        {
            // Closed with something unread: closed all the same.
        }

        return all;
    }
}
