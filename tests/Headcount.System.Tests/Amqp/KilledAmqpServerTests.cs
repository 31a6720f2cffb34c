using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Faults;
using Headcount.SystemTests.Serve;

namespace Headcount.SystemTests.Amqp;

/// <summary>A server that is killed again and again while it works through RabbitMQ's queue.</summary>
public sealed class KilledAmqpServerTests : IDisposable
{
    private const int Kills = 4;
    private const int Scans = 4_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task killed_in_the_midst_of_a_queue_it_has_lost_nothing_of_it_and_counted_nothing_twice()
    {
        await using var rabbit = await RabbitServer.StartAsync();
        var server = await ServeProcess.StartAsync(_folder.File("data"), "--amqp", rabbit.Address);
        try
        {
            var venue = await FaultVenue.OpenAsync(server, capacity: 100_000, tickets: 1_000);
            await using var gate = await RabbitGate.ConnectAsync(rabbit);
            var publishing = Task.WhenAll(Enumerable.Range(0, Scans).Select(number =>
            {
                var scan = SentScan.Now(number % FaultVenue.Gates.Length, $"s{number}", $"T{number * 7 % venue.Tickets + 1}", isExit: number % 3 == 0);
                return gate.PublishAsync(scan.Body, null, null, ("token", venue.Tokens[scan.Gate]));
            }));
            for (var kill = 1; kill <= Kills; kill++)
            {
                await UntilAsync(server, seq => seq >= kill * Scans / (2 * Kills));
                await server.KillAsync();
                await server.DisposeAsync();
                server = await ServeProcess.StartAsync(_folder.File("data"), "--amqp", rabbit.Address);
            }

            await publishing;
            await UntilAsync(server, seq => seq >= Scans);
            var log = new LogReplica();
            await log.ReadOnAsync(server);
            Assert.Equal(Enumerable.Range(0, Scans).Select(number => $"s{number}").Order(StringComparer.Ordinal), log.ScanIds.Order(StringComparer.Ordinal));
            Assert.Equal(0u, await gate.CountAsync("scans.dead"));
            Assert.Equal(0, await server.StopAsync());
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static Task<long> UntilAsync(ServeProcess server, Func<long, bool> isSo) => Faults.Door.UntilAsync(
        async () =>
        {
            using var owner = FaultVenue.Owner(server);
            return (await owner.ReadOccupancyAsync(cancellation: TestContext.Current.CancellationToken)).Seq;
        },
        isSo, TimeSpan.FromSeconds(60));
}
