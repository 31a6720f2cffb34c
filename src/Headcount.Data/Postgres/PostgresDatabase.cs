using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Headcount.Data.Postgres;

/// <summary>A PostgreSQL database.</summary>
internal sealed class PostgresDatabase(PostgresStore store, PostgresLock serverLock, DataOptions options) : IDatabase
{
    public string Description => store.Description;

    public async Task StartAsync(CancellationToken cancellation)
    {
        MakeFolder(options.Folder);
        try
        {
            await serverLock.TakeAsync(cancellation);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new DatabaseRefusedException($"{Description} cannot be reached: {e.Message}");
        }

        try
        {
            await MigrateAsync(cancellation);
        }
        catch
        {
            await serverLock.DisposeAsync();
            throw;
        }
    }

    public async Task CheckAsync(CancellationToken cancellation)
    {
        serverLock.Demand();
        await using var command = store.Source.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(cancellation);
    }

    private async Task MigrateAsync(CancellationToken cancellation)
    {
        await using var db = store.OpenToWrite();
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(30));
        var missing = (await db.Database.GetPendingMigrationsAsync(cancellation)).ToArray();
        if (missing.Length == 0) return;
        if (!options.Migrate) throw DatabaseRefusals.LacksMigrations(Description, missing);
        await db.Database.MigrateAsync(cancellation);
    }

    // Keys and other files are there on every kind of database.
    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
