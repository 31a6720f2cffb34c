using Headcount.Engine;
using Headcount.Engine.Alerts;
using Headcount.Server.Access;
using Headcount.Server.Documents;

namespace Headcount.Server.Alerts;

/// <summary>Alerts: <see cref="AlertDesk"/> has them raised, kept and told; <c>GET /api/alerts</c> lists them.</summary>
internal static class AlertsArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Services.AddSingleton<AlertKeeper>();
        builder.Services.AddSingleton<AlertsEndpoint>();
        builder.Services.AddSingleton<IAlertSink, LiveAlerts>();
        builder.Services.AddSingleton<AlertDesk>();
        builder.Services.AddSingleton<IEventListener>(services => services.GetRequiredService<AlertDesk>());
        builder.Services.AddHostedService(services => services.GetRequiredService<AlertDesk>());
    }

    public static void Map(WebApplication app, ServerOptions options) =>
        app.MapGet("/api/alerts", app.Services.GetRequiredService<AlertsEndpoint>().AnswerAsync).Require(Right.ReadCounts)
            .Describe("Alerts", "Lists alerts, newest first", response: Example, errors: [404, 422], query:
            [
                QueryNotes.Event,
                new("active", "1: only those that still hold; 0: only those that are over.", "1"),
                new("kind", $"Only these kinds, parted by commas: {string.Join(", ", AlertKinds.All)}.", "occupancy"),
                new("from", "Only those raised at or after this time."),
                new("to", "Only those raised before this time."),
                new("cursor", "Goes on where the answer before ended: its `cursor`."),
            ]);

    private const string Example = """
        {"event":"club","alerts":[{"alert_id":12,"kind":"occupancy","level":90,"gate":null,"device_id":null,"seq":4510,"raised_at":"2025-09-30T21:14:05+01:00","cleared_at":null,"from":null,"until":null,
        "message":"90 % of capacity: 450 of 500 are inside at 21:14:05."}],"cursor":null}
        """;
}
