using Headcount.Data.Audit;
using Headcount.Engine;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Sqlite;

/// <summary>The one writer of a SQLite database: a thread with a connection. Scans go first, and those that wait together are committed together.</summary>
internal sealed class SqliteWriter(SqliteFile file) : IWriteQueue, IDisposable
{
    /// <summary>How many rows are committed together at the most; one append is never parted.</summary>
    public const int MaxCommitRows = 8_192;

    /// <summary>How many changes may wait; whoever comes then waits for a place.</summary>
    public const int MaxWaitingChanges = 256;

    // What a change writes is not counted; most write a few rows, an import of tickets thousands.
    private const int RowsOfAChange = 1_024;

    private readonly object _gate = new();
    private readonly Queue<AppendJob> _appends = new();
    private readonly Queue<ChangeJob> _changes = new();
    private readonly SemaphoreSlim _places = new(MaxWaitingChanges);
    private readonly List<AppendJob> _together = [];
    private readonly SqliteCheckpoints _checkpoints = new(file);
    private Thread? _thread;
    private bool _isStopping;
    private Opened? _opened;

    /// <summary>Opens the connection, by which the database is made where there is none, and starts the thread.</summary>
    public void Start()
    {
        _opened = new Opened(file);
        _thread = new Thread(Run) { IsBackground = true, Name = "headcount sqlite writer" };
        _thread.Start();
        _checkpoints.Start();
    }

    public Task AppendAsync(long eventId, IReadOnlyList<LogEntry> entries)
    {
        var job = new AppendJob(eventId, entries);
        lock (_gate)
        {
            if (_thread is null || _isStopping) throw new LogUnavailableException("The database is not open: the server is starting or stopping.");
            _appends.Enqueue(job);
            Monitor.Pulse(_gate);
        }

        return job.Done.Task;
    }

    public Task<T> WriteAsync<T>(Func<HeadcountDb, CancellationToken, Task<T>> change, CancellationToken cancellation) => QueueAsync(change, true, cancellation);

    /// <summary>For migrations, which have transactions of their own.</summary>
    public Task<T> WriteOutsideTransactionAsync<T>(Func<HeadcountDb, CancellationToken, Task<T>> change, CancellationToken cancellation) => QueueAsync(change, false, cancellation);

    private async Task<T> QueueAsync<T>(Func<HeadcountDb, CancellationToken, Task<T>> change, bool inTransaction, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        await _places.WaitAsync(cancellation);
        try
        {
            var job = new ChangeJob<T>(change, inTransaction, cancellation);
            lock (_gate)
            {
                if (_thread is null || _isStopping) throw new LogUnavailableException("The database is not open: the server is starting or stopping.");
                _changes.Enqueue(job);
                Monitor.Pulse(_gate);
            }

            return await job.Done.Task;
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Ends the thread after everything that waits was done.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isStopping) return;
            _isStopping = true;
            Monitor.Pulse(_gate);
        }

        _thread?.Join();
        _checkpoints.Dispose();
        _opened?.CloseAfterCheckpoint();
    }

    private void Run()
    {
        while (Take() is { } change)
        {
            var rows = RowsOfAChange;
            if (_together.Count > 0)
            {
                Append();
                rows = _together.Sum(job => job.Entries.Count);
            }
            else if (change.Run(OpenedNow) is { } problem && DiskTrouble.Is(problem))
            {
                Mistrust();
            }

            // After the answers, so that nobody waits for it.
            if (_opened is { } opened) _checkpoints.Committed(rows, opened.Handle);
        }
    }

    // After an I/O error nothing that the connection remembers is to be relied on.
    private void Mistrust()
    {
        _opened?.Dispose();
        _opened = null;
    }

    // Fills _together with what is to be appended next; where nothing is, gives the next change. Null = the end.
    private ChangeJob? Take()
    {
        _together.Clear();
        lock (_gate)
        {
            while (_appends.Count == 0 && _changes.Count == 0)
            {
                if (_isStopping) return null;
                Monitor.Wait(_gate);
            }

            if (_appends.Count == 0) return _changes.Dequeue();
            var rows = 0;
            while (_appends.TryPeek(out var next) && (rows == 0 || rows + next.Entries.Count <= MaxCommitRows))
            {
                rows += next.Entries.Count;
                _together.Add(_appends.Dequeue());
            }
        }

        return ChangeJob.None;
    }

    private Opened OpenedNow() => _opened ??= new Opened(file);

    private void Append()
    {
        try
        {
            Commit(_together);
            foreach (var job in _together) job.Done.SetResult();
        }
        catch (Exception) when (_together.Count > 1)
        {
            // One of them may be to blame: each for itself, so that it alone fails.
            foreach (var job in _together) AppendAlone(job);
        }
        catch (Exception e)
        {
            _together[0].Done.SetException(Explain(e, _together[0]));
        }
    }

    private void AppendAlone(AppendJob job)
    {
        try
        {
            Commit([job]);
            job.Done.SetResult();
        }
        catch (Exception e)
        {
            job.Done.SetException(Explain(e, job));
        }
    }

    private void Commit(List<AppendJob> jobs)
    {
        try
        {
            OpenedNow().Append(jobs);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is not (SQLitePCL.raw.SQLITE_CONSTRAINT or SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_FULL))
        {
            Mistrust();
            throw;
        }
    }

    private Exception Explain(Exception e, AppendJob job) => e switch
    {
        SqliteException { SqliteExtendedErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT_PRIMARYKEY or SQLitePCL.raw.SQLITE_CONSTRAINT_UNIQUE } =>
            new LogTakenException($"Another writer has taken record {job.Entries[0].Seq} of event {job.EventId}, or one after it, in {file.Path}.", e),
        _ => new LogUnavailableException($"{job.Entries.Count} records of event {job.EventId} from {job.Entries[0].Seq} on could not be written to {file.Path}: {e.Message}", e),
    };

    /// <summary>Records of one event that are waiting.</summary>
    private sealed record AppendJob(long EventId, IReadOnlyList<LogEntry> Entries)
    {
        // Whoever waits goes on elsewhere: this thread is every event's, and what one mailbox has to do next is nothing that others wait for.
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>A change that is waiting.</summary>
    private class ChangeJob
    {
        public static readonly ChangeJob None = new();

        /// <returns>Why it failed; null where it did not.</returns>
        public virtual Exception? Run(Func<Opened> opened) => null;
    }

    private sealed class ChangeJob<T>(Func<HeadcountDb, CancellationToken, Task<T>> change, bool inTransaction, CancellationToken cancellation) : ChangeJob
    {
        // Made by whoever asks, and run on the thread of all.
        private readonly Actor? _actor = Actor.Current;

        public TaskCompletionSource<T> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Exception? Run(Func<Opened> opened)
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                using var db = new SqliteHeadcountDb(opened().Options) { Actor = _actor };
                using var transaction = inTransaction ? db.Database.BeginTransaction() : null;

                // SQLite's own calls never wait for anything else, so this thread, which is here for it, does not either.
                var result = change(db, cancellation).GetAwaiter().GetResult();
                transaction?.Commit();
                Done.SetResult(result);
                return null;
            }
            catch (OperationCanceledException e)
            {
                Done.SetCanceled(e.CancellationToken);
                return null;
            }
            catch (Exception e)
            {
                Done.SetException(DiskTrouble.Is(e) ? new LogUnavailableException($"The database cannot be written now: {DiskTrouble.Reason(e)}", e) : e);
                return e;
            }
        }
    }

    /// <summary>The connection with its prepared statements.</summary>
    private sealed class Opened : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteStatement _begin;
        private readonly SqliteStatement _commit;
        private readonly SqliteStatement _rollback;
        private SqliteStatement? _insert;

        public Opened(SqliteFile file)
        {
            _connection = file.OpenToWrite();
            Options = new DbContextOptionsBuilder<SqliteHeadcountDb>().UseSqlite(_connection).Options;
            _begin = new SqliteStatement(_connection, "BEGIN IMMEDIATE");
            _commit = new SqliteStatement(_connection, "COMMIT");
            _rollback = new SqliteStatement(_connection, "ROLLBACK");
        }

        public DbContextOptions<SqliteHeadcountDb> Options { get; }

        public SQLitePCL.sqlite3 Handle => _connection.Handle!;

        public void Append(List<AppendJob> jobs)
        {
            // Prepared late: before the first migration there is no table.
            var insert = _insert ??= new SqliteStatement(_connection, SqliteLogSql.Insert);
            _begin.Run();
            try
            {
                foreach (var job in jobs)
                {
                    insert.Bind(22, job.EventId);
                    foreach (var entry in job.Entries)
                    {
                        SqliteLogSql.Bind(insert, Log.LogRow.Of(entry));
                        insert.Run();
                    }
                }

                _commit.Run();
            }
            catch
            {
                RollBack();
                throw;
            }
        }

        // SQLite may have rolled back by itself.
        private void RollBack()
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) _rollback.Run();
        }

        public void CloseAfterCheckpoint()
        {
            try
            {
                using var checkpoint = new SqliteStatement(_connection, "PRAGMA wal_checkpoint(TRUNCATE)");
                checkpoint.Run();
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
}
