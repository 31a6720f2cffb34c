using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Headcount.Server;

/// <summary>What one connection, and all of them together, may take: whoever stalls is let go, so that there is a place for a gate.</summary>
internal static class ConnectionLimits
{
    /// <summary>How many connections there may be, those of watchers too; beyond it they are closed at once.</summary>
    public const int MostConnections = 15_000;

    /// <summary>How slowly a body may come, in bytes a second; slower is answered 408.</summary>
    public const int LeastBodyBytesPerSecond = 240;

    /// <summary>How long the headers of a request may take.</summary>
    public static readonly TimeSpan HeaderPatience = TimeSpan.FromSeconds(10);

    /// <summary>How long a body may stall.</summary>
    public static readonly TimeSpan BodyPatience = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection is kept on which nothing is asked.</summary>
    public static readonly TimeSpan IdlePatience = TimeSpan.FromSeconds(130);

    public static void Apply(KestrelServerLimits limits)
    {
        limits.MaxConcurrentConnections = MostConnections;
        limits.RequestHeadersTimeout = HeaderPatience;
        limits.MinRequestBodyDataRate = new MinDataRate(LeastBodyBytesPerSecond, BodyPatience);
        limits.KeepAliveTimeout = IdlePatience;
    }
}
