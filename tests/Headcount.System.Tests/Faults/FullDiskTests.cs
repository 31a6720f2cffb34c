using System.Net.Http.Json;
using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Serve;

namespace Headcount.SystemTests.Faults;

/// <summary>A disk without room: nothing is counted that was not kept, everybody is told, and it goes on by itself.</summary>
public sealed class FullDiskTests
{
    private const int MostScans = 20_000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_full_disk_is_told_counts_nothing_and_is_forgotten_once_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 24);
        await using var server = await ServeProcess.StartAsync(disk.Data);
        var venue = await FaultVenue.OpenAsync(server, capacity: 100, tickets: 200);
        using var door = new Door(server.Address, venue);
        var load = new GateLoad(venue, seed: 1, connections: 8);
        using var stop = new CancellationTokenSource();
        var running = load.RunAsync(door, stop.Token);
        await load.Answers.MoreAsync(200);
        disk.Fill();
        await load.Unavailable.MoreAsync(100);
        await door.HealthAsync("failing");
        await ToldAsync(door, server, venue);
        var inside = (await door.GetAsync("api/occupancy/current?event=club", server.OwnerToken))!;
        Assert.Equal(200, inside.Status);
        var kept = load.Answers.Value;
        await load.Unavailable.MoreAsync(100);
        Assert.Equal(kept, load.Answers.Value);

        disk.MakeRoom();
        await load.Answers.MoreAsync(200).WaitAsync(Soon, Cancellation);
        await door.HealthAsync("ready");
        await stop.CancelAsync();
        await running;
        await CheckAsync(server, door, load);
    }

    [Fact]
    public async Task killed_on_a_full_disk_it_starts_there_again_and_goes_on_once_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 24);
        GateLoad load;
        FaultVenue venue;
        await using (var server = await ServeProcess.StartAsync(disk.Data))
        {
            venue = await FaultVenue.OpenAsync(server, capacity: 100, tickets: 200);
            load = new GateLoad(venue, seed: 2, connections: 8);
            using var door = new Door(server.Address, venue);
            var running = load.RunAsync(door, CancellationToken.None);
            await load.Answers.MoreAsync(100);
            disk.Fill();
            await load.Unavailable.MoreAsync(20);
            await server.KillAsync();
            await running;
        }

        await using var again = await ServeProcess.StartAsync(disk.Data);
        using var newDoor = new Door(again.Address, venue);
        using var stop = new CancellationTokenSource();
        var runningAgain = load.RunAsync(newDoor, stop.Token);
        await load.Unavailable.MoreAsync(20);
        disk.MakeRoom();
        await load.Answers.MoreAsync(200).WaitAsync(Soon, Cancellation);
        await stop.CancelAsync();
        await runningAgain;
        await CheckAsync(again, newDoor, load);
    }

    [Fact]
    public async Task on_a_full_disk_a_server_without_a_database_says_why_it_does_not_start()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 8);
        Directory.CreateDirectory(disk.Data);
        disk.Fill();
        var run = await TheProgram.Run("serve", "--data", disk.Data, "--urls", "http://127.0.0.1:0");
        Assert.Equal((1, ""), (run.Status, run.Output));
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.Matches("full|No space", run.Error);
    }

    [Fact]
    public async Task a_file_that_may_not_grow_is_told_and_is_forgotten_when_it_may()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/prlimit"), "prlimit, which sets limits of a running process, is not installed.");
        using var folder = new TemporaryFolder();
        await using var server = await ServeProcess.StartUnderAsync("trap '' XFSZ", folder.File("data"));
        var venue = await FaultVenue.OpenAsync(server, capacity: 100, tickets: 200);
        using var door = new Door(server.Address, venue);
        var load = new GateLoad(venue, seed: 3, connections: 8);
        using var stop = new CancellationTokenSource();
        var running = load.RunAsync(door, stop.Token);
        await load.Answers.MoreAsync(100);
        await LimitAsync(server, "65536:");
        await load.Unavailable.MoreAsync(50);
        await LimitAsync(server, "unlimited:");
        await load.Answers.MoreAsync(200).WaitAsync(Soon, Cancellation);
        await stop.CancelAsync();
        await running;
        await CheckAsync(server, door, load);
    }

    // Whoever asks for something that would have to be kept.
    private static async Task ToldAsync(Door door, ServeProcess server, FaultVenue venue)
    {
        var exit = SentScan.Now(0, "exit-on-full-disk", "T1", isExit: true);
        var facts = string.Join('\n', Enumerable.Range(0, 50).Select(n => SentScan.Fact(1, $"late-{n}", $"T{n + 1}", isExit: true, TimeProvider.System.GetUtcNow().AddDays(-2))));
        Reply?[] told =
        [
            await door.ScanAsync(exit),
            await door.BatchAsync(1, facts),
            await door.PostAsync("api/scans/batch", 1, $$"""{"scans":[{{facts.Replace('\n', ',')}}]}""", "application/json"),
            await door.SendAsync(new HttpRequestMessage(HttpMethod.Patch, "api/events/club") { Content = JsonContent.Create(new { capacity = 90, name = new string('x', 100) }) }, server.OwnerToken),
        ];
        foreach (var reply in told[..3])
        {
            Assert.True(reply is { Status: 503, RetryAfter: not null }, $"{reply}");
            Assert.Equal("unavailable", reply.Json.GetProperty("code").GetString());
        }

        // A small change may still fit where a thousand records do not; it is done, or told.
        Assert.True(told[3] is { Status: 200 or 503 }, $"{told[3]}");
        Assert.True(venue.Tickets > 50);
    }

    private static async Task CheckAsync(ServeProcess server, Door door, GateLoad load)
    {
        Assert.Empty(load.Strange);
        Assert.True(load.Slowest < Soon, $"An answer took {load.Slowest}.");
        var log = new LogReplica();
        await log.ReadOnAsync(server);

        // What was answered, and nothing else: on a full disk it is known what was not kept.
        foreach (var scan in load.Answered) log.Check(scan);
        Assert.Equal(load.Answered.Count, log.Seq);
        await load.ResendAsync(door, log);
        await log.ReadOnAsync(server);
        Assert.Equal(load.Answered.Count, log.Seq);
        Assert.InRange(log.Seq, 200, MostScans);
    }

    private static async Task LimitAsync(ServeProcess server, string limit)
    {
        var run = await TheProgram.Start("prlimit", ["--pid", $"{server.Id}", $"--fsize={limit}"], "", []);
        Assert.Equal((0, ""), (run.Status, run.Error));
    }
}
