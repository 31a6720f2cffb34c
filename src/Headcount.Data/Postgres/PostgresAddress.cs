using Npgsql;

namespace Headcount.Data.Postgres;

/// <summary>Where a PostgreSQL database is, from <c>postgres://user:password@host:port/database?sslmode=require</c> or an Npgsql connection string.</summary>
internal static class PostgresAddress
{
    /// <summary>How long a statement may take before the database counts as gone.</summary>
    public const int CommandTimeoutSeconds = 10;

    /// <summary>How long connecting may take.</summary>
    public const int ConnectTimeoutSeconds = 5;

    /// <summary>How many connections are open at the most; whoever needs one more waits.</summary>
    public const int MaxConnections = 40;

    /// <exception cref="DatabaseRefusedException">It cannot be read. The message does not repeat it, since it may hold a password.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string connection)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = connection.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || connection.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
                ? OfAddress(connection)
                : new NpgsqlConnectionStringBuilder(connection);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException)
        {
            throw new DatabaseRefusedException("The address of the database cannot be read. Expected is postgres://USER:PASSWORD@HOST:PORT/DATABASE, or an Npgsql connection string (Host=…;Database=…;Username=…;Password=…).");
        }

        if (string.IsNullOrEmpty(builder.Host)) throw new DatabaseRefusedException("The address of the database names no host.");
        Default(builder, nameof(builder.CommandTimeout), () => builder.CommandTimeout = CommandTimeoutSeconds);
        Default(builder, nameof(builder.Timeout), () => builder.Timeout = ConnectTimeoutSeconds);
        Default(builder, nameof(builder.MaxPoolSize), () => builder.MaxPoolSize = MaxConnections);
        Default(builder, nameof(builder.ApplicationName), () => builder.ApplicationName = "headcount");
        Default(builder, nameof(builder.MaxAutoPrepare), () => builder.MaxAutoPrepare = 20);
        Default(builder, nameof(builder.AutoPrepareMinUsages), () => builder.AutoPrepareMinUsages = 2);

        // Nothing here changes a session, so that a connection needs no cleaning each time it is used again.
        Default(builder, nameof(builder.NoResetOnClose), () => builder.NoResetOnClose = true);
        builder.IncludeErrorDetail = false;
        return builder;
    }

    private static void Default(NpgsqlConnectionStringBuilder builder, string property, Action set)
    {
        var untouched = new NpgsqlConnectionStringBuilder();
        var value = typeof(NpgsqlConnectionStringBuilder).GetProperty(property)!;
        if (Equals(value.GetValue(builder), value.GetValue(untouched))) set();
    }

    private static NpgsqlConnectionStringBuilder OfAddress(string address)
    {
        var uri = new Uri(address);
        var builder = new NpgsqlConnectionStringBuilder { Host = uri.Host };
        if (uri.Port > 0) builder.Port = uri.Port;
        var database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        if (database.Length > 0) builder.Database = database;
        var user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0) builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1) builder.Password = Uri.UnescapeDataString(user[1]);
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            if (parts.Length != 2) throw new FormatException();
            builder[KeyOf(parts[0])] = Uri.UnescapeDataString(parts[1].Replace('+', ' '));
        }

        return builder;
    }

    // The names that libpq has for what Npgsql calls otherwise.
    private static string KeyOf(string name) => name.ToLowerInvariant() switch
    {
        "sslmode" => "SSL Mode",
        "sslrootcert" => "Root Certificate",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "connect_timeout" => "Timeout",
        "application_name" => "Application Name",
        "user" => "Username",
        "dbname" => "Database",
        var other => other.Replace('_', ' '),
    };
}
