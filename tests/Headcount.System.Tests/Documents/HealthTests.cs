using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Headcount.Server.Observability;
using Headcount.SystemTests.Manage;
using Headcount.SystemTests.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Documents;

/// <summary>What operators and their machines ask.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task health_is_public_and_tells_of_every_part()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        using var nobody = new HttpClient { BaseAddress = server.Address };
        Assert.Equal("live", (await nobody.GetJsonAsync("/health/live")).Text("status"));
        var ready = await nobody.GetJsonAsync("/health/ready");
        Assert.Equal("ready", ready.Text("status"));
        Assert.Equal("fine", ready.GetProperty("parts").GetProperty("database").Text("status"));
        Assert.Contains("SQLite", ready.GetProperty("parts").GetProperty("database").Text("detail"), StringComparison.Ordinal);
        Assert.Equal("fine", ready.GetProperty("parts").GetProperty("events").Text("status"));
    }

    [Fact]
    public async Task details_are_not_told_through_a_proxy()
    {
        await using var server = await RunningServer.StartAsync();
        using var nobody = new HttpClient { BaseAddress = server.Address };
        nobody.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        Assert.DoesNotContain("SQLite", (await nobody.GetJsonAsync("/health/ready")).GetRawText(), StringComparison.Ordinal);
        using var owner = server.ClientFor(server.OwnerToken);
        owner.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        Assert.Contains("SQLite", (await owner.GetJsonAsync("/health/ready")).GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Health.Degraded, HttpStatusCode.OK, "degraded")]
    [InlineData(Health.Failing, HttpStatusCode.ServiceUnavailable, "failing")]
    public async Task a_degraded_part_leaves_it_ready_and_a_failing_one_does_not(Health health, HttpStatusCode status, string word)
    {
        await using var server = await RunningServer.StartAsync(options => options with { Adjust = builder => builder.Services.AddSingleton<IHealthCheck>(new Ailing(health)) });
        var answer = await server.Owner.GetJsonAsync("/health/ready", status);
        Assert.Equal(word, answer.Text("status"));
        Assert.Equal("It aches.", answer.GetProperty("parts").GetProperty("ailing").Text("detail"));
        Assert.Equal(health == Health.Failing, answer.TryGetProperty("error", out var error) && error.GetString()!.Contains("ailing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task metrics_count_scans_by_outcome_and_reason_and_show_every_event()
    {
        await using var server = await RunningServer.StartAsync();

        // Meters of one process are summed: the event's name keeps this one apart.
        var slug = $"metered-{Guid.NewGuid():N}";
        await server.CreateEventAsync(slug);
        await server.ImportTicketsAsync(slug, [new { ticket_id = "T1" }, new { ticket_id = "T2" }]);
        using var gate = await server.CreateDeviceAsync(slug, $"gate-{slug}");
        await gate.ScanAsync("T1");
        await gate.ScanAsync("T2");
        await gate.ScanAsync("T2");
        await gate.ScanAsync("nobody");
        var text = await server.Owner.GetStringAsync("/metrics", Http.Cancellation);
        Assert.Equal(2, Value(text, "headcount_records_total", $"event=\"{slug}\"", "outcome=\"accepted\"", "reason=\"\""));
        Assert.Equal(1, Value(text, "headcount_records_total", $"event=\"{slug}\"", "outcome=\"rejected\"", "reason=\"already_inside\""));
        Assert.Equal(1, Value(text, "headcount_records_total", $"event=\"{slug}\"", "outcome=\"rejected\"", "reason=\"unknown_ticket\""));
        Assert.Equal(2, Value(text, "headcount_occupancy", $"event=\"{slug}\""));
        Assert.Equal(100, Value(text, "headcount_capacity", $"event=\"{slug}\""));
        Assert.Equal(0, Value(text, "headcount_queue_length", $"event=\"{slug}\""));
        Assert.Equal(4, Value(text, "headcount_decision_duration_seconds_count", $"event=\"{slug}\""));
        foreach (var name in new[] { "headcount_commit_duration_seconds_bucket", "headcount_commit_size", "headcount_live_watchers", "http_server_request_duration_seconds_count", "dotnet_gc_collections_total", "dotnet_process_memory_working_set_bytes" })
            Assert.Contains(name, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task metrics_from_elsewhere_need_a_token_that_may_read_counts()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        using var device = await server.CreateDeviceAsync("club", "d1");
        using var nobody = new HttpClient { BaseAddress = server.Address };
        Assert.Equal(HttpStatusCode.OK, (await nobody.GetAsync("/metrics", Http.Cancellation)).StatusCode);
        using var owner = server.ClientFor(server.OwnerToken);
        foreach (var header in new[] { "Forwarded", "X-Forwarded-For", "X-Real-IP", "Via", "Host" })
        {
            foreach (var (client, status) in new[] { (nobody, HttpStatusCode.Unauthorized), (device, HttpStatusCode.Forbidden), (owner, HttpStatusCode.OK) })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
                request.Headers.TryAddWithoutValidation(header, "gates.example.org");
                Assert.Equal((header, status), (header, (await client.SendAsync(request, Http.Cancellation)).StatusCode));
            }
        }
    }

    private static double Value(string text, string name, params string[] labels)
    {
        var line = Assert.Single(text.Split('\n'), line => Regex.IsMatch(line, $@"^{name}\{{") && labels.All(label => line.Contains(label, StringComparison.Ordinal)));
        return double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private sealed class Ailing(Health health) : IHealthCheck
    {
        public string Name => "ailing";

        public ValueTask<HealthReport> CheckAsync(CancellationToken cancellation) => ValueTask.FromResult(new HealthReport(health, "It aches."));
    }
}
