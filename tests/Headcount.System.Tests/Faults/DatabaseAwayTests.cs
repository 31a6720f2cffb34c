using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Data;
using Headcount.SystemTests.Serve;

namespace Headcount.SystemTests.Faults;

/// <summary>PostgreSQL stops under load and comes back.</summary>
public sealed class DatabaseAwayTests
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task postgres_is_away_for_seconds_and_nothing_is_lost_or_counted_twice()
    {
        await using var postgres = await PostgresServer.LaunchAsync();
        Assert.SkipWhen(postgres is null, "PostgreSQL is not installed (Debian's package postgresql).");
        using var folder = new TemporaryFolder();
        await using var server = await ServeProcess.StartAsync(folder.File("data"), "--db", await postgres.CreateDatabaseAsync());
        var venue = await FaultVenue.OpenAsync(server, capacity: 300, tickets: 600);
        using var door = new Door(server.Address, venue);
        var load = new GateLoad(venue, seed: 5, connections: 16);
        using var stop = new CancellationTokenSource();
        var running = load.RunAsync(door, stop.Token);
        await load.Answers.MoreAsync(500);
        await postgres.StopAsync();
        var began = TimeProvider.System.GetTimestamp();
        await load.Unavailable.MoreAsync(100);
        await door.HealthAsync("failing");
        await Door.UntilAsync(() => Task.FromResult(TimeProvider.System.GetElapsedTime(began)), elapsed => elapsed >= Outage);
        var before = load.Answers.Value;
        await load.Unavailable.MoreAsync(50);
        Assert.Equal(before, load.Answers.Value);

        await postgres.StartAsync();
        await load.Answers.MoreAsync(500).WaitAsync(Soon, Cancellation);
        await door.HealthAsync("ready");
        await stop.CancelAsync();
        await running;
        Assert.Empty(load.Strange);
        Assert.True(load.Slowest < Soon, $"An answer took {load.Slowest}.");
        await CheckAsync(server, door, load);
    }

    private static async Task CheckAsync(ServeProcess server, Door door, GateLoad load)
    {
        // What the dashboard shows first.
        using var owner = FaultVenue.Owner(server);
        await using var feed = owner.WatchAsync(cancellation: Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await feed.MoveNextAsync());
        var log = new LogReplica();
        await log.ReadOnAsync(server);
        Assert.Equal((log.Seq, log.Occupancy), (feed.Current.Seq, feed.Current.Occupancy));
        foreach (var scan in load.Answered) log.Check(scan);
        await load.ResendAsync(door, log);
        await log.ReadOnAsync(server);
        foreach (var scan in load.Answered) log.Check(scan);
        Assert.Equal(load.Answered.Count, log.Seq);
    }
}
