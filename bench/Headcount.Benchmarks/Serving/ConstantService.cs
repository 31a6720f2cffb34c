using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Headcount.Benchmarks.Serving;

/// <summary>The first baseline: the same host as Headcount's, and an endpoint that reads a scan's JSON and answers a constant. Nothing over HTTP on it can be faster.</summary>
internal static class ConstantService
{
    private static readonly byte[] Answer =
        """{"status":"accepted","message":"Welcome!","ticket_id":"T000001","ticket_type":"GENERAL","scan_id":"r00-0-00000001","seq":123456,"current_occupancy":1234,"capacity":5000,"warnings":[]}"""u8.ToArray();

    /// <summary>Serves until it is told to stop.</summary>
    public static int Serve(string urls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls);
        var app = builder.Build();
        app.MapGet("/health/ready", () => "ready");
        app.MapPost("/api/scans", AnswerAsync);
        app.Run();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var body = await reader.ReadAsync(context.RequestAborted);
        while (!body.IsCompleted)
        {
            reader.AdvanceTo(body.Buffer.Start, body.Buffer.End);
            body = await reader.ReadAsync(context.RequestAborted);
        }

        var isScan = Read(body.Buffer);
        reader.AdvanceTo(body.Buffer.End);
        if (!isScan)
        {
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Answer.Length;
        await context.Response.BodyWriter.WriteAsync(Answer, context.RequestAborted);
    }

    private static bool Read(in ReadOnlySequence<byte> body)
    {
        var json = new Utf8JsonReader(body);
        return JsonSerializer.Deserialize(ref json, ConstantJson.Default.ConstantScan) is { TicketId.Length: > 0, Gate.Length: > 0, ScanType: "entry" or "exit" };
    }
}

/// <summary>What the baseline reads.</summary>
internal sealed record ConstantScan(string TicketId, string Gate, string ScanType, DateTimeOffset Timestamp, string? DeviceId, string? ScanId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ConstantScan))]
internal sealed partial class ConstantJson : JsonSerializerContext;
