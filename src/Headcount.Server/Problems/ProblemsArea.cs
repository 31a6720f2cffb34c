namespace Headcount.Server.Problems;

/// <summary>The area's services and endpoints.</summary>
internal static class ProblemsArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Services.AddSingleton(RateLimits.From(builder.Configuration));

        // What cannot be bound becomes an exception, and that a problem document, in every environment.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Headcount.Server.Problems");
        app.Use(next => new ProblemMiddleware(next, logger).InvokeAsync);
    }
}
