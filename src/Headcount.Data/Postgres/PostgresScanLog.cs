using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Headcount.Data.Log;
using Headcount.Engine;
using Npgsql;

namespace Headcount.Data.Postgres;

/// <summary>The scan log on PostgreSQL.</summary>
internal sealed class PostgresScanLog(PostgresStore store, PostgresLock serverLock) : IScanLog
{
    /// <summary>How many records are read at a time.</summary>
    public const int ChunkRows = 4_096;

    // Beyond this, in bytes, the memory of a large commit is given back.
    private const int MostKept = 1 << 20;

    private readonly ConcurrentBag<PostgresCopy> _resting = [];

    // An event with a log stays, so that once is enough.
    private readonly ConcurrentDictionary<long, bool> _known = [];

    public async ValueTask AppendAsync(long eventId, IReadOnlyList<LogEntry> entries, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Count == 0) return;
        serverLock.Demand();
        try
        {
            await CopyAsync(eventId, entries, cancellation);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new LogTakenException($"Another writer has taken record {entries[0].Seq} of event {eventId}, or one after it, in {store.Description}.", e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new LogUnavailableException($"{entries.Count} records of event {eventId} from {entries[0].Seq} on could not be written to {store.Description}: {e.Message}", e);
        }
    }

    // COPY is a transaction of its own. What has been sent cannot be called back: waiting for the answer is bounded by the command's own timeout.
    private async Task CopyAsync(long eventId, IReadOnlyList<LogEntry> entries, CancellationToken cancellation)
    {
        if (!_resting.TryTake(out var rows)) rows = new PostgresCopy();
        var bytes = rows.Write(eventId, entries);
        await using var connection = await store.Source.OpenConnectionAsync(cancellation);
        if (!_known.ContainsKey(eventId)) await KnowAsync(connection, eventId, cancellation);
        await using (var copy = await connection.BeginRawBinaryCopyAsync(PostgresCopy.Command, CancellationToken.None))
        {
            copy.ReadTimeout = copy.WriteTimeout = connection.CommandTimeout * 1_000;
            await copy.WriteAsync(bytes, CancellationToken.None);

            // Its end sends the rest, and is where the database says whether it has kept them.
        }

        if (rows.Capacity <= MostKept) _resting.Add(rows);
    }

    private async Task KnowAsync(NpgsqlConnection connection, long eventId, CancellationToken cancellation)
    {
        await using var find = new NpgsqlCommand("SELECT 1 FROM events WHERE event_id = $1", connection);
        find.Parameters.Add(new NpgsqlParameter<long> { TypedValue = eventId });
        if (await find.ExecuteScalarAsync(cancellation) is null) throw new InvalidOperationException("there is no such event");
        _known[eventId] = true;
    }

    public async IAsyncEnumerable<IReadOnlyList<LogEntry>> ReadAsync(long eventId, long afterSeq, long? throughSeq, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // One chunk is read while the one before it is looked at.
        var names = new LogNames();
        var next = ReadChunkAsync(eventId, afterSeq, throughSeq, ChunkRows, names, cancellation);
        try
        {
            while (true)
            {
                var chunk = await next;
                if (chunk.Count == 0) yield break;
                var isLast = chunk.Count < ChunkRows;
                if (!isLast) next = ReadChunkAsync(eventId, chunk[^1].Seq, throughSeq, ChunkRows, names, cancellation);
                yield return chunk;
                if (isLast) yield break;
            }
        }
        finally
        {
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask<LogEntry?> FindAsync(long eventId, long seq, CancellationToken cancellation)
    {
        var found = await ReadChunkAsync(eventId, seq - 1, seq, 1, new LogNames(), cancellation);
        return found.Count == 0 ? null : found[0];
    }

    public async ValueTask CheckAsync(CancellationToken cancellation)
    {
        serverLock.Demand();
        try
        {
            // Takes the number of a transaction that writes, which a server that only reads does not give.
            await using var command = store.Source.CreateCommand("SELECT pg_current_xact_id()");
            await command.ExecuteNonQueryAsync(cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new LogUnavailableException($"{store.Description} takes no records: {e.Message}", e);
        }
    }

    private async Task<List<LogEntry>> ReadChunkAsync(long eventId, long afterSeq, long? throughSeq, int limit, LogNames names, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await store.Source.OpenConnectionAsync(cancellation);
            await using var read = new NpgsqlCommand(PostgresLogSql.Read, connection);
            foreach (var value in (ReadOnlySpan<long>)[eventId, afterSeq, throughSeq ?? long.MaxValue, limit]) read.Parameters.Add(new NpgsqlParameter<long> { TypedValue = value });
            await using var rows = await read.ExecuteReaderAsync(cancellation);
            var entries = new List<LogEntry>(limit);
            while (await rows.ReadAsync(cancellation)) entries.Add(PostgresLogSql.Row(rows, names).ToEntry());
            return entries;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new LogUnavailableException($"The log of event {eventId} after record {afterSeq} cannot be read from {store.Description}: {e.Message}", e);
        }
    }
}
