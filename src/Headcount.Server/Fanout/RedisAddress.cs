using StackExchange.Redis;

namespace Headcount.Server.Fanout;

/// <summary>Reads Redis' address: <c>host:6379</c>, <c>redis://:password@host:6379/0</c>, <c>rediss://…</c> for TLS, or a configuration string of StackExchange.Redis.</summary>
internal static class RedisAddress
{
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static ConfigurationOptions Parse(string text)
    {
        var options = text.Contains("://", StringComparison.Ordinal) ? FromUri(text) : ConfigurationOptions.Parse(text);
        if (options.EndPoints.Count == 0) throw Wrong();

        // What cannot be sent at once is not sent: the newest figures follow.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.AbortOnConnectFail = true;
        options.ConnectRetry = 1;
        options.ConnectTimeout = 3_000;
        options.AsyncTimeout = 3_000;
        options.ReconnectRetryPolicy = new LinearRetry(1_000);
        options.ClientName = "headcount";
        options.IncludeDetailInExceptions = false;
        return options;
    }

    /// <summary>Where it is, for people: never a password.</summary>
    public static string Describe(ConfigurationOptions options) => string.Join(", ", options.EndPoints.Select(point => point.ToString()!.Replace("Unspecified/", "", StringComparison.Ordinal)));

    private static ConfigurationOptions FromUri(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0) throw Wrong();
        var options = new ConfigurationOptions { Ssl = uri.Scheme == "rediss" };
        options.EndPoints.Add(uri.Host, uri.Port < 0 ? 6379 : uri.Port);
        if (options.Ssl) options.SslHost = uri.Host;
        var parts = uri.UserInfo.Split(':', 2);
        if (parts[0].Length > 0) options.User = Uri.UnescapeDataString(parts[0]);
        if (parts.Length == 2) options.Password = Uri.UnescapeDataString(parts[1]);
        var path = uri.AbsolutePath.Trim('/');
        if (path.Length > 0) options.DefaultDatabase = int.TryParse(path, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var database) ? database : throw Wrong();
        return options;
    }

    private static ArgumentException Wrong() => new("Redis' address cannot be read: write host:port, or redis://:password@host:port/0 (rediss:// for TLS).");
}
