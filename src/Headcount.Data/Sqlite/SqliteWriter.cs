using Headcount.Engine;
using Microsoft.Data.Sqlite;

namespace Headcount.Data.Sqlite;

/// <summary>The one writer of a SQLite database: a thread with a connection. Scans go first, and those that wait together are committed together.</summary>
/// <remarks>The thread writes one commit after the other; <see cref="SqliteSyncs"/> waits for the disk meanwhile. Nobody is told of anything before that.</remarks>
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
    private readonly SqliteSyncs _syncs = new();
    private Thread? _thread;
    private bool _isStopping;
    private bool _mustCarry;
    private SqliteOpened? _opened;

    /// <summary>Opens the connection, by which the database is made where there is none, and starts the thread.</summary>
    public void Start()
    {
        _opened = new SqliteOpened(file);
        _syncs.Start();
        _thread = new Thread(Run) { IsBackground = true, Name = "headcount sqlite writer" };
        _thread.Start();
        _checkpoints.Start();
    }

    /// <summary>Appends records. It completes when the next ones may come, and gives what completes when these are on disk. Where these fail, so do the next ones, which would leave a gap.</summary>
    public Task<Task> AppendAsync(long eventId, IReadOnlyList<LogEntry> entries)
    {
        var job = new AppendJob(eventId, entries);
        lock (_gate)
        {
            if (_thread is null || _isStopping) throw new LogUnavailableException("The database is not open: the server is starting or stopping.");
            _appends.Enqueue(job);
            Monitor.Pulse(_gate);
        }

        return job.WrittenAsync;
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

            return await job.DoneAsync;
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
        _syncs.Dispose();
        _checkpoints.Dispose();
        _opened?.CloseAfterCheckpoint();
    }

    private void Run()
    {
        while (Take(out var change))
        {
            if (_opened?.Problem is not null) Mistrust();
            var rows = RowsOfAChange;
            if (change is null)
            {
                rows = _together.Sum(job => job.Entries.Count);
                Append();
            }
            else
            {
                Change(change);
            }

            // After the answers, so that nobody waits for it.
            if (_opened is { } opened) _checkpoints.Committed(rows, opened.Handle);
        }
    }

    private void Change(ChangeJob change)
    {
        if (change.Run(OpenedNow) is not { } problem)
            HandOver([change]);
        else if (DiskTrouble.Is(problem))
            Mistrust();
    }

    private void HandOver(IReadOnlyList<SqliteJob> jobs)
    {
        _opened!.LetOthersSync();
        _syncs.Take(jobs, _opened);
    }

    // After an I/O error nothing that the connection remembers is to be relied on; nor is what the log holds, where the disk may have lost some of it.
    private void Mistrust()
    {
        _syncs.Finish();
        _mustCarry |= _opened?.Problem is not null;
        _opened?.Dispose();
        _opened = null;
    }

    // Fills _together with what is to be appended next; where nothing is, gives the next change. False = the end.
    private bool Take(out ChangeJob? change)
    {
        _together.Clear();
        change = null;
        lock (_gate)
        {
            while (_appends.Count == 0 && _changes.Count == 0)
            {
                if (_isStopping) return false;
                Monitor.Wait(_gate);
            }

            if (_appends.Count == 0) return _changes.TryDequeue(out change);
            var rows = 0;
            while (_appends.TryPeek(out var next) && (rows == 0 || rows + next.Entries.Count <= MaxCommitRows))
            {
                rows += next.Entries.Count;
                _together.Add(_appends.Dequeue());
            }
        }

        return true;
    }

    private SqliteOpened OpenedNow()
    {
        if (_opened is not null) return _opened;
        var opened = new SqliteOpened(file);
        try
        {
            if (_mustCarry) opened.CarryAll();
        }
        catch
        {
            opened.Dispose();
            throw;
        }

        _mustCarry = false;
        return _opened = opened;
    }

    private void Append()
    {
        try
        {
            Commit(_together);
        }
        catch (Exception) when (_together.Count > 1)
        {
            // One of them may be to blame: each for itself, so that it alone fails.
            foreach (var job in _together) AppendAlone(job);
        }
        catch (Exception e)
        {
            _together[0].Fail(Explain(e, _together[0]));
        }
    }

    private void AppendAlone(AppendJob job)
    {
        try
        {
            Commit([job]);
        }
        catch (Exception e)
        {
            job.Fail(Explain(e, job));
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

        HandOver(jobs);
    }

    private Exception Explain(Exception e, AppendJob job) => e switch
    {
        SqliteException { SqliteExtendedErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT_PRIMARYKEY or SQLitePCL.raw.SQLITE_CONSTRAINT_UNIQUE } =>
            new LogTakenException($"Another writer has taken record {job.Entries[0].Seq} of event {job.EventId}, or one after it, in {file.Path}.", e),
        _ => new LogUnavailableException($"{job.Entries.Count} records of event {job.EventId} from {job.Entries[0].Seq} on could not be written to {file.Path}: {e.Message}", e),
    };
}
