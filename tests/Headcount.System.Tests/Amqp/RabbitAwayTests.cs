using Headcount.SystemTests.Mqtt;

namespace Headcount.SystemTests.Amqp;

/// <summary>RabbitMQ is killed and comes back.</summary>
public sealed class RabbitAwayTests
{
    [Fact]
    public async Task when_rabbitmq_is_killed_the_other_doors_go_on_and_it_is_found_again_when_it_is_back()
    {
        await using var rabbit = await RabbitServer.StartAsync();
        await using var venue = await MqttVenue.OpenAsync(options => options with { Amqp = rabbit.Address, Mqtt = "mqtt://127.0.0.1:0" });
        await venue.ReadyAsync("amqp");
        await using (var gate = await RabbitGate.ConnectAsync(rabbit)) await gate.PublishAsync(MqttVenue.Scan("T1", gate: "A"));
        await Faults.Door.UntilAsync(async () => (await venue.LogAsync()).Length, count => count == 1);
        await rabbit.KillAsync();
        await venue.ReadyAsync("amqp", "degraded");
        await using var device = await venue.ConnectAsync("d");
        await device.PublishAsync("scans/A", MqttVenue.Scan("T2"));
        Assert.Equal("accepted", (await device.NextAsync())["status"]);
        await rabbit.RunAsync();
        await venue.ReadyAsync("amqp");
        await using var again = await RabbitGate.ConnectAsync(rabbit);
        await again.PublishAsync(MqttVenue.Scan("T3", gate: "A"));
        await Faults.Door.UntilAsync(async () => (await venue.LogAsync()).Length, count => count == 3);
    }
}
