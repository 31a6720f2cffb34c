using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.Benchmarks.Serving;

/// <summary>The first baseline: the same host as Headcount's, and an endpoint as one writes it on ASP.NET Core, which reads a scan's JSON and answers a constant.</summary>
internal static class ConstantService
{
    private static readonly ConstantAnswer Answer = new("accepted", "Welcome!", "T000001", "GENERAL", "r00-0-00000001", 123456, 1234, 5000, []);

    /// <summary>Serves until it is told to stop.</summary>
    public static int Serve(string urls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ConstantJson.Default);
        });
        var app = builder.Build();
        app.MapGet("/health/ready", () => "ready");
        app.MapPost("/api/scans", (ConstantScan scan) => IsScan(scan) ? Results.Ok(Answer) : Results.UnprocessableEntity());
        app.Run();
        return 0;
    }

    private static bool IsScan(ConstantScan scan) => scan is { TicketId.Length: > 0, Gate.Length: > 0, ScanType: "entry" or "exit" };
}

/// <summary>What the baseline reads.</summary>
internal sealed record ConstantScan(string TicketId, string Gate, string ScanType, DateTimeOffset Timestamp, string? DeviceId, string? ScanId);

/// <summary>What it answers.</summary>
internal sealed record ConstantAnswer(string Status, string Message, string TicketId, string TicketType, string ScanId, long Seq, long CurrentOccupancy, long Capacity, string[] Warnings);

[JsonSerializable(typeof(ConstantScan))]
[JsonSerializable(typeof(ConstantAnswer))]
internal sealed partial class ConstantJson : JsonSerializerContext;
