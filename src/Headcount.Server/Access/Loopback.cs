using System.Net;

namespace Headcount.Server.Access;

/// <summary>Whether a request comes from this machine itself.</summary>
public static class Loopback
{
    /// <summary>From this machine, to a name of this machine, and not passed on by a proxy that runs on it.</summary>
    public static bool IsFromLoopback(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(address)) return false;
        var headers = context.Request.Headers;
        if (headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded") || headers.ContainsKey("X-Real-IP") || headers.ContainsKey("Via")) return false;

        // A name that somebody else's server gave for this address is a page of theirs that asks.
        var host = context.Request.Host.Host.Trim('[', ']');
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var named) && IPAddress.IsLoopback(named));
    }
}
