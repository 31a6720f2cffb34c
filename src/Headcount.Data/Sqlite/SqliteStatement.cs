using System.Text;
using Headcount.Core;
using Headcount.Data.Log;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Headcount.Data.Sqlite;

/// <summary>A prepared statement, used again and again without ADO.NET between. One thread at a time.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _connection = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(_connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement), _connection);
    }

    public void Bind(int parameter, long value) => raw.sqlite3_bind_int64(_statement, parameter, value);

    public void BindNull(int parameter) => raw.sqlite3_bind_null(_statement, parameter);

    public void Bind(int parameter, long? value)
    {
        if (value is { } number)
            Bind(parameter, number);
        else
            BindNull(parameter);
    }

    public void Bind(int parameter, Instant? value)
    {
        if (value is { } instant)
            Bind(parameter, instant);
        else
            BindNull(parameter);
    }

    public void Bind(int parameter, Instant value)
    {
        Span<byte> text = stackalloc byte[InstantText.Length];
        InstantText.Write(value, text);
        raw.sqlite3_bind_text(_statement, parameter, text);
    }

    public void Bind(int parameter, string? value)
    {
        if (value is null)
        {
            BindNull(parameter);
            return;
        }

        // An empty span would be bound as NULL.
        if (value.Length is 0 or > 128)
        {
            raw.sqlite3_bind_text(_statement, parameter, value);
            return;
        }

        Span<byte> text = stackalloc byte[128 * 3];
        raw.sqlite3_bind_text(_statement, parameter, text[..Encoding.UTF8.GetBytes(value, text)]);
    }

    /// <summary>The next row; false where there is none. After false or an exception the statement is ready to be run again.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW) return true;
        Throw(result);
        return false;
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Makes the statement ready to be run again before its rows are at their end.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>The UTF-8 of a text, until the next step; empty where it is null.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public string? TextOrNull(int column)
    {
        var bytes = Bytes(column);
        return !bytes.IsEmpty ? Encoding.UTF8.GetString(bytes) : IsNull(column) ? null : "";
    }

    public string? Pooled(int column, TextPool pool)
    {
        var bytes = Bytes(column);
        return !bytes.IsEmpty ? pool.Get(bytes) : IsNull(column) ? null : "";
    }

    public Instant? TimeOrNull(int column)
    {
        var bytes = Bytes(column);
        return bytes.IsEmpty ? null : InstantText.Parse(bytes);
    }

    public void Dispose() => _statement.Dispose();

    private void Throw(int result)
    {
        if (result == raw.SQLITE_DONE)
        {
            raw.sqlite3_reset(_statement);
            return;
        }

        try
        {
            SqliteException.ThrowExceptionForRC(result, _connection);
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }
}
