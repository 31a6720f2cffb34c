using System.Data.Common;
using Headcount.Data;
using Microsoft.EntityFrameworkCore;

namespace Headcount.SystemTests.Data;

/// <summary>SQL as another program would run it.</summary>
internal static class Sql
{
    public static async Task<int> RunAsync(HeadcountDb db, string sql, CancellationToken cancellation)
    {
        await db.Database.OpenConnectionAsync(cancellation);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        if (db.Database.CurrentTransaction is { } transaction) command.Transaction = Microsoft.EntityFrameworkCore.Storage.DbContextTransactionExtensions.GetDbTransaction(transaction);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The rows of a query in words, a row a line, its columns parted by <c>|</c>.</summary>
    public static async Task<string[]> RowsAsync(HeadcountDb db, string sql)
    {
        await db.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(column => Word(reader, column))));
        return [.. rows];
    }

    private static string Word(DbDataReader reader, int column) => reader.GetValue(column) switch
    {
        DBNull => "",
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", null),
        bool value => value ? "1" : "0",
        IFormattable value => value.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        var value => value.ToString()!,
    };
}
