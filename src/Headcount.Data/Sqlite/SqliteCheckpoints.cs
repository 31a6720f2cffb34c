using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Headcount.Data.Sqlite;

/// <summary>Carries what was committed from the write-ahead log into the database, beside the writer and not in its way: a gate that waits for a commit does not wait for that too.</summary>
/// <remarks>A thread with a connection of its own. What it has carried, a crash cannot take back, and what it has not, the log still holds; so it may fail, and is tried again.</remarks>
internal sealed class SqliteCheckpoints(SqliteFile file) : IDisposable
{
    /// <summary>How many written rows it waits for. Pages that are written again meanwhile are carried once.</summary>
    public const int EveryRows = 2_048;

    /// <summary>From how many pages on the writer itself carries the rest, so that the log begins anew; by then the rest is what was committed since a moment ago. A log that stays short is written over in memory that is there already.</summary>
    public const int PagesUntilWriterHelps = 4_096;

    private readonly object _gate = new();
    private Thread? _thread;
    private int _rows;
    private bool _isStopping;
    private volatile bool _isHelpWanted;

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "headcount sqlite checkpoints" };
        _thread.Start();
    }

    /// <summary>Says that so many rows were committed. Asks the writer for its help where that is due.</summary>
    public void Committed(int rows, sqlite3 writer)
    {
        if (_isHelpWanted)
        {
            _isHelpWanted = false;
            raw.sqlite3_wal_checkpoint_v2(writer, null, raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        }

        if (Interlocked.Add(ref _rows, rows) < EveryRows) return;
        lock (_gate) Monitor.Pulse(_gate);
    }

    private void Run()
    {
        SqliteConnection? connection = null;
        while (WaitForRows())
        {
            try
            {
                connection ??= file.OpenToCarry();
                Carry(connection.Handle!);
            }
            catch (SqliteException)
            {
                connection?.Dispose();
                connection = null;
            }
        }

        connection?.Dispose();
    }

    private void Carry(sqlite3 connection)
    {
        var result = raw.sqlite3_wal_checkpoint_v2(connection, null, raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out var carried);
        if (result == raw.SQLITE_BUSY) return;
        SqliteException.ThrowExceptionForRC(result, connection);
        if (pages < PagesUntilWriterHelps || carried >= pages) return;

        // Once more, quickly, so that little is left for the writer.
        raw.sqlite3_wal_checkpoint_v2(connection, null, raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        _isHelpWanted = true;
    }

    private bool WaitForRows()
    {
        lock (_gate)
        {
            while (Volatile.Read(ref _rows) < EveryRows && !_isStopping) Monitor.Wait(_gate);
            Interlocked.Exchange(ref _rows, 0);
            return !_isStopping;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.Pulse(_gate);
        }

        _thread?.Join();
    }
}
