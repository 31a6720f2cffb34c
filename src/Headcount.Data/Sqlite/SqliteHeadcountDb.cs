using Headcount.Core;
using Headcount.Data.Schema;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Sqlite;

/// <summary>The database as SQLite keeps it: instants as text whose order is that of time, lists as JSON.</summary>
public sealed class SqliteHeadcountDb(DbContextOptions<SqliteHeadcountDb> options) : HeadcountDb(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<Instant>().HaveConversion<InstantTextConverter>();
    }
}
