using System.Collections.Concurrent;
using Headcount.Data.Log;
using Headcount.Engine;
using Microsoft.Data.Sqlite;

namespace Headcount.Data.Sqlite;

/// <summary>Connections that read, kept for the next reader.</summary>
internal sealed class SqliteReaders(SqliteFile file) : IDisposable
{
    /// <summary>How many connections are kept open while nobody reads.</summary>
    public const int MaxIdle = 8;

    private readonly ConcurrentBag<Reader> _idle = [];
    private volatile bool _isDisposed;

    public Reader Rent() => _idle.TryTake(out var reader) ? reader : new Reader(file.OpenToRead());

    public void Return(Reader reader)
    {
        if (_isDisposed || _idle.Count >= MaxIdle)
            reader.Dispose();
        else
            _idle.Add(reader);
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryTake(out var reader)) reader.Dispose();
    }

    /// <summary>A connection with the statement that reads the log. One thread at a time.</summary>
    internal sealed class Reader(SqliteConnection connection) : IDisposable
    {
        private readonly TextPool _pool = new();
        private SqliteStatement? _read;

        public SqliteConnection Connection => connection;

        public List<LogEntry> Read(long eventId, long afterSeq, long throughSeq, int limit)
        {
            var read = _read ??= new SqliteStatement(connection, SqliteLogSql.Read);
            read.Bind(1, eventId);
            read.Bind(2, afterSeq);
            read.Bind(3, throughSeq);
            read.Bind(4, limit);
            var entries = new List<LogEntry>(Math.Min(limit, 4_096));
            try
            {
                while (read.Step()) entries.Add(SqliteLogSql.Row(read, _pool).ToEntry());
            }
            finally
            {
                read.Reset();
            }

            return entries;
        }

        public void Dispose()
        {
            _read?.Dispose();
            connection.Dispose();
        }
    }
}
