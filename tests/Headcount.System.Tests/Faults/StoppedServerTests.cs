using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Serve;

namespace Headcount.SystemTests.Faults;

/// <summary>A server that is asked to end while gates are busy.</summary>
public sealed class StoppedServerTests
{
    [Fact]
    public async Task what_is_in_the_log_was_answered_and_what_was_answered_is_in_the_log()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServeProcess.StartAsync(folder.File("data"));
        var venue = await FaultVenue.OpenAsync(server, capacity: 100, tickets: 200);
        var load = new GateLoad(venue, seed: 11, connections: 24);
        using (var door = new Door(server.Address, venue))
        {
            var running = load.RunAsync(door, CancellationToken.None);
            await load.Answers.MoreAsync(1_000);
            var began = TimeProvider.System.GetTimestamp();
            Assert.Equal(0, await server.StopAsync());
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(15));
            await running;
        }

        Assert.Empty(load.Strange);
        await using var again = await ServeProcess.StartAsync(folder.File("data"));
        var log = new LogReplica();
        await log.ReadOnAsync(again);
        foreach (var scan in load.Answered) log.Check(scan);
        Assert.Equal(load.Answered.Count, log.Seq);
    }
}
