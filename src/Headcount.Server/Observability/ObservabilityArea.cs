using Headcount.Engine;
using Headcount.Server.Documents;

namespace Headcount.Server.Observability;

/// <summary>The area's services and endpoints.</summary>
internal static class ObservabilityArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        Telemetry.Add(builder, options);
        builder.Services.AddSingleton<ServerMetrics>();
        builder.Services.AddSingleton<IEventListener>(services => services.GetRequiredService<ServerMetrics>());
        builder.Services.AddSingleton<IHealthCheck, DatabaseHealth>();
        builder.Services.AddSingleton<IHealthCheck, EventsHealth>();
        builder.Services.AddSingleton<HealthEndpoints>();
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
        app.MapGet("/health/live", HealthEndpoints.LiveAsync)
            .Describe("Health", "Whether the process answers", response: """{"status":"live"}""", isPublic: true);
        app.MapGet("/health/ready", app.Services.GetRequiredService<HealthEndpoints>().ReadyAsync)
            .Describe("Health", "Whether scans can be taken", response: """{"status":"ready","parts":{"database":{"status":"fine","detail":"SQLite headcount.db"},"events":{"status":"fine","detail":"1 open."}}}""", isPublic: true,
                text: "`degraded` is ready too: what is degraded, the gates do not need. Details are told to this machine and to organisers.",
                more: notes => notes with { Answers = [.. notes.Answers, new(503, "Scans cannot be taken now", """{"status":"failing","error":"Not ready: database.","parts":{"database":{"status":"failing"},"events":{"status":"fine"}}}""")] });
        app.MapPrometheusScrapingEndpoint("/metrics").RequireLocalOrToken()
            .Describe("Health", "Metrics in Prometheus' text format", errors: [401, 403], isPublic: true, text: "From this machine without a token, otherwise with one that may read counts.",
                more: notes => notes with { Answers = [new(200, "The metrics", "# TYPE headcount_occupancy gauge\nheadcount_occupancy{event=\"club\"} 73\n", "text/plain")] });
    }
}
