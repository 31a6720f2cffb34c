using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Sqlite;

/// <summary>A SQLite database in the server's folder.</summary>
internal sealed class SqliteDatabase(SqliteFile file, SqliteWriter writer, SqliteReaders readers, DataOptions options, TimeProvider time) : IDatabase, IDbReader, IDisposable
{
    private static readonly ConditionalWeakTable<SqliteFile, DbContextOptions<SqliteHeadcountDb>> ReadOptions = [];

    private FolderLock? _lock;

    public string Description => $"SQLite {file.Path}";

    public async Task StartAsync(CancellationToken cancellation)
    {
        MakeFolder(file.Folder);
        _lock = FolderLock.Take(file.Folder, time);
        try
        {
            if (!options.Migrate && !File.Exists(file.Path))
                throw new DatabaseRefusedException($"There is no database at {file.Path}, and it may not be made. Start once without --no-migrate.");
            writer.Start();
            await writer.MigrateAsync(options.Migrate, Description, cancellation);
        }
        catch (Exception problem) when (DiskTrouble.Is(problem))
        {
            Dispose();
            throw new DatabaseRefusedException($"{Description} cannot be opened: {DiskTrouble.Reason(problem)}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public async Task CheckAsync(CancellationToken cancellation)
    {
        await using var db = Open();
        await db.Events.AsNoTracking().Select(row => row.EventId).FirstOrDefaultAsync(cancellation);
        await writer.WriteAsync(static (_, _) => Task.FromResult(true), cancellation);
    }

    public HeadcountDb Open() => OpenToRead(file);

    public static SqliteHeadcountDb OpenToRead(SqliteFile file) => new(ReadOptions.GetValue(file, static of =>
        new DbContextOptionsBuilder<SqliteHeadcountDb>().UseSqlite(of.ReadConnectionString).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options));

    public void Dispose()
    {
        readers.Dispose();
        writer.Dispose();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection(file.ReadConnectionString)) Microsoft.Data.Sqlite.SqliteConnection.ClearPool(connection);
        _lock?.Dispose();
        _lock = null;
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
