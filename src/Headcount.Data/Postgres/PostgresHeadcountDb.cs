using Headcount.Core;
using Headcount.Data.Schema;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Postgres;

/// <summary>The database as PostgreSQL keeps it: instants as <c>timestamptz</c>, lists as arrays.</summary>
public sealed class PostgresHeadcountDb(DbContextOptions<PostgresHeadcountDb> options) : HeadcountDb(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<Instant>().HaveConversion<InstantTimeConverter>();
    }
}
