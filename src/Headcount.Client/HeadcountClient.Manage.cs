using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Headcount.Client;

public sealed partial class HeadcountClient
{
    /// <summary>Makes an event.</summary>
    /// <exception cref="HeadcountProblemException"><c>conflict</c>: there is one of that slug; <c>malformed</c>: every wrong field is named.</exception>
    public Task<EventSettings> CreateEventAsync(NewEvent settings, CancellationToken cancellation = default) =>
        _exchange.SendAsync(HttpMethod.Post, "api/events", () => new JsonBody<NewEvent>(settings, WireContext.Default.NewEvent), WireContext.Default.EventSettings, isRepeatable: false, cancellation);

    /// <summary>The events that the caller may see.</summary>
    public async Task<IReadOnlyList<EventSettings>> ReadEventsAsync(CancellationToken cancellation = default) =>
        (await _exchange.GetAsync("api/events", WireContext.Default.EventList, cancellation).ConfigureAwait(false)).Events;

    /// <summary>An event; null where there is none of that slug.</summary>
    public Task<EventSettings?> FindEventAsync(string slug, CancellationToken cancellation = default) => _exchange.FindAsync(Of(slug), WireContext.Default.EventSettings, cancellation);

    /// <summary>Changes an event. When it returns, the gates go by it.</summary>
    public Task<EventSettings> ChangeEventAsync(string slug, EventChange change, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        return _exchange.SendAsync(HttpMethod.Patch, Of(slug), () => Change(change, WireContext.Default.EventChange, change.Clear), WireContext.Default.EventSettings, isRepeatable: true, cancellation);
    }

    /// <summary>Closes the day: every open stay ends.</summary>
    /// <param name="slug">The event.</param>
    /// <param name="at">When they end; null = now.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task<DayClosed> CloseDayAsync(string slug, DateTimeOffset? at = null, CancellationToken cancellation = default) =>
        _exchange.SendAsync(HttpMethod.Post, Of(slug) + "/close-day", () => new JsonBody<CloseDay>(new CloseDay(at), WireContext.Default.CloseDay), WireContext.Default.DayClosed, isRepeatable: false, cancellation);

    /// <summary>Puts an event away: its log stays, and takes no more scans.</summary>
    public Task<EventSettings> ArchiveEventAsync(string slug, CancellationToken cancellation = default) =>
        _exchange.SendAsync(HttpMethod.Post, Of(slug) + "/archive", () => null, WireContext.Default.EventSettings, isRepeatable: true, cancellation);

    /// <summary>Makes a device. Its <see cref="Device.Token"/> is shown this once.</summary>
    public Task<Device> CreateDeviceAsync(string slug, NewDevice device, CancellationToken cancellation = default) =>
        _exchange.SendAsync(HttpMethod.Post, Of(slug) + "/devices", () => new JsonBody<NewDevice>(device, WireContext.Default.NewDevice), WireContext.Default.Device, isRepeatable: false, cancellation);

    /// <summary>The devices of an event.</summary>
    public async Task<IReadOnlyList<Device>> ReadDevicesAsync(string slug, CancellationToken cancellation = default) =>
        (await _exchange.GetAsync(Of(slug) + "/devices", WireContext.Default.DeviceList, cancellation).ConfigureAwait(false)).Devices;

    /// <summary>Gives a device a new token, in <see cref="Device.Token"/>; the old one ends at once.</summary>
    public Task<Device> RotateDeviceTokenAsync(string slug, string deviceId, CancellationToken cancellation = default) =>
        _exchange.SendAsync(HttpMethod.Post, OfDevice(slug, deviceId) + "/rotate", () => null, WireContext.Default.Device, isRepeatable: false, cancellation);

    /// <summary>Takes a device away; its token ends at once.</summary>
    public async Task RevokeDeviceAsync(string slug, string deviceId, CancellationToken cancellation = default)
    {
        using var response = await _exchange.SendAsync(() => new HttpRequestMessage(HttpMethod.Delete, OfDevice(slug, deviceId)), isRepeatable: false, cancellation).ConfigureAwait(false);
    }

    private static string Of(string slug)
    {
        ArgumentException.ThrowIfNullOrEmpty(slug);
        return $"api/events/{Uri.EscapeDataString(slug)}";
    }

    private static string OfDevice(string slug, string deviceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(deviceId);
        return $"{Of(slug)}/devices/{Uri.EscapeDataString(deviceId)}";
    }

    // What is absent stays as it is; null is how a field is made empty.
    private static JsonBody<System.Text.Json.Nodes.JsonObject> Change<T>(T change, JsonTypeInfo<T> type, IReadOnlyList<string> clear)
    {
        var fields = JsonSerializer.SerializeToNode(change, type)!.AsObject();
        foreach (var field in clear) fields[field] = null;
        return new JsonBody<System.Text.Json.Nodes.JsonObject>(fields, WireContext.Default.JsonObject);
    }
}
