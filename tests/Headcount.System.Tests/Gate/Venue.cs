using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Headcount.SystemTests.Data;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Gate;

/// <summary>A server that the tests of a class share; each test has an event of its own on it.</summary>
public class SharedServer : IAsyncLifetime
{
    private int _venues;
    private RunningServer? _server;

    public RunningServer Server
    {
        get
        {
            Assert.SkipWhen(_server is null, "PostgreSQL is not installed (Debian's package postgresql).");
            return _server!;
        }
    }

    public async ValueTask InitializeAsync() => _server = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts it; null where what it needs is not installed.</summary>
    protected virtual async Task<RunningServer?> StartAsync() => await RunningServer.StartAsync();

    /// <summary>An event with gates A and B and tickets T1 to T9, which are of the type GENERAL, and VIP1, which is one.</summary>
    internal async Task<Venue> OpenAsync(long capacity = 100, string zone = "UTC")
    {
        var venue = new Venue(Server, string.Create(CultureInfo.InvariantCulture, $"venue-{Interlocked.Increment(ref _venues)}"));
        await venue.CreateAsync(capacity, zone);
        return venue;
    }
}

/// <summary>The same, on PostgreSQL.</summary>
public sealed class SharedPostgresServer : SharedServer
{
    protected override async Task<RunningServer?> StartAsync()
    {
        if (await SharedPostgres.FindAsync() is not { } postgres) return null;
        var database = await postgres.CreateDatabaseAsync();
        return await RunningServer.StartAsync(options => options with { Database = database });
    }
}

/// <summary>One event, as its gates see it.</summary>
internal sealed class Venue(RunningServer server, string slug)
{
    public RunningServer Server => server;

    public string Slug => slug;

    public async Task CreateAsync(long capacity, string zone)
    {
        await server.CreateEventAsync(slug, new
        {
            slug, name = slug, zone, capacity,
            ticket_types = new object[] { new { name = "VIP", @override = true }, new { name = "GENERAL" } },
            gates = new[] { "A", "B" },
        });
        await server.ImportTicketsAsync(slug, [.. Enumerable.Range(1, 9).Select(n => (object)new { ticket_id = $"T{n}", ticket_type = "GENERAL" }), new { ticket_id = "VIP1", ticket_type = "VIP" }]);
    }

    public Task ImportAsync(params object[] tickets) => server.ImportTicketsAsync(slug, tickets);

    /// <summary>A device's client; its id is the event's name and the one given.</summary>
    public Task<HttpClient> DeviceAsync(string id = "d", string? gate = null, string? direction = null, params string[] scopes) =>
        server.CreateDeviceAsync(slug, DeviceId(id), gate, direction, scopes);

    public string DeviceId(string id = "d") => $"{slug}-{id}";

    /// <summary>The log, as the owner reads it.</summary>
    public async Task<JsonElement[]> LogAsync(string query = "")
    {
        var reply = await server.Owner.AskAsync($"/api/scans?event={slug}&{query}");
        Assert.Equal(200, reply.Status);
        return [.. reply.Json.EnumerateArray()];
    }
}

/// <summary>What was answered.</summary>
internal sealed record Reply(int Status, string Text, string? ContentType, HttpResponseHeaders Headers)
{
    private readonly Lazy<JsonElement> _json = new(() => JsonDocument.Parse(Text).RootElement);

    public JsonElement Json => _json.Value;

    public string? Code => Json.TryGetProperty("code", out var code) ? code.GetString() : null;

    public string? this[string field] => Json.GetProperty(field) is { ValueKind: JsonValueKind.String } text ? text.GetString() : Json.GetProperty(field).GetRawText();

    /// <summary>The fields that a problem says are wrong.</summary>
    public string[] WrongFields => Json.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal)] : [];

    /// <summary>Sees to it that it is a problem document as it should be.</summary>
    public Reply IsProblem(int status, string code)
    {
        Assert.True(Status == status, $"{status} was expected, and {Status} came: {Text}");
        Assert.Equal("application/problem+json", ContentType);
        Assert.Equal(code, Code);
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.Equal($"urn:headcount:problem:{code}", this["type"]);
        Assert.NotEmpty(this["title"]!);
        Assert.NotEmpty(this["error"]!);
        Assert.NotEmpty(this["trace_id"]!);
        return this;
    }
}

/// <summary>Requests, shortly said.</summary>
internal static class Requests
{
    public static readonly string[] Answered = ["status", "message", "ticket_id", "ticket_type", "scan_id", "seq", "current_occupancy", "capacity", "warnings"];

    public static async Task<Reply> AskAsync(this HttpClient client, string path, Action<HttpRequestMessage>? change = null) => await client.SendAsync(HttpMethod.Get, path, null, change);

    public static Task<Reply> PostAsync(this HttpClient client, string path, object body, Action<HttpRequestMessage>? change = null) =>
        client.SendAsync(HttpMethod.Post, path, new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"), change);

    public static Task<Reply> PostTextAsync(this HttpClient client, string path, string body, string type = "application/json") =>
        client.PostBytesAsync(path, Encoding.UTF8.GetBytes(body), type);

    public static Task<Reply> PostBytesAsync(this HttpClient client, string path, byte[] body, string? type = "application/json")
    {
        var content = new ByteArrayContent(body);
        if (type is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return client.SendAsync(HttpMethod.Post, path, content, null);
    }

    public static Task<Reply> ScanAsync(this HttpClient client, string ticket, string? gate = "A", string? type = "entry", string? timestamp = null, string? id = null, object? more = null, string query = "")
    {
        var fields = new Dictionary<string, object?> { ["ticket_id"] = ticket, ["timestamp"] = timestamp ?? Now };
        if (gate is not null) fields["gate"] = gate;
        if (type is not null) fields["scan_type"] = type;
        if (id is not null) fields["scan_id"] = id;
        foreach (var property in more?.GetType().GetProperties() ?? []) fields[property.Name] = property.GetValue(more);
        return client.PostAsync("/api/scans" + query, fields);
    }

    public static string Now => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    public static string Ago(TimeSpan time) => (TimeProvider.System.GetUtcNow() - time).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    public static async Task<Reply> SendAsync(this HttpClient client, HttpMethod method, string path, HttpContent? content, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        change?.Invoke(request);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response.Content.Headers.ContentType?.MediaType, response.Headers);
    }
}
