using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Headcount.Core;
using Headcount.Data.Log;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Headcount.Data.Sqlite;

/// <summary>A prepared statement, used again and again without ADO.NET between. One thread at a time.</summary>
internal sealed unsafe class SqliteStatement : IDisposable
{
    private const int ScratchBytes = 16 * 1024;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private readonly nint _handle;

    // Texts that are bound lie here until the statement has run, so that SQLite need not copy them.
    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(ScratchBytes, pinned: true);
    private int _used;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _connection = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v3(_connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement), _connection);
        _handle = _statement.DangerousGetHandle();
    }

    /// <summary>All parameters are bound anew from here on: none of the texts bound before is still needed.</summary>
    public void BindAnew() => _used = 0;

    public void Bind(int parameter, long value) => Check(SqliteNative.BindNumber(_handle, parameter, value));

    public void BindNull(int parameter) => Check(SqliteNative.BindNull(_handle, parameter));

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
        BindBytes(parameter, text);
    }

    public void Bind(int parameter, string? value)
    {
        if (value is null)
        {
            BindNull(parameter);
            return;
        }

        if (value.Length * 3 <= ScratchBytes - _used)
        {
            var at = _used;
            _used += Encoding.UTF8.GetBytes(value, _scratch.AsSpan(at));
            BindScratch(parameter, at);
            return;
        }

        BindBytes(parameter, Encoding.UTF8.GetBytes(value));
    }

    private void BindBytes(int parameter, ReadOnlySpan<byte> text)
    {
        if (text.Length <= ScratchBytes - _used)
        {
            var at = _used;
            text.CopyTo(_scratch.AsSpan(at));
            _used += text.Length;
            BindScratch(parameter, at);
            return;
        }

        fixed (byte* start = text) Check(SqliteNative.BindText(_handle, parameter, start, text.Length, SqliteNative.Transient));
    }

    private void BindScratch(int parameter, int at) =>
        Check(SqliteNative.BindText(_handle, parameter, (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_scratch)) + at, _used - at, SqliteNative.Static));

    /// <summary>The next row; false where there is none. After false or an exception the statement is ready to be run again.</summary>
    public bool Step()
    {
        var result = SqliteNative.Step(_handle);
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
    public void Reset() => _ = SqliteNative.Reset(_handle);

    public bool IsNull(int column) => SqliteNative.Type(_handle, column) == raw.SQLITE_NULL;

    public long Number(int column) => SqliteNative.Number(_handle, column);

    /// <summary>The UTF-8 of a text, until the next step; empty where it is null.</summary>
    public ReadOnlySpan<byte> Bytes(int column)
    {
        var start = SqliteNative.Blob(_handle, column);
        return start is null ? default : new ReadOnlySpan<byte>(start, SqliteNative.Length(_handle, column));
    }

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

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(result, _connection);
    }

    private void Throw(int result)
    {
        if (result == raw.SQLITE_DONE)
        {
            _ = SqliteNative.Reset(_handle);
            return;
        }

        try
        {
            SqliteException.ThrowExceptionForRC(result, _connection);
        }
        finally
        {
            _ = SqliteNative.Reset(_handle);
        }
    }
}
