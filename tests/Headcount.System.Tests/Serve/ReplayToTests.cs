using Headcount.Client;
using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Serve;

/// <summary>A day played to a server as real requests.</summary>
public sealed class ReplayToTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task the_sample_day_is_decided_as_admit_decides_it_at_the_speed_that_is_asked_for()
    {
        await using var server = await RunningServer.StartAsync();
        using var owner = await OpenAsync(server, capacity: 5);
        var began = TimeProvider.System.GetTimestamp();
        var run = await PlayAsync(server, TheProgram.Sample, "--speed", "6000");
        Assert.Equal((0, ""), (run.Status, run.Error));

        // Six hours and twenty minutes, six thousand times as fast.
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromSeconds(3.8));
        var admit = (await TheProgram.Run("admit", TheProgram.Sample, "--tickets", TheProgram.SampleTickets, "--capacity", "5", "--json")).Json;
        var current = await owner.ReadOccupancyAsync(cancellation: Cancellation);
        Assert.Equal((admit.GetProperty("actual").GetInt64(), admit.GetProperty("theoretical").GetInt64()), (current.Occupancy, current.Theoretical));
        Assert.Contains("25 scans sent to", run.Output, StringComparison.Ordinal);
        Assert.Contains("already_inside", run.Output, StringComparison.Ordinal);
        Assert.Contains("(p99)", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_large_day_keeps_each_tickets_order()
    {
        await using var server = await RunningServer.StartAsync();
        using var folder = new TemporaryFolder();
        using var owner = await OpenAsync(server, capacity: 10_000, tickets: 0);
        var made = await TheProgram.Run("simulate", "--attendees", "1500", "--faults", "none", "--seed", "3", "--tickets", folder.File("tickets"), "-o", folder.File("day"));
        Assert.Equal(0, made.Status);
        using var register = new StreamContent(File.OpenRead(folder.File("tickets")));
        (await server.Owner.PostAsync("api/events/club/tickets", register, Cancellation)).EnsureSuccessStatusCode();

        var run = await PlayAsync(server, folder.File("day"), "--speed", "max");
        Assert.Equal((0, ""), (run.Status, run.Error));
        var counted = (await TheProgram.Run("occupancy", folder.File("day"), "--json")).Json;
        var current = await owner.ReadOccupancyAsync(cancellation: Cancellation);
        Assert.Equal(
            (counted.GetProperty("occupancy").GetInt64(), counted.GetProperty("entries").GetInt64(), counted.GetProperty("exits").GetInt64(), counted.GetProperty("scans").GetInt64()),
            (current.Occupancy, current.Entries, current.Exits, current.Seq));
    }

    [Fact]
    public async Task as_facts_times_are_kept_and_a_second_time_changes_nothing()
    {
        await using var server = await RunningServer.StartAsync();
        using var owner = await OpenAsync(server, capacity: 5);
        var first = await PlayAsync(server, TheProgram.Sample, "--as-facts");
        var second = await PlayAsync(server, TheProgram.Sample, "--as-facts");
        Assert.Equal((0, 0, ""), (first.Status, second.Status, first.Error + second.Error));
        Assert.Contains("repeated     25", second.Output, StringComparison.Ordinal);
        var at = await owner.ReadOccupancyAtAsync(new DateTimeOffset(2025, 9, 30, 11, 30, 0, TimeSpan.Zero), cancellation: Cancellation);
        Assert.Equal((6, 4, 2), (at.Occupancy, at.ByGate["A"], at.ByGate["B"]));
        Assert.Equal(25, (await owner.ReadOccupancyAsync(cancellation: Cancellation)).Seq);

        // The server's log can be read like any other stream.
        var log = await TheProgram.Run("occupancy", $"{server.Address}api/scans?event=club", "--token", server.OwnerToken, "--at", "2025-09-30T11:30", "--json");
        Assert.Equal((0, 6), (log.Status, log.Json.GetProperty("occupancy").GetInt32()));
    }

    [Fact]
    public async Task who_may_not_or_cannot_be_reached_is_told_with_status_1()
    {
        await using var server = await RunningServer.StartAsync();
        using var owner = await OpenAsync(server, capacity: 5);
        var stranger = await TheProgram.Run("replay", TheProgram.Sample, "--to", server.Address.AbsoluteUri, "--token", "hca_wrong", "--speed", "max");
        Assert.Equal(1, stranger.Status);
        Assert.Contains("does not take it", stranger.Error, StringComparison.Ordinal);
        var nobody = await TheProgram.Run("replay", TheProgram.Sample, "--to", "http://127.0.0.1:1", "--token", "x", "--speed", "max");
        Assert.Equal(1, nobody.Status);
        Assert.Contains("cannot be reached", nobody.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--to nowhere --token x", "--to 'nowhere' is not the address of a server")]
    [InlineData("--to http://localhost", "--to needs a token")]
    [InlineData("--to http://localhost --token x --capacity 5", "--capacity is about the picture")]
    [InlineData("--to http://localhost --token x --as-facts --speed 5", "leave out --speed")]
    [InlineData("--as-facts", "--as-facts goes with --to URL")]
    public async Task wrong_usage_is_told(string options, string told)
    {
        var run = await TheProgram.Run(["replay", TheProgram.Sample, .. options.Split(' ')]);
        Assert.Equal((2, ""), (run.Status, run.Output));
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
    }

    private static Task<Outcome> PlayAsync(RunningServer server, string input, params string[] options) =>
        TheProgram.Start(TheProgram.Path, ["replay", input, "--to", server.Address.AbsoluteUri, "--event", "club", .. options], "", [("HEADCOUNT_TOKEN", server.OwnerToken)]);

    private static async Task<HeadcountClient> OpenAsync(RunningServer server, long capacity, int tickets = 20)
    {
        var owner = new HeadcountClient(server.Address, server.OwnerToken, new HeadcountClientOptions { Event = "club" });
        await owner.CreateEventAsync(new NewEvent { Slug = "club", Name = "Club", Zone = "UTC", Capacity = capacity, TicketTypes = [new TicketType { Name = "VIP", Override = true }] }, Cancellation);
        if (tickets == 0) return owner;
        using var register = new StringContent(await File.ReadAllTextAsync(Repository.Checkout.FullPath(TheProgram.SampleTickets), Cancellation));
        (await server.Owner.PostAsync("api/events/club/tickets", register, Cancellation)).EnsureSuccessStatusCode();
        return owner;
    }
}
