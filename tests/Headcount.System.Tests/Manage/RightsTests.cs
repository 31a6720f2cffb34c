using System.Net;
using System.Text.RegularExpressions;
using Headcount.SystemTests.Serving;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Manage;

/// <summary>Who may do what: every kind of caller at every endpoint of management and counts.</summary>
public sealed partial class RightsTests
{
    // In order of what they may; the devices are told apart by their scope.
    private static readonly string[] Callers = ["nobody", "device:scan", "device:counts", "device:register", "device:supervise", "viewer", "steward", "supervisor", "organiser", "owner"];

    // An endpoint, and everybody who is not refused there. What is sent is wrong on purpose, so that nothing changes: who may gets past the door, to a 4xx of another kind or a 2xx.
    private static readonly (string Endpoint, string Allowed)[] Table =
    [
        ("GET /api/events", "device:scan device:counts device:register device:supervise viewer steward supervisor organiser owner"),
        ("GET /api/events/club", "device:scan device:counts device:register device:supervise viewer steward supervisor organiser owner"),
        ("POST /api/events", "organiser owner"),
        ("PATCH /api/events/club", "organiser owner"),
        ("POST /api/events/club/duplicate", "organiser owner"),
        ("POST /api/events/club/archive", "organiser owner"),
        ("POST /api/events/club/unarchive", "organiser owner"),
        ("POST /api/events/club/close-day", "organiser owner"),
        ("GET /api/events/club/report", "device:counts viewer steward supervisor organiser owner"),
        ("GET /api/events/club/audit", "organiser owner"),
        ("GET /api/events/club/roll-call", "steward supervisor organiser owner"),
        ("POST /api/events/club/roll-call", "supervisor organiser owner"),
        ("POST /api/events/club/roll-call/marks", "steward supervisor organiser owner"),
        ("POST /api/events/club/roll-call/end", "supervisor organiser owner"),
        ("GET /api/events/club/roll-call/live", "steward supervisor organiser owner"),
        ("POST /api/events/club/tickets", "organiser owner"),
        ("GET /api/events/club/tickets", "device:register device:supervise supervisor organiser owner"),
        ("PATCH /api/tickets/T1", "organiser owner"),
        ("POST /api/events/club/devices", "organiser owner"),
        ("GET /api/events/club/devices", "organiser owner"),
        ("POST /api/events/club/devices/none/rotate", "organiser owner"),
        ("DELETE /api/events/club/devices/none", "organiser owner"),
        ("PATCH /api/events/club/devices/none", "organiser owner"),
        ("POST /api/events/club/devices/none/pairing", "organiser owner"),
        ("POST /api/devices/pair", "nobody device:scan device:counts device:register device:supervise viewer steward supervisor organiser owner"),
        ("POST /api/devices/heartbeat", "device:scan device:counts device:register device:supervise"),
        ("GET /api/devices/register", "device:register device:supervise supervisor organiser owner"),
        ("GET /api/devices/none/offline-periods", "device:supervise supervisor organiser owner"),
        ("POST /api/events/club/keys", "organiser owner"),
        ("GET /api/events/club/keys", "organiser owner"),
        ("POST /api/events/club/keys/0/revoke", "organiser owner"),
        ("POST /api/events/club/codes", "organiser owner"),
        ("POST /api/tokens", "viewer steward supervisor organiser owner"),
        ("GET /api/tokens", "viewer steward supervisor organiser owner"),
        ("DELETE /api/tokens/0", "viewer steward supervisor organiser owner"),
        ("POST /api/accounts", "owner"),
        ("GET /api/accounts", "owner"),
        ("PATCH /api/accounts/none", "owner"),
        ("DELETE /api/accounts/none", "owner"),
        ("GET /api/occupancy/current", "device:counts viewer steward supervisor organiser owner"),
        ("GET /api/occupancy/by-gate", "device:counts viewer steward supervisor organiser owner"),
        ("GET /api/occupancy/by-ticket-type", "device:counts viewer steward supervisor organiser owner"),
        ("GET /api/occupancy", "device:counts viewer steward supervisor organiser owner"),
        ("GET /api/occupancy/timeline", "device:counts viewer steward supervisor organiser owner"),
        ("GET /api/anomalies", "device:counts viewer steward supervisor organiser owner"),
        ("GET /api/gates", "device:counts viewer steward supervisor organiser owner"),
        ("GET /api/alerts", "device:counts viewer steward supervisor organiser owner"),
        ("GET /api/scans", "device:counts viewer steward supervisor organiser owner"),
        ("GET /api/live", "device:counts viewer steward supervisor organiser owner"),
        ("POST /api/live/tickets", "device:counts viewer steward supervisor organiser owner"),
        ("POST /api/scans", "device:scan device:counts device:register device:supervise steward supervisor organiser owner"),
        ("POST /api/scans/batch", "device:scan device:counts device:register device:supervise steward supervisor organiser owner"),
        ("POST /api/scans/1/annul", "device:scan device:counts device:register device:supervise steward supervisor organiser owner"),
        ("GET /api/tickets", "device:supervise supervisor organiser owner"),
        ("GET /api/tickets/T1", "device:supervise supervisor organiser owner"),
        ("GET /api/tickets/T1/scans", "device:supervise supervisor organiser owner"),
        ("GET /api/tickets/T1/validate", "device:scan device:counts device:register device:supervise steward supervisor organiser owner"),
        ("PATCH /api/tickets", "organiser owner"),
        ("POST /api/events/club/webhooks", "organiser owner"),
        ("GET /api/events/club/webhooks", "organiser owner"),
        ("GET /api/events/club/webhooks/1", "organiser owner"),
        ("PATCH /api/events/club/webhooks/1", "organiser owner"),
        ("DELETE /api/events/club/webhooks/1", "organiser owner"),
        ("POST /api/events/club/webhooks/1/test", "organiser owner"),
        ("GET /api/events/club/webhooks/1/deliveries", "organiser owner"),
        ("GET /api/events/club/webhooks/1/deliveries/1", "organiser owner"),
        ("POST /api/events/club/webhooks/1/deliveries/1/repeat", "organiser owner"),
    ];

    [Fact]
    public async Task every_caller_may_what_the_table_says_and_nothing_else()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        var clients = new Dictionary<string, HttpClient> { ["nobody"] = new() { BaseAddress = server.Address }, ["owner"] = server.Owner };
        foreach (var caller in Callers.Except(clients.Keys))
            clients.Add(caller, caller.StartsWith("device:", StringComparison.Ordinal) ? await DeviceAsync(server, caller["device:".Length..]) : await AccountAsync(server, caller));

        var wrong = new List<string>();
        foreach (var (endpoint, allowed) in Table)
        {
            var (method, path) = endpoint.Split(' ', 2) is [var verb, var rest] ? (verb, rest) : default;
            foreach (var caller in Callers)
            {
                using var request = new HttpRequestMessage(HttpMethod.Parse(method), path) { Content = method is "GET" or "DELETE" ? null : Http.Json("") };
                using var response = await clients[caller].SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Http.Cancellation);
                var expected = allowed.Split(' ').Contains(caller) ? "let in" : caller == "nobody" ? "401" : "403";
                var actual = response.StatusCode switch { HttpStatusCode.Unauthorized => "401", HttpStatusCode.Forbidden => "403", >= HttpStatusCode.InternalServerError => $"{response.StatusCode}", _ => "let in" };
                if (actual != expected) wrong.Add($"{endpoint} as {caller}: {actual} instead of {expected}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task the_table_leaves_out_no_endpoint()
    {
        await using var server = await RunningServer.StartAsync();
        var all = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {InPath().Replace(endpoint.RoutePattern.RawText!, "*")}"));
        var told = Table.Select(row => $"{row.Endpoint} ".Replace("/club", "/*", StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(all, endpoint => !told.Exists(row => Regex.IsMatch(row, $"^{Regex.Escape(endpoint).Replace("\\*", "[^/]+", StringComparison.Ordinal)} $")));
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex InPath();

    [Fact]
    public async Task a_device_sees_no_other_event()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.CreateEventAsync("secret");
        using var device = await server.CreateDeviceAsync("club", "d1", scopes: ["counts", "register", "supervise"]);
        Assert.Equal("club", Assert.Single((await device.GetJsonAsync("/api/events")).GetProperty("events").EnumerateArray()).Text("slug"));
        foreach (var path in new[] { "/api/events/secret", "/api/events/secret/tickets", "/api/occupancy/current?event=secret", "/api/gates?event=secret" })
        {
            using var response = await device.GetAsync(path, Http.Cancellation);
            Assert.Contains(response.StatusCode, new[] { HttpStatusCode.Forbidden, HttpStatusCode.NotFound });
        }
    }

    [Fact]
    public async Task whose_a_ticket_is_only_organisers_are_told()
    {
        await using var server = await RunningServer.StartAsync();
        await server.CreateEventAsync();
        await server.ImportTicketsAsync("club", [new { ticket_id = "T1", user_id = "ada@example.org" }]);
        using var device = await server.CreateDeviceAsync("club", "d1", scopes: ["register", "supervise"]);
        Assert.DoesNotContain("ada", await device.GetStringAsync("/api/tickets/T1", Http.Cancellation), StringComparison.Ordinal);
        Assert.Contains("ada", await server.Owner.GetStringAsync("/api/tickets/T1", Http.Cancellation), StringComparison.Ordinal);
        Assert.DoesNotContain("ada", await device.GetStringAsync("/api/events/club/tickets", Http.Cancellation), StringComparison.Ordinal);
        Assert.Contains("ada", await server.Owner.GetStringAsync("/api/events/club/tickets", Http.Cancellation), StringComparison.Ordinal);
    }

    private static async Task<HttpClient> DeviceAsync(RunningServer server, string scope) => await server.CreateDeviceAsync("club", $"device-{scope}", scopes: [scope]);

    private static async Task<HttpClient> AccountAsync(RunningServer server, string role)
    {
        await server.Owner.PostJsonAsync("/api/accounts", new { email = $"{role}@example.org", role, password = "long enough, this" }, HttpStatusCode.Created);
        return server.ClientFor((await server.Owner.PostJsonAsync("/api/tokens", new { name = role, account = $"{role}@example.org" }, HttpStatusCode.Created)).Text("token")!);
    }
}
