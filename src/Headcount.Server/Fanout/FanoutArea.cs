using Headcount.Engine;
using Headcount.Server.Observability;

namespace Headcount.Server.Fanout;

/// <summary>Redis, where it is given: <see cref="RedisFanout"/>.</summary>
internal static class FanoutArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        var services = builder.Services;
        services.AddSingleton<FanoutState>();
        services.AddSingleton<IHealthCheck>(provider => provider.GetRequiredService<FanoutState>());
        if (options.Redis is null) return;

        // An address that cannot be read is told at the start, not when something is sent.
        _ = RedisAddress.Parse(options.Redis);
        services.AddSingleton<RedisLink>();
        services.AddSingleton<OccupancyHash>();
        services.AddSingleton<LiveRelay>();
        services.AddSingleton<TicketCalls>();
        services.AddSingleton<IEventListener>(provider => provider.GetRequiredService<OccupancyHash>());
        services.AddSingleton<IEventListener>(provider => provider.GetRequiredService<LiveRelay>());
        services.AddHostedService<RedisFanout>();
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
        // Nothing over HTTP; health asks FanoutState.
    }
}
