using Headcount.Data;
using Headcount.Data.Postgres;
using Npgsql;

namespace Headcount.SystemTests.Data;

/// <summary>Addresses of PostgreSQL databases.</summary>
public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://ada:se%20cret@db.example.org:6432/club", "db.example.org", 6432, "ada", "se cret", "club")]
    [InlineData("postgresql://db.example.org/club", "db.example.org", 5432, null, null, "club")]
    [InlineData("postgres://ada@db/club?sslmode=require&application_name=office", "db", 5432, "ada", null, "club")]
    [InlineData("postgres://ada@[::1]:5433/club", "[::1]", 5433, "ada", null, "club")]
    [InlineData("Host=db;Port=1;Username=ada;Password=x;Database=club", "db", 1, "ada", "x", "club")]
    public void an_address_is_read(string address, string host, int port, string? user, string? password, string database)
    {
        var parsed = PostgresAddress.Parse(address);
        Assert.Equal((host, port, user, password, database), (parsed.Host, parsed.Port, parsed.Username, parsed.Password, parsed.Database));
        Assert.Equal(PostgresAddress.CommandTimeoutSeconds, parsed.CommandTimeout);
        Assert.Equal(PostgresAddress.MaxConnections, parsed.MaxPoolSize);
    }

    [Fact]
    public void what_an_address_asks_for_is_not_overruled()
    {
        var parsed = PostgresAddress.Parse("postgres://ada@db/club?sslmode=require&application_name=office&command_timeout=3&maximum_pool_size=7");
        Assert.Equal((SslMode.Require, "office", 3, 7), (parsed.SslMode, parsed.ApplicationName, parsed.CommandTimeout, parsed.MaxPoolSize));
    }

    [Theory]
    [InlineData("postgres://ada:secret@")]
    [InlineData("postgres://ada:secret@db/club?sslmode=perhaps")]
    [InlineData("postgres://ada:secret@db/club?colour=red")]
    [InlineData("Host=db;Password=secret;Colour=red")]
    [InlineData("Password=secret;Database=club")]
    public void what_is_no_address_is_refused_without_repeating_it(string address)
    {
        var refused = Assert.Throws<DatabaseRefusedException>(() => PostgresAddress.Parse(address));
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
    }
}
