using System.Net.Sockets;
using System.Text;
using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Serve;

namespace Headcount.SystemTests.Faults;

/// <summary>Clients that begin and do not go on.</summary>
public sealed class StalledClientTests
{
    private const int Stalled = 200;
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task two_hundred_who_stall_hold_up_no_gate_and_are_let_go()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServeProcess.StartAsync(folder.File("data"));
        var venue = await FaultVenue.OpenAsync(server, capacity: 100, tickets: 200);
        var half = Head(server, venue, "api/scans", 200) + "{\"ticket_id\":\"T1\"";

        // Some stall in the body, some in the headers, some before they have said anything of note.
        string[] beginnings = [half, half, half[..40], "P"];
        var stalled = await Task.WhenAll(Enumerable.Range(0, Stalled).Select(n => BeginAsync(server, beginnings[n % beginnings.Length])));
        using var door = new Door(server.Address, venue);
        var load = new GateLoad(venue, seed: 9, connections: 8);
        using var stop = new CancellationTokenSource();
        var running = load.RunAsync(door, stop.Token);
        await load.Answers.MoreAsync(1_000);

        // The server's patience is five seconds with a body and ten with headers.
        await Task.WhenAll(stalled.Select(ReadToEndAsync)).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await stop.CancelAsync();
        await running;
        Assert.Empty(load.Strange);
        Assert.True(load.Slowest < Quick, $"An answer took {load.Slowest}.");
        var log = new LogReplica();
        await log.ReadOnAsync(server);
        foreach (var scan in load.Answered) log.Check(scan);
        Assert.Equal(load.Answered.Count, log.Seq);
        foreach (var one in stalled) one.Dispose();
    }

    [Fact]
    public async Task batches_on_slow_lines_take_nobody_elses_turn()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServeProcess.StartAsync(folder.File("data"));
        var venue = await FaultVenue.OpenAsync(server, capacity: 100, tickets: 200);
        using var stop = new CancellationTokenSource();
        var begun = new Counter();
        var moving = begun.MoreAsync(64);
        var dripping = Enumerable.Range(0, 16).Select(_ => DripAsync(server, venue, begun, stop.Token)).ToArray();
        await moving;
        using var door = new Door(server.Address, venue);
        var facts = string.Join(',', Enumerable.Range(0, 50).Select(n => SentScan.Fact(1, $"late-{n}", $"T{n + 1}", isExit: false, TimeProvider.System.GetUtcNow().AddDays(-2))));
        var reply = await door.PostAsync("api/scans/batch", 1, $$"""{"scans":[{{facts}}]}""", "application/json").WaitAsync(Quick, Cancellation);
        Assert.Equal(50, reply!.Json.GetProperty("recorded").GetInt32());
        await stop.CancelAsync();
        await Task.WhenAll(dripping);
    }

    private static string Head(ServeProcess server, FaultVenue venue, string path, int length) =>
        $"POST /{path} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nAuthorization: Bearer {venue.Tokens[0]}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n";

    private static async Task<TcpClient> BeginAsync(ServeProcess server, string beginning)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, Cancellation);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning), Cancellation);
        return client;
    }

    // Faster than what the server cuts off, and never done.
    private static async Task DripAsync(ServeProcess server, FaultVenue venue, Counter begun, CancellationToken stop)
    {
        using var client = await BeginAsync(server, Head(server, venue, "api/scans/batch", 1_000_000) + "{\"scans\":[");
        using var drip = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var blanks = Encoding.ASCII.GetBytes(new string(' ', 50));
        while (!stop.IsCancellationRequested)
        {
            await client.GetStream().WriteAsync(blanks, Cancellation);
            begun.Add();
            await drip.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static async Task ReadToEndAsync(TcpClient client)
    {
        var bytes = new byte[4_096];
        try
        {
            while (await client.GetStream().ReadAsync(bytes, Cancellation) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Let go without a word.
        }
    }
}
