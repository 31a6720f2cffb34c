using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Fanout;
using Headcount.SystemTests.Serve;

namespace Headcount.SystemTests.Faults;

/// <summary>Redis is killed while people walk in.</summary>
public sealed class RedisAwayTests
{
    [Fact]
    public async Task when_redis_is_killed_no_gate_notices_and_health_says_so()
    {
        await using var redis = await RedisServer.StartAsync();
        using var folder = new TemporaryFolder();
        await using var server = await ServeProcess.StartAsync(folder.File("data"), "--redis", redis.Address);
        var venue = await FaultVenue.OpenAsync(server, capacity: 300, tickets: 600);
        using var door = new Door(server.Address, venue);
        await door.HealthAsync("ready");
        var load = new GateLoad(venue, seed: 7, connections: 8);
        using var stop = new CancellationTokenSource();
        var running = load.RunAsync(door, stop.Token);
        await load.Answers.MoreAsync(300);
        await redis.KillAsync();
        await load.Answers.MoreAsync(600);
        await door.HealthAsync("degraded");
        await load.Answers.MoreAsync(300);
        await redis.RunAsync();
        await door.HealthAsync("ready");
        await stop.CancelAsync();
        await running;
        Assert.Empty(load.Strange);
        Assert.Equal(0, load.Unavailable.Value);
        Assert.True(load.Slowest < TimeSpan.FromSeconds(3), $"An answer took {load.Slowest}.");
        var log = new LogReplica();
        await log.ReadOnAsync(server);
        foreach (var scan in load.Answered) log.Check(scan);
        Assert.Equal(load.Answered.Count, log.Seq);
    }
}
