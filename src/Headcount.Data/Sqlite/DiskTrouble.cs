using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Headcount.Data.Sqlite;

/// <summary>Which errors of SQLite are the disk's or another program's, and no one's who asked.</summary>
internal static class DiskTrouble
{
    /// <summary>Whether an exception is such a one, or was caused by one.</summary>
    public static bool Is(Exception problem) => Find(problem) is not null;

    /// <summary>SQLite's own words.</summary>
    public static string Reason(Exception problem) => (Find(problem) ?? problem).Message;

    private static SqliteException? Find(Exception problem)
    {
        for (var cause = problem; cause is not null; cause = cause.InnerException)
        {
            if (cause is SqliteException
                {
                    SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_BUSY or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_PERM,
                } found) return found;
        }

        return null;
    }
}
