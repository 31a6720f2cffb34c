using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Documents;

namespace Headcount.Server.Live;

/// <summary>The live feed: <c>GET /api/live</c>. Others publish through <see cref="LiveFeed"/>.</summary>
internal static class LiveArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Services.AddSingleton(new LiveLimits());
        builder.Services.AddSingleton<ActiveAlerts>();
        builder.Services.AddSingleton<LiveFeed>();
        builder.Services.AddSingleton<IEventListener>(services => services.GetRequiredService<LiveFeed>());
        builder.Services.AddSingleton<LiveEndpoint>();
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
        app.UseWebSockets();
        var endpoint = app.Services.GetRequiredService<LiveEndpoint>();
        app.MapGet("/api/live", endpoint.WatchAsync).Require(Right.ReadCounts).DescribeFeed();
    }
}
