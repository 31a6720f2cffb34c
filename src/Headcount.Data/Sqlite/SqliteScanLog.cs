using System.Runtime.CompilerServices;
using Headcount.Engine;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Sqlite;

/// <summary>The scan log on SQLite.</summary>
internal sealed class SqliteScanLog(SqliteFile file, SqliteWriter writer, SqliteReaders readers) : IScanLog
{
    /// <summary>How many records are read at a time; nobody's reading holds up the log's clean-up for longer.</summary>
    public const int ChunkRows = 4_096;

    public async ValueTask AppendAsync(long eventId, IReadOnlyList<LogEntry> entries, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Count == 0) return;
        cancellation.ThrowIfCancellationRequested();
        await await writer.AppendAsync(eventId, entries);
    }

    public async ValueTask<Task> WriteAsync(long eventId, IReadOnlyList<LogEntry> entries) => await writer.AppendAsync(eventId, entries);

    public async IAsyncEnumerable<IReadOnlyList<LogEntry>> ReadAsync(long eventId, long afterSeq, long? throughSeq, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // One chunk is read while the one before it is looked at.
        var next = ReadChunkAsync(eventId, afterSeq, throughSeq, ChunkRows);
        try
        {
            while (true)
            {
                var chunk = await next;
                if (chunk.Count == 0) yield break;
                cancellation.ThrowIfCancellationRequested();
                var isLast = chunk.Count < ChunkRows;
                if (!isLast) next = ReadChunkAsync(eventId, chunk[^1].Seq, throughSeq, ChunkRows);
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
        cancellation.ThrowIfCancellationRequested();
        var found = await ReadChunkAsync(eventId, seq - 1, seq, 1);
        return found.Count == 0 ? null : found[0];
    }

    public async ValueTask CheckAsync(CancellationToken cancellation)
    {
        await Task.Run(() => DiskRoom.Demand(file.Folder), cancellation);

        // A commit that writes and changes nothing.
        await writer.WriteAsync(static (db, token) => db.Database.ExecuteSqlRawAsync("PRAGMA user_version = 0", token), cancellation);
    }

    private Task<List<LogEntry>> ReadChunkAsync(long eventId, long afterSeq, long? throughSeq, int limit) => Task.Run(() =>
    {
        try
        {
            var reader = readers.Rent();
            try
            {
                var chunk = reader.Read(eventId, afterSeq, throughSeq ?? long.MaxValue, limit);
                readers.Return(reader);
                return chunk;
            }
            catch
            {
                reader.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is SqliteException or FormatException or IOException)
        {
            throw new LogUnavailableException($"The log of event {eventId} after record {afterSeq} cannot be read from {file.Path}: {e.Message}", e);
        }
    });
}
