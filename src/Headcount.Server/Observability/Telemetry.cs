using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Headcount.Server.Observability;

/// <summary>What leaves the process: metrics when they are asked for, and traces, logs and metrics over OTLP where an address is given.</summary>
internal static class Telemetry
{
    /// <summary>The address that traces, logs and metrics are sent to; nothing is traced or sent without it.</summary>
    public const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string ServiceName = "headcount";

    /// <summary>How many lines may wait for a terminal that does not keep up; further ones are dropped, since gates must not wait for one.</summary>
    public const int MostWaitingLines = 10_000;

    // Of the runtime: collections, memory, threads, processor time. Of the host: requests and connections.
    private static readonly string[] Meters = ["Headcount.*", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];
    private static readonly double[] CommitSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
    private static readonly double[] CommitRecords = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000];

    /// <summary>Adds what is asked for.</summary>
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        AddConsole(builder);
        if (options.OtlpEndpoint is { } given) builder.Configuration[EndpointKey] = given;
        var sends = !string.IsNullOrEmpty(builder.Configuration[EndpointKey]);
        if (sends && !builder.Configuration.GetSection("OTEL_EXPORTER_OTLP_PROTOCOL").Exists()) builder.Configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(ServiceName, serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3)));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters)
                .AddView("headcount.commit.duration", new ExplicitBucketHistogramConfiguration { Boundaries = CommitSeconds })
                .AddView("headcount.commit.size", new ExplicitBucketHistogramConfiguration { Boundaries = CommitRecords })
                .AddPrometheusExporter(exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 0);
            if (sends) metrics.AddOtlpExporter();
        });
        if (!sends) return;
        telemetry.WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddOtlpExporter());
        telemetry.WithLogging(logs => logs.AddOtlpExporter());
    }

    // The console's lines are JSON where "Logging:Console:FormatterName" says so.
    private static void AddConsole(WebApplicationBuilder builder)
    {
        builder.Services.PostConfigure<ConsoleLoggerOptions>(console =>
        {
            console.MaxQueueLength = MostWaitingLines;
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            if (builder.Configuration["Logging:Console:FormatterName"] is { Length: > 0 } formatter) console.FormatterName = formatter;
        });
        builder.Services.Configure<JsonConsoleFormatterOptions>(format => (format.UseUtcTimestamp, format.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
    }
}
