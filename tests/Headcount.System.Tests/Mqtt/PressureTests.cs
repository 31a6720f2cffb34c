using System.Net;
using System.Net.Sockets;
using Headcount.Engine;
using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Engine;
using Headcount.SystemTests.Gate;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MQTTnet.Formatter;

namespace Headcount.SystemTests.Mqtt;

/// <summary>More comes than can be kept: who sends waits, and nothing is lost.</summary>
public sealed class PressureTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_mailbox_with_no_room_makes_devices_wait_and_takes_everything_in_the_end()
    {
        await using var venue = await MqttVenue.OpenAsync(options => options with
        {
            Mqtt = "mqtt://127.0.0.1:0", Adjust = builder => builder.Services.Replace(ServiceDescriptor.Singleton(new EngineOptions { MailboxCapacity = 2, MaxCommit = 2 })),
        });
        var devices = await Task.WhenAll(Enumerable.Range(1, 6).Select(n => venue.ConnectAsync($"d{n}", version: n % 2 == 0 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311)));
        await Task.WhenAll(devices.Select(async (device, d) =>
        {
            var acknowledged = await Task.WhenAll(Enumerable.Range(1, 50).Select(n => device.PublishAsync("scans/A", MqttVenue.Scan($"X{d}-{n}", scanId: $"{n}"))));
            Assert.All(acknowledged, one => Assert.True(one.IsSuccess, $"{one.ReasonCode}"));
        }));
        Assert.Equal(300, (await venue.LogAsync()).Length);
        foreach (var device in devices) await device.DisposeAsync();
    }

    [Fact]
    public async Task scans_of_one_connection_are_decided_in_the_order_they_came_in()
    {
        await using var venue = await MqttVenue.OpenAsync();
        await using var device = await venue.ConnectAsync("d", version: MqttProtocolVersion.V500);
        var publishing = Enumerable.Range(0, 200).Select(n => device.PublishAsync("scans/A", MqttVenue.Scan("T1", type: n % 2 == 0 ? "entry" : "exit", scanId: $"{n}"))).ToList();
        await Task.WhenAll(publishing);
        var log = await venue.LogAsync();
        Assert.Equal(Enumerable.Range(0, 200).Select(n => $"{n}"), log.Select(record => record.GetProperty("scan_id").GetString()));
        Assert.All(log, record => Assert.Equal("accepted", record.GetProperty("outcome").GetString()));
        for (var n = 0; n < 200; n++) Assert.Equal($"{n}", (await device.NextAsync())["scan_id"]);
    }

    [Fact]
    public async Task a_device_that_reads_nothing_is_not_read_either_and_costs_nobody_else_anything()
    {
        await using var venue = await MqttVenue.OpenAsync();
        var token = await venue.DeviceAsync("deaf");
        using var socket = new TcpClient { ReceiveBufferSize = 4096, SendBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, venue.Port, Ended);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(RawMqtt.Connect("deaf", token, 4), Ended);
        await stream.WriteAsync(RawMqtt.Subscribe(1, "decisions/deaf"), Ended);

        // It sends until nobody takes any more from it.
        using var stuck = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        var sent = 0;
        try
        {
            for (; sent < 200_000; sent++)
            {
                stuck.CancelAfter(TimeSpan.FromSeconds(3));
                await stream.WriteAsync(RawMqtt.Publish("scans/A", MqttVenue.Scan("T1", scanId: $"{sent}"), (ushort)(sent % 60_000 + 1)), stuck.Token);
            }

            Assert.Fail("All of it was taken from a device that reads nothing.");
        }
        catch (OperationCanceledException) when (!Ended.IsCancellationRequested)
        {
            // As it should be.
        }

        await using var device = await venue.ConnectAsync("d");
        await device.PublishAsync("scans/B", MqttVenue.Scan("T2"));
        Assert.Equal("accepted", (await device.NextAsync())["status"]);
    }

    [Fact]
    public async Task while_nothing_can_be_kept_nothing_is_acknowledged_and_afterwards_everything_is()
    {
        await using var venue = await MqttVenue.OpenAsync(options => options with
        {
            Mqtt = "mqtt://127.0.0.1:0", Adjust = WilfulLog.Put,
        });
        await using var device = await venue.ConnectAsync("d");
        await device.PublishAsync("scans/A", MqttVenue.Scan("T1"));
        await device.NextAsync();
        var log = (WilfulLog)venue.Server.Services.GetRequiredService<IScanLog>();
        var held = log.Hold();
        var publishing = Enumerable.Range(2, 5).Select(n => device.PublishAsync("scans/A", MqttVenue.Scan($"T{n}", scanId: $"{n}"))).ToList();
        await held.WaitAsync(TimeSpan.FromSeconds(30), Ended);
        log.IsFull = true;
        log.Release();
        await Faults.Door.UntilAsync(() => Task.FromResult(venue.Server.Services.GetRequiredService<EventHost>().Open.Single().IsDurable), isDurable => !isDurable);
        Assert.All(publishing, one => Assert.False(one.IsCompleted));
        log.IsFull = false;
        await Task.WhenAll(publishing).WaitAsync(TimeSpan.FromSeconds(30), Ended);
        Assert.Equal(6, (await venue.LogAsync()).Length);
    }

    [Fact]
    public async Task a_stopping_server_settles_what_it_has_taken_and_says_goodbye()
    {
        using var folder = new TemporaryFolder();
        var venue = await MqttVenue.OpenAsync(dataFolder: folder.File("data"));
        await using var device = await venue.ConnectAsync("d", version: MqttProtocolVersion.V500);
        var publishing = Enumerable.Range(1, 200).Select(n => device.PublishAsync("scans/A", MqttVenue.Scan($"X{n}", scanId: $"{n}"))).ToList();
        await publishing[0];
        await venue.Server.StopAsync();
        await device.Lost;
        Assert.Equal(MQTTnet.MqttClientDisconnectReason.ServerShuttingDown, device.WhyLost);
        var acknowledged = (await Task.WhenAll(publishing.Select(async one =>
        {
            try
            {
                return (await one).IsSuccess;
            }
            catch (Exception)
            {
                return false;
            }
        }))).Select((isKept, n) => (isKept, n: n + 1)).Where(one => one.isKept).Select(one => $"{one.n}").ToList();
        await venue.DisposeAsync();
        await using var again = await Serving.RunningServer.StartAsync(options => options, folder.File("data"));
        var log = await new Venue(again, MqttVenue.Slug).LogAsync();
        Assert.NotEmpty(acknowledged);
        Assert.Empty(acknowledged.Except(log.Select(record => record.GetProperty("scan_id").GetString()!)));
    }

    [Fact]
    public async Task whoever_is_silent_for_longer_than_promised_is_let_go()
    {
        await using var venue = await MqttVenue.OpenAsync();
        var token = await venue.DeviceAsync("d");
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, venue.Port, Ended);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(RawMqtt.Connect("d", token, 4, keepAliveSeconds: 1), Ended);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var (room, all) = (new byte[64], 0);
        while (await stream.ReadAsync(room, patience.Token) is > 0 and var read) all += read;
        Assert.Equal(4, all);
    }
}
