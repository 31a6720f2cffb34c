using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Headcount.Data.Postgres;

/// <summary>The pool of connections to a PostgreSQL database, and contexts on it.</summary>
internal sealed class PostgresStore : IDbReader, IAsyncDisposable, IDisposable
{
    private readonly DbContextOptions<PostgresHeadcountDb> _readOptions;
    private readonly DbContextOptions<PostgresHeadcountDb> _writeOptions;

    public PostgresStore(string connection)
    {
        var address = PostgresAddress.Parse(connection);
        Description = $"PostgreSQL {address.Host}/{address.Database ?? address.Username}";
        ConnectionString = address.ConnectionString;
        Source = NpgsqlDataSource.Create(address);
        _readOptions = new DbContextOptionsBuilder<PostgresHeadcountDb>().UseNpgsql(Source).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options;
        _writeOptions = new DbContextOptionsBuilder<PostgresHeadcountDb>().UseNpgsql(Source).Options;
    }

    public string Description { get; }

    /// <summary>With everything that was set by default; it may hold a password.</summary>
    public string ConnectionString { get; }

    public NpgsqlDataSource Source { get; }

    public HeadcountDb Open() => new PostgresHeadcountDb(_readOptions);

    public PostgresHeadcountDb OpenToWrite() => new(_writeOptions);

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    public void Dispose() => Source.Dispose();
}
