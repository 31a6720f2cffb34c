using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Data.Verification;

namespace Headcount.SystemTests.Data;

/// <summary>Verifying a database beside a server that runs on it.</summary>
public abstract class VerificationContract : DatabaseContract
{
    [Fact]
    public async Task a_log_and_its_views_agree()
    {
        await GeneratedVenue.Happenings.SampleAsync(async happenings =>
        {
            var venue = GeneratedVenue.Run(happenings);
            var id = await Db.AddEventAsync(row => row.Slug = $"venue-{Guid.CreateVersion7():n}");
            await Db.Log.AppendAsync(id, venue.Log, Cancellation);
        }, iter: 20, threads: 1);
        var verified = await LogVerification.RunAsync(Options, null, Cancellation);
        Assert.Equal(20, verified.Count);
        Assert.All(verified, found => Assert.Empty(found.Differences));
        Assert.Contains(verified, found => found.Occupancy > 0 && found.Records > 0);
    }

    [Fact]
    public async Task views_that_count_otherwise_are_told_of()
    {
        var id = await Db.AddEventAsync(row => row.Slug = "club");
        await Db.Log.AppendAsync(id, [.. Enumerable.Range(1, 50).Select(seq => GeneratedEntries.Plain(seq))], Cancellation);
        await Db.WriteAsync(async (db, cancellation) =>
        {
            await Sql.RunAsync(db, "DROP VIEW current_occupancy", cancellation);
            return await Sql.RunAsync(db, $"CREATE VIEW current_occupancy AS SELECT {id} AS event_id, 50 AS seq, 49 AS occupancy, 50 AS entries, 0 AS exits, 50 AS first_entries", cancellation);
        });
        var verified = Assert.Single(await LogVerification.RunAsync(Options, "club", Cancellation));
        Assert.Equal([new LogDifference("occupancy", "50", "49")], verified.Differences);
    }

    [Fact]
    public async Task anomalies_that_are_others_are_told_of()
    {
        var id = await Db.AddEventAsync(row => row.Slug = "club");
        await Db.AddAsync([.. Enumerable.Range(1, 3).Select(seq => new TicketRow { EventId = id, TicketId = ((ScanRecord)GeneratedEntries.Plain(seq).Record).Scan.TicketId.Value, CreatedAt = Instants.Noon, UpdatedAt = Instants.Noon })]);
        await Db.Log.AppendAsync(id, [.. Enumerable.Range(1, 3).Select(seq => GeneratedEntries.Plain(seq))], Cancellation);
        Assert.Empty(Assert.Single(await LogVerification.RunAsync(Options, "club", Cancellation)).Differences);
        await Db.WriteAsync(async (db, cancellation) =>
        {
            await Sql.RunAsync(db, "DROP VIEW anomalies", cancellation);
            return await Sql.RunAsync(db, $"CREATE VIEW anomalies AS SELECT {id} AS event_id, 3 AS seq, 'rapid_reentry' AS kind, 1 AS earlier_seq", cancellation);
        });
        var verified = Assert.Single(await LogVerification.RunAsync(Options, "club", Cancellation));
        Assert.Equal(["anomaly 3 rapid_reentry: 0, not 1", "anomaly 3 rapid_reentry earlier seq: 0, not 1"], verified.Differences.Select(found => $"{found.What}: {found.Recounted}, not {found.Viewed}"));
    }

    [Fact]
    public async Task a_log_with_a_gap_is_told_of()
    {
        var id = await Db.AddEventAsync(row => row.Slug = "club");
        await Db.Log.AppendAsync(id, [GeneratedEntries.Plain(1), GeneratedEntries.Plain(3)], Cancellation);
        var verified = Assert.Single(await LogVerification.RunAsync(Options, "club", Cancellation));
        var difference = Assert.Single(verified.Differences);
        Assert.Equal("record 2", difference.What);
        Assert.Contains("record 2 was expected", difference.Recounted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_event_that_is_not_there_is_told_of()
    {
        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => LogVerification.RunAsync(Options, "nowhere", Cancellation));
        Assert.Contains("no event 'nowhere'", refused.Message, StringComparison.Ordinal);
    }

}

public sealed class SqliteVerificationTests : VerificationContract
{
    [Fact]
    public async Task stays_that_begin_at_another_time_are_told_of()
    {
        var id = await Db.AddEventAsync(row => row.Slug = "club");
        await Db.Log.AppendAsync(id, [.. Enumerable.Range(1, 3).Select(seq => GeneratedEntries.Plain(seq))], Cancellation);
        await Db.WriteAsync(async (db, cancellation) =>
        {
            var view = Assert.Single(await Sql.RowsAsync(db, "SELECT sql FROM sqlite_master WHERE name = 'stays'"));
            await Sql.RunAsync(db, "DROP VIEW stays", cancellation);
            return await Sql.RunAsync(db, view.Replace("o.scan_time AS entered_at", "'2001-01-01 00:00:00.000000' AS entered_at", StringComparison.Ordinal), cancellation);
        });
        var verified = Assert.Single(await LogVerification.RunAsync(Options, "club", Cancellation));
        Assert.NotEmpty(verified.Differences);
        Assert.All(verified.Differences, found => Assert.StartsWith("stays at ", found.What, StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_folder_without_a_database_is_told_of() =>
        await Assert.ThrowsAsync<DatabaseRefusedException>(() => LogVerification.RunAsync(new DataOptions { Folder = Path.Combine(Folder, "none") }, null, Cancellation));

    protected override ValueTask<DataOptions> OptionsAsync() => ValueTask.FromResult(new DataOptions { Folder = Folder });
}

public sealed class PostgresVerificationTests : VerificationContract
{
    protected override async ValueTask<DataOptions> OptionsAsync() => new() { Folder = Folder, Connection = await (await SharedPostgres.GetAsync()).CreateDatabaseAsync() };
}
