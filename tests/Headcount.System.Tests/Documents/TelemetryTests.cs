using System.Collections.Concurrent;
using System.Text;
using Headcount.SystemTests.Manage;
using Headcount.SystemTests.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace Headcount.SystemTests.Documents;

/// <summary>Traces, logs and metrics reach an OTLP receiver; without an address there is nothing that traces.</summary>
public sealed partial class TelemetryTests
{
    [Fact]
    public async Task traces_logs_and_metrics_are_sent_where_an_address_is_given()
    {
        await using var receiver = await Receiver.StartAsync();
        await using (var server = await RunningServer.StartAsync(options => options with { OtlpEndpoint = receiver.Address }))
        {
            await server.CreateEventAsync("traced");
            await server.Owner.GetJsonAsync("/api/occupancy/current");
            Line(server.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Headcount.Test"), "the receiver");
            await server.StopAsync();
        }

        // Whatever waits is sent before a server has stopped.
        Assert.Contains("/api/occupancy/current", receiver.Text("/v1/traces"), StringComparison.Ordinal);
        Assert.Contains("the receiver", receiver.Text("/v1/logs"), StringComparison.Ordinal);
        Assert.Contains("headcount.occupancy", receiver.Text("/v1/metrics"), StringComparison.Ordinal);
        foreach (var path in new[] { "/v1/traces", "/v1/logs", "/v1/metrics" })
        {
            Assert.Contains("headcount", receiver.Text(path), StringComparison.Ordinal);
            Assert.DoesNotContain("Bearer", receiver.Text(path), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task without_an_address_nothing_traces()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Null(server.Services.GetService<TracerProvider>());
    }

    [LoggerMessage(1, LogLevel.Warning, "A line for {Whom}")]
    private static partial void Line(ILogger logger, string whom);

    /// <summary>A collector that keeps what it is sent.</summary>
    private sealed class Receiver(WebApplication app) : IAsyncDisposable
    {
        private static readonly ConcurrentDictionary<(string Address, string Path), StringBuilder> Got = [];

        public string Address { get; } = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        public static async Task<Receiver> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.MapPost("/{**path}", async context =>
            {
                using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
                var text = await reader.ReadToEndAsync(context.RequestAborted);
                var kept = Got.GetOrAdd(($"http://{context.Request.Host}", context.Request.Path.Value!), _ => new StringBuilder());
                lock (kept) kept.Append(text);
            });
            await app.StartAsync(Http.Cancellation);
            return new Receiver(app);
        }

        public string Text(string path) => Got.TryGetValue((Address, path), out var text) ? text.ToString() : "";

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
