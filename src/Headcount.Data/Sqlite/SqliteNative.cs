using System.Runtime.InteropServices;

namespace Headcount.Data.Sqlite;

/// <summary>SQLite's calls that take a few nanoseconds and are made twenty times a row: without what a call out of .NET costs otherwise. They never wait and never call back.</summary>
internal static unsafe partial class SqliteNative
{
    private const string Library = "e_sqlite3";

    /// <summary>The text stays where it is until the statement has run.</summary>
    public static readonly nint Static;

    /// <summary>The text is copied.</summary>
    public static readonly nint Transient = -1;

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64"), SuppressGCTransition]
    public static partial int BindNumber(nint statement, int parameter, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null"), SuppressGCTransition]
    public static partial int BindNull(nint statement, int parameter);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text"), SuppressGCTransition]
    public static partial int BindText(nint statement, int parameter, byte* text, int length, nint lifetime);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64"), SuppressGCTransition]
    public static partial long Number(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type"), SuppressGCTransition]
    public static partial int Type(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob"), SuppressGCTransition]
    public static partial byte* Blob(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes"), SuppressGCTransition]
    public static partial int Length(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileControl(nint connection, string database, int operation, void* argument);

    /// <summary>Waits until what was written to the database's file is on disk. By the connection's own handle of it: closing another one of the same file would lose SQLite its locks.</summary>
    /// <returns>SQLite's code.</returns>
    /// <remarks>As laid down in https://sqlite.org/c3ref/file.html and https://sqlite.org/c3ref/io_methods.html.</remarks>
    public static int SyncDatabase(nint connection)
    {
        const int filePointer = 7;
        const int normal = 2;
        SqliteFileHandle* file;
        var result = FileControl(connection, "main", filePointer, &file);
        return result != 0 || file == null || file->Methods == null ? result : file->Methods->Sync(file, normal);
    }

    /// <summary>The handle of a connection's write-ahead log; it is good until the connection is closed. 0 = there is none.</summary>
    public static nint LogOf(nint connection)
    {
        const int journalPointer = 28;
        SqliteFileHandle* file;
        return FileControl(connection, "main", journalPointer, &file) == 0 && file != null && file->Methods != null ? (nint)file : 0;
    }

    /// <summary>Waits until what was written to a file is on disk. Any thread, beside one that writes: on every system it is one call that knows the file by its descriptor.</summary>
    /// <returns>SQLite's code.</returns>
    public static int Sync(nint file)
    {
        const int normal = 2;
        return ((SqliteFileHandle*)file)->Methods->Sync((SqliteFileHandle*)file, normal);
    }

    // sqlite3_file.
    [StructLayout(LayoutKind.Sequential)]
    private struct SqliteFileHandle
    {
        public SqliteFileMethods* Methods;
    }

    // sqlite3_io_methods, up to what is called.
    [StructLayout(LayoutKind.Sequential)]
    private struct SqliteFileMethods
    {
        public int Version;
        public nint Close;
        public nint Read;
        public nint Write;
        public nint Truncate;
        public delegate* unmanaged[Cdecl]<SqliteFileHandle*, int, int> Sync;
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(nint statement);
}
