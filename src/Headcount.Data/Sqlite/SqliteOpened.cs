using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace Headcount.Data.Sqlite;

/// <summary>The connection that writes, with its prepared statements. The writer's thread; only <see cref="Sync"/> is another's.</summary>
internal sealed class SqliteOpened : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly Dictionary<long, long> _last = [];
    private SqliteStatement? _insert;
    private nint _log;
    private bool _isAsked;
    private volatile SqliteException? _problem;

    public SqliteOpened(SqliteFile file)
    {
        _connection = file.OpenToWrite();
        Options = new DbContextOptionsBuilder<SqliteHeadcountDb>().UseSqlite(_connection).Options;
        _begin = new SqliteStatement(_connection, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(_connection, "COMMIT");
        _rollback = new SqliteStatement(_connection, "ROLLBACK");
    }

    public DbContextOptions<SqliteHeadcountDb> Options { get; }

    public sqlite3 Handle => _connection.Handle!;

    /// <summary>Why what was written is not known to be on disk; null = all is well.</summary>
    public Exception? Problem => _problem;

    /// <summary>Writes records in one transaction.</summary>
    /// <exception cref="InvalidOperationException">The records before them are not there: they could not be written, and nobody has seen that yet.</exception>
    public void Append(List<AppendJob> jobs)
    {
        // Prepared late: before the first migration there is no table.
        var insert = _insert ??= new SqliteStatement(_connection, SqliteLogSql.Insert);
        _begin.Run();
        try
        {
            foreach (var job in jobs)
            {
                FollowOn(job);
                insert.Bind(22, job.EventId);
                foreach (var entry in job.Entries)
                {
                    SqliteLogSql.Bind(insert, Log.LogRow.Of(entry));
                    insert.Run();
                }
            }

            // What is left takes as long again: time in which the next records can be made ready.
            foreach (var job in jobs) job.Written();
            _commit.Run();
        }
        catch
        {
            _last.Clear();
            RollBack();
            throw;
        }
    }

    private void FollowOn(AppendJob job)
    {
        if (!_last.TryGetValue(job.EventId, out var last)) last = LastOf(job.EventId);
        if (job.Entries[0].Seq > last + 1) throw new InvalidOperationException($"record {last} is the last that is there");
        _last[job.EventId] = job.Entries[^1].Seq;
    }

    private long LastOf(long eventId)
    {
        using var last = new SqliteStatement(_connection, "SELECT COALESCE(MAX(seq), 0) FROM scan_log WHERE event_id = ?1");
        last.Bind(1, eventId);
        var seq = last.Step() ? last.Number(0) : 0;
        last.Reset();
        return seq;
    }

    /// <summary>After a commit: from the first one on, the connection leaves the waiting for the disk to <see cref="Sync"/>. Where the file of the write-ahead log cannot be had, it goes on waiting itself.</summary>
    public void LetOthersSync()
    {
        if (_isAsked) return;
        _isAsked = true;
        try
        {
            if (!IsInLog() || SqliteNative.LogOf(Handle.DangerousGetHandle()) is not (not 0 and var log)) return;

            // What was committed before was waited for.
            using var normal = new SqliteStatement(_connection, "PRAGMA synchronous=NORMAL");
            normal.Run();
            _log = log;
        }
        catch (SqliteException)
        {
            // It goes on waiting itself.
        }
    }

    private bool IsInLog()
    {
        using var mode = new SqliteStatement(_connection, "PRAGMA journal_mode");
        var isInLog = mode.Step() && mode.Text(0) == "wal";
        mode.Reset();
        return isInLog;
    }

    /// <summary>Waits until everything that was committed before the call is on disk.</summary>
    /// <returns>Why that is not known. Once it is not, it never is again: a second try would be told of success although the first one's pages are lost.</returns>
    public Exception? Sync()
    {
        if (_problem is not null || _log == 0) return _problem;
        try
        {
            SqliteException.ThrowExceptionForRC(SqliteNative.Sync(_log), null);
        }
        catch (SqliteException problem)
        {
            _problem = problem;
        }

        return _problem;
    }

    /// <summary>Carries all of the write-ahead log into the database and empties it, so that nothing that comes later stands behind what the disk may have lost of it.</summary>
    public void CarryAll() => SqliteException.ThrowExceptionForRC(raw.sqlite3_wal_checkpoint_v2(Handle, null, raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _), Handle);

    // SQLite may have rolled back by itself.
    private void RollBack()
    {
        if (raw.sqlite3_get_autocommit(Handle) == 0) _rollback.Run();
    }

    public void CloseAfterCheckpoint()
    {
        try
        {
            CarryAll();
        }
        catch (SqliteException)
        {
            // Whoever opens the database next does it.
        }

        Dispose();
    }

    public void Dispose()
    {
        _insert?.Dispose();
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _connection.Dispose();
    }
}
