using Headcount.Server.Access;
using Headcount.Server.Problems;

namespace Headcount.Server.Gate;

/// <summary>The doors by which scans come in, and the log and the tickets as gates and supervisors see them.</summary>
internal static class GateArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Services.AddSingleton<ScanDoor>();
        builder.Services.AddSingleton<BatchDoor>();
        builder.Services.AddSingleton<AnnulDoor>();
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
        var services = app.Services;
        app.MapPost("/api/scans", (RequestDelegate)services.GetRequiredService<ScanDoor>().InvokeAsync)
            .Require(Right.Scan).WithMetadata(MeteredAsScans.Mark, AnswersForItself.Mark);
        app.MapPost("/api/scans/batch", (RequestDelegate)services.GetRequiredService<BatchDoor>().InvokeAsync).Require(Right.Scan);
        app.MapPost("/api/scans/{seq}/annul", (RequestDelegate)services.GetRequiredService<AnnulDoor>().InvokeAsync).Require(Right.Scan);
    }
}
