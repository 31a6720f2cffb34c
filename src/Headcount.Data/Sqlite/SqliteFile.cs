using Microsoft.Data.Sqlite;

namespace Headcount.Data.Sqlite;

/// <summary>The database's file, and how it is opened.</summary>
internal sealed class SqliteFile(string folder)
{
    /// <summary>How long a writer waits for another program that is writing.</summary>
    public static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(5);

    public string Folder { get; } = System.IO.Path.GetFullPath(folder);

    public string Path => System.IO.Path.Combine(Folder, "headcount.db");

    /// <summary>For contexts that read: pooled, so that opening one costs next to nothing.</summary>
    public string ReadConnectionString => new SqliteConnectionStringBuilder { DataSource = Path, Mode = SqliteOpenMode.ReadOnly, DefaultTimeout = (int)BusyTimeout.TotalSeconds }.ToString();

    public SqliteConnection OpenToRead()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        Open(connection, $"PRAGMA busy_timeout={BusyTimeout.TotalMilliseconds:0}; PRAGMA mmap_size=0; PRAGMA query_only=1;");
        return connection;
    }

    /// <summary>The one connection that writes. A commit is on disk when it returns.</summary>
    public SqliteConnection OpenToWrite()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = (int)BusyTimeout.TotalSeconds }.ToString());
        Open(connection, $"PRAGMA busy_timeout={BusyTimeout.TotalMilliseconds:0}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536; PRAGMA journal_size_limit=67108864; PRAGMA wal_autocheckpoint=0;");
        return connection;
    }

    /// <summary>A connection that writes nothing of its own: it carries the write-ahead log into the database.</summary>
    public SqliteConnection OpenToCarry()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        Open(connection, "PRAGMA busy_timeout=0; PRAGMA synchronous=FULL;");
        return connection;
    }

    private static void Open(SqliteConnection connection, string pragmas)
    {
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = pragmas;
            command.ExecuteNonQuery();
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
