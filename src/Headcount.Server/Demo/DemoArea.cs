namespace Headcount.Server.Demo;

/// <summary>An event to look at, and a crowd that walks in through the real HTTP door.</summary>
internal static class DemoArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        if (!options.Demo) return;
        builder.Services.AddSingleton<DemoGuide>();
        builder.Services.AddSingleton<DemoCrowd>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DemoCrowd>());
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
    }
}
