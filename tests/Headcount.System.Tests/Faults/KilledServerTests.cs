using Headcount.Simulation;
using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Data;
using Headcount.SystemTests.Serve;

namespace Headcount.SystemTests.Faults;

/// <summary>A server that is killed at any moment, again and again: the log is the truth, and an answer is in it.</summary>
public sealed class KilledServerTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>How often a server is killed; more with <c>HEADCOUNT_TEST_KILLS=1000</c> in the environment.</summary>
    private const int Kills = 100;

    private const int KillsOnPostgres = 8;

    /// <summary>How many servers are killed side by side: one alone would leave a processor idle.</summary>
    private const int Servers = 2;

    private const int Connections = 16;
    private const int MostAnswersBeforeAKill = 600;
    private const int RoundsPerUpload = 4;
    private const int RepeatsPerRound = 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task killed_a_hundred_times_under_load_it_has_lost_no_answer_and_counted_nothing_twice()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable("HEADCOUNT_TEST_KILLS"), out var kills)) kills = Kills;
        await Task.WhenAll(Enumerable.Range(1, Servers).Select(server => RunAsync($"data-{server}", (kills + Servers - 1) / Servers)));
    }

    [Fact]
    public async Task on_postgres_it_is_the_same_and_the_next_start_finds_the_database_free()
    {
        var postgres = await SharedPostgres.GetAsync();
        await RunAsync("data", KillsOnPostgres, "--db", await postgres.CreateDatabaseAsync());
    }

    private async Task RunAsync(string folder, int kills, params string[] options)
    {
        var seed = (ulong)TimeProvider.System.GetTimestamp();
        output.WriteLine($"{folder}: seed {seed}");
        var chance = new Chance(seed, 0);
        var server = await ServeProcess.StartAsync(_folder.File(folder), options);
        try
        {
            var venue = await FaultVenue.OpenAsync(server, capacity: 120, tickets: 300);
            var (load, facts, log) = (new GateLoad(venue, seed, Connections), new FactUpload(chance), new LogReplica());
            for (var kill = 1; kill <= kills; kill++)
            {
                using var door = new Door(server.Address, venue);
                var running = Task.WhenAll(load.RunAsync(door, CancellationToken.None), kill % RoundsPerUpload == 0 ? facts.RunAsync(door) : Task.CompletedTask);
                await load.Answers.MoreAsync(chance.Below(MostAnswersBeforeAKill));
                await server.KillAsync();
                await running;
                Assert.Empty(load.Strange);
                Assert.Equal("", server.Errors);

                // At once: whatever kept others out has gone with the process.
                server = await ServeProcess.StartAsync(_folder.File(folder), options);
                await CheckAsync(server, venue, load, facts, log, chance);
            }

            output.WriteLine($"{folder}: {log.Seq} records, {load.Answered.Count} answers, {facts.ScanIds.Count} facts");
            await log.ReadOnAsync(server);
            foreach (var scan in load.Answered) log.Check(scan);
            Assert.Empty(facts.ScanIds.Except(log.ScanIds));
            Assert.Equal(load.Answered.Count + facts.ScanIds.Count, log.Seq);
            Assert.Equal(0, await server.StopAsync());
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task CheckAsync(ServeProcess server, FaultVenue venue, GateLoad load, FactUpload facts, LogReplica log, Chance chance)
    {
        using var door = new Door(server.Address, venue);
        await log.ReadOnAsync(server);
        var answered = load.Answered.ToArray();
        foreach (var scan in answered.TakeLast(2 * MostAnswersBeforeAKill)) log.Check(scan);
        await load.ResendAsync(door, log);
        await facts.ResendAsync(door);

        // Old and new ones alike get their first answer, word for word.
        for (var i = 0; i < RepeatsPerRound && answered.Length > 0; i++)
        {
            var scan = answered[chance.Below(answered.Length)];
            Assert.Equal(scan.Answer, await door.ScanAsync(scan));
        }
    }
}
