using Headcount.Core;
using Headcount.Data;
using Headcount.Engine;

namespace Headcount.SystemTests.Data;

/// <summary>The scan log on every database.</summary>
public abstract class LogContract : DatabaseContract
{
    [Fact]
    public async Task a_log_is_read_back_exactly_as_it_was_written()
    {
        await GeneratedEntries.Log.SampleAsync(async entries =>
        {
            var id = await Db.AddEventAsync();
            await Db.Log.AppendAsync(id, entries, Cancellation);
            Assert.Equal(entries, await ReadAsync(id));
        }, iter: 30);
    }

    [Fact]
    public async Task a_log_is_there_after_a_restart()
    {
        var id = await Db.AddEventAsync();
        await Db.Log.AppendAsync(id, Entries(1, 10), Cancellation);
        await ReopenAsync();
        Assert.Equal(Entries(1, 10), await ReadAsync(id));
    }

    [Fact]
    public async Task records_can_be_read_from_and_up_to_a_number_and_one_by_one()
    {
        var id = await Db.AddEventAsync();
        await Db.Log.AppendAsync(id, Entries(1, 10_000), Cancellation);
        Assert.Equal(Entries(4_000, 5_000), await ReadAsync(id, 3_999, 9_999 - 1_000));
        Assert.Equal(Entries(7, 1)[0], await Db.Log.FindAsync(id, 7, Cancellation));
        Assert.Null(await Db.Log.FindAsync(id, 10_001, Cancellation));
        Assert.Empty(await ReadAsync(id + 1));
    }

    [Fact]
    public async Task a_number_that_is_taken_is_refused_with_the_whole_batch()
    {
        var id = await Db.AddEventAsync();
        await Db.Log.AppendAsync(id, Entries(1, 3), Cancellation);
        await Assert.ThrowsAsync<LogTakenException>(() => Db.Log.AppendAsync(id, Entries(3, 5), Cancellation).AsTask());
        Assert.Equal(Entries(1, 3), await ReadAsync(id));
        await Db.Log.AppendAsync(id, Entries(4, 2), Cancellation);
        Assert.Equal(Entries(1, 5), await ReadAsync(id));
    }

    [Fact]
    public async Task events_that_write_at_once_do_not_get_in_each_others_way()
    {
        var ids = new List<long>();
        for (var i = 0; i < 8; i++) ids.Add(await Db.AddEventAsync());
        await Db.Log.AppendAsync(ids[0], Entries(1, 1), Cancellation);

        var writers = ids.Select(async id =>
        {
            for (var seq = id == ids[0] ? 2 : 1; seq <= 100; seq += 1) await Db.Log.AppendAsync(id, Entries(seq, 1), Cancellation);
        });
        var rival = Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
            await Assert.ThrowsAsync<LogTakenException>(() => Db.Log.AppendAsync(ids[0], Entries(1, 1), Cancellation).AsTask())));
        await Task.WhenAll([.. writers, rival]);
        foreach (var id in ids) Assert.Equal(Entries(1, 100), await ReadAsync(id));
    }

    [Fact]
    public async Task a_record_of_an_event_that_is_not_there_is_not_kept()
    {
        await Assert.ThrowsAsync<LogUnavailableException>(() => Db.Log.AppendAsync(999, Entries(1, 1), Cancellation).AsTask());
        Assert.Empty(await ReadAsync(999));
    }

    [Fact]
    public async Task a_record_is_neither_changed_nor_deleted()
    {
        var id = await Db.AddEventAsync();
        await Db.Log.AppendAsync(id, Entries(1, 2), Cancellation);
        foreach (var sql in new[] { "UPDATE scan_log SET gate = 'B'", "DELETE FROM scan_log" })
        {
            var refused = await Assert.ThrowsAnyAsync<Exception>(() => Db.WriteAsync((db, cancellation) => Sql.RunAsync(db, sql, cancellation)));
            Assert.Contains("append-only", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(Entries(1, 2), await ReadAsync(id));
    }

    protected async Task<List<LogEntry>> ReadAsync(long eventId, long afterSeq = 0, long? throughSeq = null)
    {
        var read = new List<LogEntry>();
        await foreach (var chunk in Db.Log.ReadAsync(eventId, afterSeq, throughSeq, Cancellation)) read.AddRange(chunk);
        return read;
    }

    /// <summary>Plain entries, numbered from a number on.</summary>
    protected static LogEntry[] Entries(long from, int count) => [.. Enumerable.Range(0, count).Select(i => GeneratedEntries.Plain(from + i))];
}

public sealed class SqliteLogTests : LogContract
{
    protected override ValueTask<DataOptions> OptionsAsync() => ValueTask.FromResult(new DataOptions { Folder = Folder });
}

public sealed class PostgresLogTests : LogContract
{
    protected override async ValueTask<DataOptions> OptionsAsync() => new() { Folder = Folder, Connection = await (await SharedPostgres.GetAsync()).CreateDatabaseAsync() };
}
