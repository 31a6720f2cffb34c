using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Headcount.Server;
using Headcount.Server.Gate.Mqtt;
using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Gate;
using Headcount.SystemTests.Serving;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet.Formatter;

namespace Headcount.SystemTests.Mqtt;

/// <summary>A server with the built-in broker, or one that is client of another, and an event <c>club</c> on it with gates A and B and tickets T1 to T9.</summary>
internal sealed class MqttVenue(RunningServer server) : IAsyncDisposable
{
    public const string Slug = "club";

    public RunningServer Server => server;

    public int Port => server.Services.GetRequiredService<MqttBroker>().Addresses[0].Port;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<MqttVenue> OpenAsync(Func<ServerOptions, ServerOptions>? configure = null, string? dataFolder = null)
    {
        var server = await RunningServer.StartAsync(options => configure?.Invoke(options) ?? options with { Mqtt = "mqtt://127.0.0.1:0" }, dataFolder);
        var venue = new MqttVenue(server);
        await server.CreateEventAsync(Slug);
        await server.ImportTicketsAsync(Slug, Enumerable.Range(1, 9).Select(n => new { ticket_id = $"T{n}", ticket_type = "GENERAL" }));
        return venue;
    }

    /// <summary>A server whose devices need no token, each of the event's.</summary>
    public static Task<MqttVenue> OpenAnonymousAsync() => OpenAsync(options => options with { Mqtt = "mqtt://127.0.0.1:0", MqttAnonymous = Slug });

    /// <summary>Makes a device.</summary>
    /// <returns>Its token.</returns>
    public async Task<string> DeviceAsync(string id, string? gate = null, string? direction = null, string[]? scopes = null, string slug = Slug)
    {
        var response = await server.Owner.PostAsJsonAsync($"/api/events/{slug}/devices", new { device_id = id, gate, direction, scopes }, Ended);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ended));
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Ended)).GetProperty("token").GetString()!;
    }

    /// <summary>Makes a device and connects as it.</summary>
    public async Task<MqttDevice> ConnectAsync(string id, string? gate = null, MqttProtocolVersion version = MqttProtocolVersion.V311, string[]? scopes = null)
    {
        var device = await MqttDevice.ConnectAsync(Port, id, await DeviceAsync(id, gate, scopes: scopes), version);
        await device.SubscribeAsync($"decisions/{id}");
        return device;
    }

    /// <summary>Waits until a part of the server says that it is so.</summary>
    public Task ReadyAsync(string part, string status = "fine") => Faults.Door.UntilAsync(async () => (await server.Owner.AskAsync("/health/ready")).Json.GetProperty("parts").GetProperty(part).GetProperty("status").GetString(), now => now == status);

    /// <summary>Publishes as people do: <c>mosquitto_pub</c>, QoS 1.</summary>
    public Task<Outcome> PublishAsync(string topic, string message, params string[] options) => Mosquitto.PublishAsync(Port, topic, message, options);

    public async Task<JsonElement[]> LogAsync() => await new Venue(server, Slug).LogAsync();

    public async ValueTask DisposeAsync()
    {
        await server.StopAsync();
        await server.DisposeAsync();
    }

    /// <summary>A scan as devices write it.</summary>
    public static string Scan(string ticket, string? gate = null, string? type = "entry", string? scanId = null, string? device = null, string? timestamp = null, object? more = null)
    {
        var fields = new Dictionary<string, object?> { ["ticket_id"] = ticket, ["timestamp"] = timestamp ?? TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture) };
        if (gate is not null) fields["gate"] = gate;
        if (type is not null) fields["scan_type"] = type;
        if (scanId is not null) fields["scan_id"] = scanId;
        if (device is not null) fields["device_id"] = device;
        foreach (var property in more?.GetType().GetProperties() ?? []) fields[property.Name] = property.GetValue(more);
        return JsonSerializer.Serialize(fields);
    }
}
