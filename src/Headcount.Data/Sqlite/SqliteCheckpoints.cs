using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Headcount.Data.Sqlite;

/// <summary>Carries what was committed from the write-ahead log into the database, beside the writer and hardly in its way: a gate that waits for a commit does not wait for that too.</summary>
/// <remarks>
/// A thread with a connection of its own carries nearly all. The log begins anew only when nothing is left in it, and while somebody writes something always is: so the writer, which alone can
/// stand still, carries the last pages itself. What was carried, a crash cannot take back, and what was not, the log still holds; so this may fail, and is tried again.
/// </remarks>
internal sealed class SqliteCheckpoints(SqliteFile file) : IDisposable
{
    /// <summary>From about how many pages in the log on it is carried (4 KiB each). A log that stays so short is written over again and again in memory that is there already, and a page that is written often is carried once.</summary>
    public const int EveryPages = 8_192;

    // A row has a place of its own in the index by ticket; the rest of a commit shares a few pages.
    private const int PagesOfACommit = 4;

    private readonly object _gate = new();
    private Thread? _thread;
    private int _pages;
    private bool _isStopping;
    private volatile bool _isHelpWanted;

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "headcount checkpoints" };
        _thread.Start();
    }

    /// <summary>For the writer, between two commits: says that so many rows were committed, and carries the last pages where that is due.</summary>
    public void Committed(int rows, sqlite3 writer)
    {
        if (_isHelpWanted)
        {
            // Where a reader still needs the log, that is for the next time.
            raw.sqlite3_wal_checkpoint_v2(writer, null, raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
            Volatile.Write(ref _pages, 0);
            _isHelpWanted = false;
        }

        if (Interlocked.Add(ref _pages, rows + PagesOfACommit) < EveryPages) return;
        lock (_gate) Monitor.Pulse(_gate);
    }

    private void Run()
    {
        SqliteConnection? connection = null;
        while (WaitForPages())
        {
            try
            {
                connection ??= file.OpenToCarry();

                // Once more, quickly, so that little is left for the writer.
                Carry(connection.Handle!);
                Carry(connection.Handle!);
                _isHelpWanted = true;
            }
            catch (SqliteException)
            {
                connection?.Dispose();
                connection = null;
                Volatile.Write(ref _pages, 0);
            }
        }

        connection?.Dispose();
    }

    // What is carried in part is not waited for by SQLite; the writer would wait for all of it in the end.
    private static void Carry(sqlite3 connection)
    {
        var result = raw.sqlite3_wal_checkpoint_v2(connection, null, raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        if (result == raw.SQLITE_BUSY) return;
        SqliteException.ThrowExceptionForRC(result, connection);
        SqliteException.ThrowExceptionForRC(SqliteNative.SyncDatabase(connection.DangerousGetHandle()), connection);
    }

    private bool WaitForPages()
    {
        lock (_gate)
        {
            while ((_isHelpWanted || Volatile.Read(ref _pages) < EveryPages) && !_isStopping) Monitor.Wait(_gate);
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
