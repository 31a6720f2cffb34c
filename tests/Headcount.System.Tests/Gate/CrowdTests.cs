using System.Net.Sockets;
using System.Text;
using Headcount.Data.Sqlite;
using Headcount.Engine;
using Headcount.SystemTests.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Gate;

/// <summary>Many at once, and clients that stall.</summary>
public abstract class CrowdContract(SharedServer shared)
{
    [Fact]
    public async Task the_same_scan_sent_fifty_times_at_once_is_counted_once_and_answered_alike()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        var time = Requests.Now;
        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => gate.ScanAsync("T1", id: "once", timestamp: time)));
        Assert.Single(replies.Select(reply => (reply.Status, reply.Text)).Distinct());
        Assert.Equal(200, replies[0].Status);
        Assert.Single(await venue.LogAsync());
    }

    [Fact]
    public async Task a_thousand_at_once_with_one_place_left_admit_exactly_one()
    {
        var venue = await shared.OpenAsync(capacity: 3);
        await venue.ImportAsync([.. Enumerable.Range(0, 1_000).Select(n => (object)new { ticket_id = $"C{n}" })]);
        using var gate = await venue.DeviceAsync();
        await gate.ScanAsync("T1");
        await gate.ScanAsync("T2");
        var replies = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(n => gate.ScanAsync($"C{n}", n % 2 == 0 ? "A" : "B")));
        Assert.Single(replies, reply => reply.Status == 200);
        Assert.All(replies.Where(reply => reply.Status != 200), reply => Assert.Equal((403, "at_capacity", "3"), (reply.Status, reply["reason"], reply["current_occupancy"])));
        Assert.Equal(Enumerable.Range(1, 1_002).Select(n => (long)n), (await venue.LogAsync()).Select(record => record.GetProperty("seq").GetInt64()));
    }

    [Fact]
    public async Task a_client_that_stalls_in_the_middle_is_let_go_and_holds_up_nobody()
    {
        var venue = await shared.OpenAsync();
        using var gate = await venue.DeviceAsync();
        using var stalling = new TcpClient("127.0.0.1", venue.Server.Address.Port);
        var stream = stalling.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /api/scans HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {gate.DefaultRequestHeaders.Authorization!.Parameter}\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{{\"ticket_id\":"), TestContext.Current.CancellationToken);
        Assert.Equal(200, (await gate.ScanAsync("T1")).Status);

        // The server's patience with a body is five seconds.
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"timeout\"", answer, StringComparison.Ordinal);
        Assert.Single(await venue.LogAsync());
    }

    [Fact]
    public async Task a_device_that_runs_wild_is_slowed_down_and_told_when_to_come_back()
    {
        await using var server = await Serving.RunningServer.StartAsync(options => options with
        {
            Adjust = builder => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(builder.Services, new Headcount.Server.Problems.RateLimits { ScansPerSecond = 1, ScanBurst = 5 }),
        });
        await server.CreateEventAsync();
        using var wild = await server.CreateDeviceAsync("club", "wild");
        using var calm = await server.CreateDeviceAsync("club", "calm");
        for (var i = 0; i < 5; i++) Assert.Equal(200, (await wild.ScanAsync("x", type: "exit", id: $"{i}")).Status);
        var reply = (await wild.ScanAsync("x", type: "exit", id: "5")).IsProblem(429, "too_many_requests");
        Assert.InRange(reply.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 2);
        Assert.Equal(200, (await calm.ScanAsync("x", type: "exit", id: "6")).Status);
    }

    [Fact]
    public async Task where_too_many_wait_a_scan_is_turned_away_and_may_be_sent_again()
    {
        WilfulLog? log = null;
        await using var server = await Serving.RunningServer.StartAsync(options => options with
        {
            Adjust = builder => builder.Services
                .AddSingleton(new EngineOptions { MailboxCapacity = 1 })
                .AddSingleton<IScanLog>(services => log = new WilfulLog(ActivatorUtilities.CreateInstance<SqliteScanLog>(services))),
        });
        await server.CreateEventAsync();
        using var gate = await server.CreateDeviceAsync("club", "d");
        Assert.Equal(200, (await gate.ScanAsync("x", type: "exit", id: "0")).Status);
        var held = log!.Hold();
        var first = gate.ScanAsync("x", type: "exit", id: "1");
        await held;
        var waiting = Enumerable.Range(2, 10).Select(n => gate.ScanAsync("x", type: "exit", id: $"{n}")).ToList();

        // One is in the queue, all others are turned away.
        while (waiting.Count > 1)
        {
            var turnedAway = await Task.WhenAny(waiting);
            Assert.NotNull((await turnedAway).IsProblem(503, "busy").Headers.RetryAfter);
            waiting.Remove(turnedAway);
        }

        log.Release();
        Assert.Equal(200, (await first).Status);
        Assert.Equal(200, (await waiting[0]).Status);
        Assert.Equal(200, (await gate.ScanAsync("x", type: "exit", id: "again")).Status);
    }
}

public sealed class CrowdTests(SharedServer shared) : CrowdContract(shared), IClassFixture<SharedServer>;

public sealed class PostgresCrowdTests(SharedPostgresServer shared) : CrowdContract(shared), IClassFixture<SharedPostgresServer>;
