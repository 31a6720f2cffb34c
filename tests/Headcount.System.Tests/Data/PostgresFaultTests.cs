using System.Diagnostics;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Data.Postgres;
using Headcount.Engine;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Headcount.SystemTests.Data;

/// <summary>What goes wrong with a PostgreSQL database.</summary>
public sealed class PostgresFaultTests : DatabaseContract
{
    [Fact]
    public async Task a_server_that_stops_refuses_at_once_and_is_used_again_when_it_is_back()
    {
        // A server of its own: others must not notice.
        await SharedPostgres.GetAsync();
        await using var server = (await PostgresServer.LaunchAsync())!;
        var db = await OpenAsync(new DataOptions { Folder = Folder, Connection = await server.CreateDatabaseAsync() });
        var id = await db.AddEventAsync();
        await AppendAsync(db, id, 1, 10);

        await server.StopAsync();
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAsync<LogUnavailableException>(() => AppendAsync(db, id, 11, 10));
        await Assert.ThrowsAsync<LogUnavailableException>(async () => await db.Log.FindAsync(id, 1, Cancellation));
        await Assert.ThrowsAnyAsync<Exception>(() => db.Database.CheckAsync(Cancellation));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(PostgresAddress.ConnectTimeoutSeconds));

        await server.StartAsync();
        await db.Part<PostgresLock>().HeldAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await AppendAsync(db, id, 11, 10);
        Assert.Equal(GeneratedEntries.Plain(20), await db.Log.FindAsync(id, 20, Cancellation));
        await db.Database.CheckAsync(Cancellation);
        await db.DisposeAsync();
    }

    [Fact]
    public async Task a_server_that_stops_answering_is_given_up_in_time_and_used_again_when_it_answers()
    {
        await SharedPostgres.GetAsync();
        await using var server = (await PostgresServer.LaunchAsync())!;
        var db = await OpenAsync(new DataOptions { Folder = Folder, Connection = await server.CreateDatabaseAsync() + ";Command Timeout=2;Timeout=2" });
        var id = await db.AddEventAsync();
        await AppendAsync(db, id, 1, 10);
        var serverLock = db.Part<PostgresLock>();
        var lost = serverLock.LostAsync();

        await server.FreezeAsync();
        try
        {
            var watch = Stopwatch.StartNew();
            await Assert.ThrowsAsync<LogUnavailableException>(() => AppendAsync(db, id, 11, 10));
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"It took {watch.Elapsed}.");

            // The session that keeps others out is asked too, and then nothing is sent at all.
            await lost.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
            watch.Restart();
            await Assert.ThrowsAsync<LogUnavailableException>(() => AppendAsync(db, id, 11, 10));
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"It took {watch.Elapsed}.");
        }
        finally
        {
            await server.ThawAsync();
        }

        await serverLock.HeldAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        // What was sent before may be there, and then whoever sends it again is told.
        var next = 11L;
        try
        {
            await AppendAsync(db, id, next, 10);
        }
        catch (LogTakenException)
        {
            next += 10;
            await AppendAsync(db, id, next, 10);
        }

        Assert.Equal(GeneratedEntries.Plain(next), await db.Log.FindAsync(id, next, Cancellation));
        await db.DisposeAsync();
    }

    [Fact]
    public async Task the_database_looks_within_seconds_whether_the_machine_that_holds_the_lock_is_still_there()
    {
        Assert.SkipUnless(File.Exists("/proc/net/tcp"), "Only Linux tells of the timers of its connections.");
        var server = await SharedPostgres.GetAsync();
        await using var connection = new NpgsqlConnection(Options.Connection);
        await connection.OpenAsync(Cancellation);
        await using var ask = new NpgsqlCommand("SELECT a.client_port FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()", connection);
        var client = (int)(await ask.ExecuteScalarAsync(Cancellation))!;

        // sl local_address rem_address st tx:rx tr:when …; tr 2 is the timer that asks the other side, when is in hundredths of a second.
        var ends = $":{server.Port:X4} 0100007F:{client:X4} ";
        var line = Assert.Single(await File.ReadAllLinesAsync("/proc/net/tcp", Cancellation), line => line.Contains(ends, StringComparison.Ordinal));
        var timer = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[5].Split(':');
        Assert.Equal(2, int.Parse(timer[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(int.Parse(timer[1], System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture), 0, 1_000);
    }

    [Fact]
    public async Task a_server_that_lost_its_lock_to_another_writes_nothing_until_it_has_it_again()
    {
        var id = await Db.AddEventAsync();
        await using var rival = new NpgsqlConnection(Options.Connection);
        await rival.OpenAsync(Cancellation);
        await using var take = new NpgsqlCommand($"SELECT pg_advisory_lock({PostgresLock.Key})", rival);
        var taking = take.ExecuteNonQueryAsync(Cancellation);
        await RunAsync($"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
        await taking;

        var serverLock = Db.Part<PostgresLock>();
        await serverLock.LostAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await Assert.ThrowsAsync<LogUnavailableException>(() => AppendAsync(Db, id, 1, 1));
        await Assert.ThrowsAsync<LogUnavailableException>(() => Db.AddEventAsync());

        await rival.CloseAsync();
        NpgsqlConnection.ClearPool(rival);
        await serverLock.HeldAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await AppendAsync(Db, id, 1, 1);
    }

    [Fact]
    public async Task changes_that_block_each_other_are_run_again_until_both_are_done()
    {
        await Db.AddAsync(new User { UserId = "one", CreatedAt = Instants.Noon }, new User { UserId = "two", CreatedAt = Instants.Noon });
        var runs = 0;
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        await Task.WhenAll(RenameAsync("one", "two", first, second), RenameAsync("two", "one", second, first));
        Assert.True(runs > 2, "Nothing was run again: the two did not block each other.");
        await using var db = Db.Read();
        Assert.Equal(2, await db.Users.CountAsync(user => user.Name!.Length == 2, Cancellation));

        Task<int> RenameAsync(string one, string other, TaskCompletionSource mine, TaskCompletionSource theirs) => Db.WriteAsync(async (db, cancellation) =>
        {
            Interlocked.Increment(ref runs);
            await db.Users.Where(user => user.UserId == one).ExecuteUpdateAsync(set => set.SetProperty(user => user.Name, user => (user.Name ?? "") + "x"), cancellation);
            mine.TrySetResult();
            await theirs.Task;
            return await db.Users.Where(user => user.UserId == other).ExecuteUpdateAsync(set => set.SetProperty(user => user.Name, user => (user.Name ?? "") + "x"), cancellation);
        });
    }

    [Fact]
    public async Task a_database_that_lacks_migrations_is_refused_by_name_where_it_may_not_have_them()
    {
        var fresh = Options with { Connection = await (await SharedPostgres.GetAsync()).CreateDatabaseAsync(), Migrate = false };
        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => OpenAsync(fresh));
        Assert.Contains("_Start", refused.Message, StringComparison.Ordinal);

        // Refused, it holds nothing.
        await OpenAsync(fresh with { Migrate = true });
    }

    [Fact]
    public async Task a_server_that_is_not_there_is_refused_without_the_password()
    {
        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => OpenAsync(new DataOptions { Folder = Folder, Connection = "postgres://ada:se%20cret@127.0.0.1:1/club" }));
        Assert.Contains("127.0.0.1/club", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("se cret", refused.ToString(), StringComparison.Ordinal);
    }

    protected override async ValueTask<DataOptions> OptionsAsync() => new() { Folder = Folder, Connection = await (await SharedPostgres.GetAsync()).CreateDatabaseAsync() };

    private async Task RunAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Options.Connection);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static Task AppendAsync(OpenDatabase db, long eventId, long from, int count) =>
        db.Log.AppendAsync(eventId, [.. Enumerable.Range(0, count).Select(i => GeneratedEntries.Plain(from + i))], Cancellation).AsTask();
}
