using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Sqlite;

/// <summary>Brings the schema of a SQLite database up to date, through its writer.</summary>
internal static class SqliteMigration
{
    public static async Task MigrateAsync(this SqliteWriter writer, bool mayMigrate, string database, CancellationToken cancellation)
    {
        await writer.WriteOutsideTransactionAsync(async (db, token) =>
        {
            var missing = (await db.Database.GetPendingMigrationsAsync(token)).ToArray();
            if (missing.Length == 0) return true;
            if (!mayMigrate) throw DatabaseRefusals.LacksMigrations(database, missing);

            // Left behind by a server that was killed while it migrated; the folder's lock says that none does now.
            await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS __EFMigrationsLock", token);
            await db.Database.MigrateAsync(token);
            return true;
        }, cancellation);
    }
}
