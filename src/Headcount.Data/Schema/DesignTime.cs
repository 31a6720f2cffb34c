using Headcount.Data.Postgres;
using Headcount.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Headcount.Data.Schema;

/// <summary>For <c>dotnet ef migrations add NAME --context SqliteHeadcountDb --output-dir Migrations/Sqlite</c>; it opens no database.</summary>
internal sealed class SqliteDesign : IDesignTimeDbContextFactory<SqliteHeadcountDb>
{
    public SqliteHeadcountDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<SqliteHeadcountDb>().UseSqlite("Data Source=:memory:").Options);
}

/// <summary>For <c>dotnet ef migrations add NAME --context PostgresHeadcountDb --output-dir Migrations/Postgres</c>; it opens no database.</summary>
internal sealed class PostgresDesign : IDesignTimeDbContextFactory<PostgresHeadcountDb>
{
    public PostgresHeadcountDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<PostgresHeadcountDb>().UseNpgsql("Host=localhost").Options);
}
