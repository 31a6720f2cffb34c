using System.Diagnostics;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Data.Sqlite;
using Headcount.Engine;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Headcount.SystemTests.Data;

/// <summary>What goes wrong under a SQLite database, and who waits for whom.</summary>
public sealed class SqliteFaultTests : DatabaseContract
{
    [Fact]
    public async Task a_full_disk_refuses_whole_batches_until_there_is_room()
    {
        var id = await Db.AddEventAsync();
        await AppendAsync(id, 1, 100);
        var pages = await Db.WriteAsync(async (db, cancellation) => (await db.Database.SqlQueryRaw<long>("SELECT page_count AS Value FROM pragma_page_count").ToListAsync(cancellation))[0]);
        await Db.WriteAsync((db, cancellation) => Sql.RunAsync(db, $"PRAGMA max_page_count={pages + 5}", cancellation));

        var refused = await Assert.ThrowsAsync<LogUnavailableException>(() => AppendAsync(id, 101, 5_000));
        Assert.Contains("full", refused.Message, StringComparison.Ordinal);
        Assert.Null(await Db.Log.FindAsync(id, 101, Cancellation));

        await Db.WriteAsync((db, cancellation) => Sql.RunAsync(db, "PRAGMA max_page_count=1000000", cancellation));
        await AppendAsync(id, 101, 5_000);
        Assert.NotNull(await Db.Log.FindAsync(id, 5_100, Cancellation));
    }

    [Theory]
    [InlineData("gates = 'A;B'")]
    [InlineData("gates = '[1]'")]
    [InlineData("valid_from = 'soon'")]
    public async Task a_ticket_that_cannot_be_read_opens_no_gate_and_keeps_none_shut(string written)
    {
        var id = await Db.AddEventAsync();
        await Db.AddAsync(new TicketRow { EventId = id, TicketId = "T1", CreatedAt = Instants.Noon }, new TicketRow { EventId = id, TicketId = "T2", CreatedAt = Instants.Noon });
        await Db.WriteAsync((db, cancellation) => Sql.RunAsync(db, $"UPDATE tickets SET {written} WHERE ticket_id = 'T1'", cancellation));
        var loaded = new Dictionary<string, Core.TicketStatus>();
        await foreach (var ticket in Db.Source.LoadTicketsAsync(id, Cancellation)) loaded.Add(ticket.TicketId.Value, ticket.Status);
        Assert.Equal((Core.TicketStatus.Revoked, Core.TicketStatus.Valid), (loaded["T1"], loaded["T2"]));
    }

    [Fact]
    public async Task a_batch_that_fails_does_not_take_the_others_with_it()
    {
        var (one, other) = (await Db.AddEventAsync(), await Db.AddEventAsync());
        await AppendAsync(one, 1, 1);
        var (release, held) = await HoldWriterAsync();
        var taken = AppendAsync(one, 1, 1);
        var good = AppendAsync(other, 1, 10);
        var nowhere = AppendAsync(99, 1, 1);
        release.SetResult();
        await held;
        await good;
        await Assert.ThrowsAsync<LogTakenException>(() => taken);
        await Assert.ThrowsAsync<LogUnavailableException>(() => nowhere);
        Assert.NotNull(await Db.Log.FindAsync(other, 10, Cancellation));
    }

    [Fact]
    public async Task records_whose_predecessors_could_not_be_written_are_not_written_either()
    {
        var id = await Db.AddEventAsync();
        await AppendAsync(id, 1, 3);
        await Assert.ThrowsAsync<LogUnavailableException>(() => AppendAsync(id, 5, 2));
        Assert.Null(await Db.Log.FindAsync(id, 5, Cancellation));
        await AppendAsync(id, 4, 3);
        Assert.NotNull(await Db.Log.FindAsync(id, 6, Cancellation));
    }

    [Fact]
    public async Task scans_go_before_changes_that_came_earlier()
    {
        var id = await Db.AddEventAsync();
        var (release, held) = await HoldWriterAsync();
        var changes = Enumerable.Range(0, 3).Select(_ => Db.WriteAsync(async (db, cancellation) =>
            (await db.Database.SqlQueryRaw<long>("SELECT COUNT(*) AS Value FROM scan_log").ToListAsync(cancellation))[0])).ToArray();
        var scans = AppendAsync(id, 1, 5);
        release.SetResult();
        await held;
        await scans;
        Assert.All(await Task.WhenAll(changes), seen => Assert.Equal(5, seen));
    }

    [Fact]
    public async Task what_waits_when_the_server_stops_is_still_done()
    {
        var id = await Db.AddEventAsync();
        var writer = Db.Part<SqliteWriter>();
        var (release, held) = await HoldWriterAsync();
        var scans = AppendAsync(id, 1, 5);
        var stopped = Task.Run(async () => await Db.DisposeAsync(), Cancellation);
        release.SetResult();
        await held;
        await scans;
        await stopped;
        await Assert.ThrowsAsync<LogUnavailableException>(() => writer.AppendAsync(id, [GeneratedEntries.Plain(6)]));
        Db = await OpenAsync(Options);
        Assert.NotNull(await Db.Log.FindAsync(id, 5, Cancellation));
    }

    [Fact]
    public async Task another_process_is_kept_out_and_its_end_by_force_lets_us_in()
    {
        await Db.DisposeAsync();
        using var other = Process.Start(new ProcessStartInfo("python3", ["-c", "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()", Path.Combine(Options.Folder, "headcount.lock")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        Assert.Equal("held", await other.StandardOutput.ReadLineAsync(Cancellation));
        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => OpenAsync(Options));
        Assert.Contains("Another server is running", refused.Message, StringComparison.Ordinal);

        other.Kill();
        await other.WaitForExitAsync(Cancellation);
        Db = await OpenAsync(Options);
    }

    [Fact]
    public async Task another_process_sees_that_we_hold_the_lock()
    {
        using var other = Process.Start(new ProcessStartInfo("python3", ["-c", "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)", Path.Combine(Options.Folder, "headcount.lock")]) { RedirectStandardError = true })!;
        var complaint = await other.StandardError.ReadToEndAsync(Cancellation);
        await other.WaitForExitAsync(Cancellation);
        Assert.NotEqual(0, other.ExitCode);
        Assert.Contains("BlockingIOError", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public void the_folder_is_for_its_owner_alone()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has other rights.");
        else Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(Folder, "data")));
    }

    [Fact]
    public async Task a_migration_that_was_killed_does_not_hold_up_the_next_start()
    {
        var folder = Path.Combine(Folder, "killed");
        Directory.CreateDirectory(folder);
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "headcount.db")};Pooling=False"))
        {
            await connection.OpenAsync(Cancellation);
            await using var leave = connection.CreateCommand();
            leave.CommandText = "CREATE TABLE __EFMigrationsLock (Id INTEGER PRIMARY KEY, Timestamp TEXT); INSERT INTO __EFMigrationsLock VALUES (1, '2025-09-30')";
            await leave.ExecuteNonQueryAsync(Cancellation);
        }

        var database = await OpenAsync(new DataOptions { Folder = folder });
        await database.AddEventAsync();
    }

    [Fact]
    public async Task a_database_that_lacks_migrations_is_refused_by_name_where_it_may_not_have_them()
    {
        var folder = Path.Combine(Folder, "old");
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, "headcount.db"), [], Cancellation);
        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => OpenAsync(new DataOptions { Folder = folder, Migrate = false }));
        Assert.Contains("_Start", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--no-migrate", refused.Message, StringComparison.Ordinal);

        // Refused, it holds nothing.
        await OpenAsync(new DataOptions { Folder = folder });
    }

    [Fact]
    public async Task a_database_that_is_not_there_is_not_made_where_it_may_not_be()
    {
        var folder = Path.Combine(Folder, "none");
        await Assert.ThrowsAsync<DatabaseRefusedException>(() => OpenAsync(new DataOptions { Folder = folder, Migrate = false }));
        Assert.False(File.Exists(Path.Combine(folder, "headcount.db")));
    }

    [Fact]
    public async Task a_reader_does_not_hold_up_a_writer()
    {
        var id = await Db.AddEventAsync();
        await AppendAsync(id, 1, 10_000);
        await using var reading = Db.Log.ReadAsync(id, 0, null, Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await reading.MoveNextAsync());
        await AppendAsync(id, 10_001, 1);
        await Db.AddAsync(new User { UserId = "u", CreatedAt = Instants.Noon });
        var read = reading.Current.Count;
        while (await reading.MoveNextAsync()) read += reading.Current.Count;
        Assert.Equal(10_001, read);
    }

    protected override ValueTask<DataOptions> OptionsAsync() => ValueTask.FromResult(new DataOptions { Folder = Path.Combine(Folder, "data") });

    // Until it is released, whatever is handed in queues up.
    private async Task<(TaskCompletionSource Release, Task Held)> HoldWriterAsync()
    {
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var held = Db.WriteAsync(async (_, _) =>
        {
            started.SetResult();
            await release.Task;
            return true;
        });
        await started.Task;
        return (release, held);
    }

    private Task AppendAsync(long eventId, long from, int count) => Db.Log.AppendAsync(eventId, [.. Enumerable.Range(0, count).Select(i => GeneratedEntries.Plain(from + i))], Cancellation).AsTask();
}
