using Headcount.Data.Postgres;
using Headcount.Data.Sqlite;
using Headcount.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.Data;

/// <summary>Puts the database into a host.</summary>
public static class DataServices
{
    /// <summary>Adds <see cref="IDbReader"/>, <see cref="IWriteQueue"/>, <c>IScanLog</c>, <c>IEventSource</c> and <see cref="IDatabase"/>, all singletons.</summary>
    public static IServiceCollection AddHeadcountData(this IServiceCollection services, DataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(options).AddLogging();
        return options.Connection is null ? services.AddSqlite(options) : services.AddPostgres(options);
    }

    private static IServiceCollection AddSqlite(this IServiceCollection services, DataOptions options) => services
        .AddSingleton(new SqliteFile(options.Folder))
        .AddSingleton<SqliteWriter>()
        .AddSingleton<SqliteReaders>()
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<SqliteDatabase>(provider, provider.GetService<TimeProvider>() ?? TimeProvider.System))
        .AddSingleton<IDatabase>(provider => provider.GetRequiredService<SqliteDatabase>())
        .AddSingleton<IDbReader>(provider => provider.GetRequiredService<SqliteDatabase>())
        .AddSingleton<IWriteQueue>(provider => provider.GetRequiredService<SqliteWriter>())
        .AddSingleton<IScanLog, SqliteScanLog>()
        .AddSingleton<IEventSource, SqliteEventSource>();

    private static IServiceCollection AddPostgres(this IServiceCollection services, DataOptions options) => services
        .AddSingleton(_ => new PostgresStore(options.Connection!))
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<PostgresLock>(provider, provider.GetService<TimeProvider>() ?? TimeProvider.System))
        .AddSingleton<IDatabase, PostgresDatabase>()
        .AddSingleton<IDbReader>(provider => provider.GetRequiredService<PostgresStore>())
        .AddSingleton<IWriteQueue, PostgresWriteQueue>()
        .AddSingleton<IScanLog, PostgresScanLog>()
        .AddSingleton<IEventSource, PostgresEventSource>();
}

/// <summary>The database as a whole.</summary>
public interface IDatabase
{
    /// <summary>What it is, for people: <c>SQLite …/headcount.db</c> or <c>PostgreSQL host/database</c>; never a password.</summary>
    string Description { get; }

    /// <summary>Takes the lock that keeps a second server out, and brings the schema up to date. Call once, before anything else.</summary>
    /// <exception cref="DatabaseRefusedException">Another server holds it, or it lacks migrations and may not be given them; the message says what to do.</exception>
    Task StartAsync(CancellationToken cancellation);

    /// <summary>Whether it answers now; throws with the reason where it does not.</summary>
    Task CheckAsync(CancellationToken cancellation);
}

/// <summary>The database cannot be used; the message is for the person who started the server.</summary>
public sealed class DatabaseRefusedException(string message) : Exception(message);
