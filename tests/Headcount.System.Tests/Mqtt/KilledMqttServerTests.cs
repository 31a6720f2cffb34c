using System.Collections.Concurrent;
using Headcount.Simulation;
using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Faults;
using Headcount.SystemTests.Serve;
using MQTTnet.Formatter;

namespace Headcount.SystemTests.Mqtt;

/// <summary>A server that is killed again and again while devices publish to its broker.</summary>
public sealed class KilledMqttServerTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 8;
    private const int Connections = 12;
    private const int Window = 5;
    private const int MostBeforeAKill = 400;

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, SentScan> _unacknowledged = new();
    private readonly ConcurrentQueue<string> _acknowledged = new();
    private int _sent;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task killed_under_mqtt_load_it_has_lost_nothing_that_was_acknowledged_and_counted_nothing_twice()
    {
        var seed = (ulong)TimeProvider.System.GetTimestamp();
        output.WriteLine($"the seed is {seed}");
        var chance = new Chance(seed, 0);
        var port = FreePort.Find();
        string[] options = ["--mqtt", $"mqtt://127.0.0.1:{port}"];
        var server = await ServeProcess.StartAsync(_folder.File("data"), options);
        try
        {
            var venue = await FaultVenue.OpenAsync(server, capacity: 100_000, tickets: 2_000);
            Assert.Contains($"mqtt://127.0.0.1:{port}", server.Text, StringComparison.Ordinal);
            var log = new LogReplica();
            for (var kill = 1; kill <= Kills; kill++)
            {
                var counter = new Counter();
                var (enough, gates) = (counter.MoreAsync(chance.Between(1, MostBeforeAKill)), await ConnectAsync(venue, port));
                var working = Task.WhenAll(gates.SelectMany((gate, number) => Enumerable.Range(0, Window).Select(_ => WorkAsync(gate, number % FaultVenue.Gates.Length, venue, counter))));
                await enough;
                await server.KillAsync();
                await working;
                foreach (var gate in gates) await gate.DisposeAsync();
                server = await ServeProcess.StartAsync(_folder.File("data"), options);
                await log.ReadOnAsync(server);
                Assert.Empty(_acknowledged.Except(log.ScanIds));

                // What was not acknowledged is sent again, as a client does when it is back: it is new, or a repeat.
                await ResendAsync(venue, port);
                await log.ReadOnAsync(server);
                Assert.Equal(_acknowledged.Count, log.Seq);
            }

            output.WriteLine($"{log.Seq} records, {_sent} scans sent");
            Assert.Equal(_sent, log.Seq);
            Assert.Equal(0, await server.StopAsync());
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task<MqttDevice[]> ConnectAsync(FaultVenue venue, int port) => await Task.WhenAll(Enumerable.Range(0, Connections).Select(number =>
    {
        var gate = number % FaultVenue.Gates.Length;
        return MqttDevice.ConnectAsync(port, FaultVenue.DeviceOf(gate), venue.Tokens[gate], number % 2 == 0 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500);
    }));

    private async Task WorkAsync(MqttDevice device, int gate, FaultVenue venue, Counter counter)
    {
        await Task.Yield();
        while (true)
        {
            var number = Interlocked.Increment(ref _sent);
            var scan = SentScan.Now(gate, $"s{number}", $"T{number * 7 % venue.Tickets + 1}", isExit: number % 3 == 0);
            _unacknowledged[scan.ScanId] = scan;
            if (!await PublishAsync(device, scan)) return;
            counter.Add();
        }
    }

    private async Task ResendAsync(FaultVenue venue, int port)
    {
        var gates = await ConnectAsync(venue, port);
        foreach (var scan in _unacknowledged.Values) Assert.True(await PublishAsync(gates[scan.Gate], scan), $"{scan.ScanId} was not acknowledged the second time.");
        foreach (var gate in gates) await gate.DisposeAsync();
    }

    private async Task<bool> PublishAsync(MqttDevice device, SentScan scan)
    {
        try
        {
            if (!(await device.PublishAsync($"scans/{FaultVenue.Gates[scan.Gate]}", scan.Body)).IsSuccess) return false;
        }
        catch (Exception problem) when (problem is MQTTnet.Exceptions.MqttCommunicationException or InvalidOperationException or OperationCanceledException or ObjectDisposedException && !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return false;
        }

        _unacknowledged.TryRemove(scan.ScanId, out _);
        _acknowledged.Enqueue(scan.ScanId);
        return true;
    }
}
