using Headcount.Client;
using Headcount.SystemTests.Cli;
using Microsoft.Data.Sqlite;

namespace Headcount.SystemTests.Serve;

/// <summary>The log counted again, against views and server.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.File("data");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task log_views_and_a_busy_server_agree()
    {
        await using var server = await ServeProcess.StartAsync(Data, "--demo");
        for (var i = 0; i < 5; i++)
        {
            var run = await TheProgram.Run("verify", "--data", Data, "--json");
            Assert.Equal((0, ""), (run.Status, run.Error));
            Assert.True(run.Json.GetProperty("agree").GetBoolean());
            Assert.Equal(server.Address.AbsoluteUri, run.Json.GetProperty("server").GetString());
        }

        Assert.Equal(0, await server.StopAsync());
        var alone = await TheProgram.Run("verify", "--data", Data);
        Assert.Equal((0, ""), (alone.Status, alone.Error));
        Assert.Contains("The log, the views agree", alone.Output, StringComparison.Ordinal);
        Assert.Contains("demo", alone.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_was_changed_behind_the_servers_back_is_found()
    {
        await using var server = await ServeProcess.StartAsync(Data);
        using var owner = new HeadcountClient(server.Address, server.OwnerToken, new HeadcountClientOptions { Event = "club" });
        await owner.CreateEventAsync(new NewEvent { Slug = "club", Name = "Club", Zone = "UTC", Capacity = 10 }, Cancellation);
        await owner.ImportTicketsAsync("club", [new NewTicket { TicketId = "T1" }], Cancellation);
        await owner.ScanAsync(new NewScan { TicketId = "T1", Gate = "A", ScanType = ScanDirection.Entry, Timestamp = TimeProvider.System.GetUtcNow(), DeviceId = "d" }, Cancellation);
        await using (var database = new SqliteConnection($"Data Source={Path.Combine(Data, "headcount.db")};Pooling=False"))
        {
            await database.OpenAsync(Cancellation);
            await using var change = database.CreateCommand();
            change.CommandText = "DROP TRIGGER IF EXISTS scan_log_is_not_changed; UPDATE scan_log SET gate = 'B'";
            await change.ExecuteNonQueryAsync(Cancellation);
        }

        var run = await TheProgram.Run("verify", "--data", Data, "--json");
        Assert.Equal((4, ""), (run.Status, run.Error));
        var whats = run.Json.GetProperty("differences").EnumerateArray().Select(one => $"{one.GetProperty("where")}: {one.GetProperty("what")}").ToList();
        Assert.Contains("server: gate A occupancy", whats);
        Assert.Contains("server: gate B entries", whats);
        Assert.Contains("differ", (await TheProgram.Run("verify", "--data", Data)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_cannot_be_verified_is_told_with_status_1()
    {
        var nothing = await TheProgram.Run("verify", "--data", _folder.File("none"));
        Assert.Equal((1, ""), (nothing.Status, nothing.Output));
        Assert.Contains("There is no database at", nothing.Error, StringComparison.Ordinal);

        await using (var server = await ServeProcess.StartAsync(Data))
        {
            var stranger = await TheProgram.Run("verify", "--data", Data, "--event", "none");
            Assert.Equal(1, stranger.Status);
            Assert.Contains("no event 'none'", stranger.Error, StringComparison.Ordinal);
            using var owner = new HeadcountClient(server.Address, server.OwnerToken);
            await owner.CreateEventAsync(new NewEvent { Slug = "club", Name = "Club", Zone = "UTC", Capacity = 10 }, Cancellation);

            // A server that is killed leaves its address behind.
            await server.SignalAsync("KILL");
            await server.EndAsync();
        }

        var gone = await TheProgram.Run("verify", "--data", Data);
        Assert.Equal(0, gone.Status);
        Assert.Contains("nobody answers", gone.Error, StringComparison.Ordinal);
        var asked = await TheProgram.Run("verify", "--data", Data, "--url", "http://127.0.0.1:1", "--token", "x");
        Assert.Equal(1, asked.Status);
        Assert.Contains("cannot be reached", asked.Error, StringComparison.Ordinal);
    }
}
