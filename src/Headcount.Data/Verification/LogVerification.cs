using Headcount.Core;
using Headcount.Data.Postgres;
using Headcount.Data.Sqlite;
using Headcount.Engine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Headcount.Data.Verification;

/// <summary>Counts again from the log and compares with what the SQL views say.</summary>
public static class LogVerification
{
    /// <summary>How many differences of one kind are told of; the rest is counted.</summary>
    public const int MaxDifferences = 20;

    /// <summary>Verifies the events of a database, beside a server that may be running on it: it only reads, and takes no lock.</summary>
    /// <param name="options">Where the database is.</param>
    /// <param name="slug">The one event to verify; null = all.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="DatabaseRefusedException">There is no such database, or it lacks migrations.</exception>
    /// <exception cref="LogUnavailableException">The log cannot be read.</exception>
    public static async Task<IReadOnlyList<VerifiedEvent>> RunAsync(DataOptions options, string? slug, CancellationToken cancellation)
    {
        return await WithAsync(options, (reader, log, database) => RunAsync(reader, log, database, slug, cancellation));
    }

    /// <summary>Counts one event again from its log, up to a record: what a server said when it had come that far must be the same.</summary>
    /// <param name="options">Where the database is.</param>
    /// <param name="slug">The event.</param>
    /// <param name="throughSeq">The last record to count.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="DatabaseRefusedException">There is no such database or event.</exception>
    /// <exception cref="LogUnavailableException">The log cannot be read.</exception>
    public static async Task<RecountedEvent> RecountAsync(DataOptions options, string slug, long throughSeq, CancellationToken cancellation)
    {
        return await WithAsync(options, async (reader, log, database) =>
        {
            await using var db = reader.Open();
            var row = await db.Events.AsNoTracking().Include(row => row.Gates).Include(row => row.TicketTypes).AsSplitQuery().SingleOrDefaultAsync(row => row.Slug == slug, cancellation)
                ?? throw new DatabaseRefusedException($"{database} has no event '{slug}'.");
            var admission = new Admission(row.ToRules());
            await foreach (var chunk in log.ReadAsync(row.EventId, 0, throughSeq, cancellation))
            {
                foreach (var entry in chunk) admission.Apply(entry.Record);
            }

            return new RecountedEvent(admission.LastSeq, admission.Theoretical, admission.Now());
        });
    }

    private static async Task<T> WithAsync<T>(DataOptions options, Func<IDbReader, IScanLog, string, Task<T>> ask)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Connection is { } connection)
        {
            await using var store = new PostgresStore(connection);
            await using var noLock = new PostgresLock(store, TimeProvider.System, NullLogger<PostgresLock>.Instance);
            return await ask(store, new PostgresScanLog(store, noLock), store.Description);
        }

        var file = new SqliteFile(options.Folder);
        if (!File.Exists(file.Path)) throw new DatabaseRefusedException($"There is no database at {file.Path}. Name the server's folder with --data.");
        using var writer = new SqliteWriter(file);
        using var readers = new SqliteReaders(file);
        using var database = new SqliteDatabase(file, writer, readers, options, TimeProvider.System);
        return await ask(database, new SqliteScanLog(file, writer, readers), database.Description);
    }

    private static async Task<IReadOnlyList<VerifiedEvent>> RunAsync(IDbReader reader, IScanLog log, string database, string? slug, CancellationToken cancellation)
    {
        await using var db = reader.Open();
        await DemandSchemaAsync(db, database, cancellation);
        var events = await db.Events.AsNoTracking().Include(row => row.Gates).Include(row => row.TicketTypes).AsSplitQuery()
            .Where(row => slug == null || row.Slug == slug).OrderBy(row => row.EventId).ToListAsync(cancellation);
        if (slug is not null && events.Count == 0) throw new DatabaseRefusedException($"{database} has no event '{slug}'.");
        var verified = new List<VerifiedEvent>();
        foreach (var row in events) verified.Add(await new Recount(db, log, row).RunAsync(cancellation));
        return verified;
    }

    private static async Task DemandSchemaAsync(HeadcountDb db, string database, CancellationToken cancellation)
    {
        string[] missing;
        try
        {
            missing = [.. await db.Database.GetPendingMigrationsAsync(cancellation)];
        }
        catch (Exception e) when (e is System.Data.Common.DbException or TimeoutException or InvalidOperationException)
        {
            throw new DatabaseRefusedException($"{database} cannot be read: {e.Message}");
        }

        if (missing.Length > 0) throw new DatabaseRefusedException($"{database} lacks {missing.Length} migration(s): {string.Join(", ", missing)}. Start a server of this version on it once.");
    }
}

/// <summary>What came of verifying one event.</summary>
/// <param name="Slug">The event.</param>
/// <param name="Records">How many records its log has.</param>
/// <param name="Occupancy">How many are inside, as recounted.</param>
/// <param name="Differences">Where log and views differ; empty = nowhere.</param>
public sealed record VerifiedEvent(string Slug, long Records, long Occupancy, IReadOnlyList<LogDifference> Differences);

/// <summary>An event counted again.</summary>
/// <param name="Seq">The last record that was counted; less than was asked for where the log has no more.</param>
/// <param name="Theoretical">How many would be inside had there been no limit.</param>
/// <param name="Now">Everything else.</param>
public sealed record RecountedEvent(long Seq, long Theoretical, OccupancyReport Now);

/// <summary>A figure that differs.</summary>
/// <param name="What">Which: <c>occupancy</c>, <c>gate A entries</c>, <c>last scan of T0001</c>, …</param>
/// <param name="Recounted">By the log.</param>
/// <param name="Viewed">By the views.</param>
public sealed record LogDifference(string What, string Recounted, string Viewed);
