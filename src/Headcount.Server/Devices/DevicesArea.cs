using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Documents;

namespace Headcount.Server.Devices;

/// <summary>What devices at gates need to live with a network that comes and goes: pairing, the register, heartbeats with leases, codes that prove themselves.</summary>
internal static class DevicesArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        var services = builder.Services;
        services.AddSingleton<RegisterChanges>();
        services.AddSingleton<IEventListener>(all => all.GetRequiredService<RegisterChanges>());
        services.AddSingleton<TicketKeys>();
        services.AddSingleton<ScanCodes>();
        services.AddSingleton<CodeEndpoints>();
        services.AddSingleton<DeviceSettings>();
        services.AddSingleton<PairingService>();
        services.AddSingleton<PairingEndpoints>();
        services.AddSingleton<RegisterDownload>();
        services.AddSingleton<DeviceDesk>();
        services.AddHostedService(all => all.GetRequiredService<DeviceDesk>());
        services.AddSingleton<HeartbeatEndpoint>();
        services.AddSingleton<Reconciliation>();
        services.AddSingleton<OfflinePeriodsEndpoint>();
    }

    public static async Task MapAsync(WebApplication app, CancellationToken cancellation)
    {
        var services = app.Services;
        await services.GetRequiredService<TicketKeys>().LoadAsync(cancellation);
        await services.GetRequiredService<DeviceDesk>().LoadAsync(cancellation);
        MapDevices(app, services);
        MapCodes(app, services.GetRequiredService<CodeEndpoints>());
    }

    private static void MapDevices(WebApplication app, IServiceProvider services)
    {
        var pairing = services.GetRequiredService<PairingEndpoints>();
        app.MapPost("/api/events/{slug}/devices/{device_id}/pairing", pairing.IssueAsync).Require(Right.Organise)
            .Describe("Devices", "Makes a code by which the device is paired, once", response: DeviceExamples.Pairing, status: 201, errors: [404],
                text: "Good for 15 minutes and once. An earlier code that was not used is void.", more: DeviceExamples.Fields);
        app.MapPost("/api/devices/pair", pairing.ExchangeAsync).WithMetadata(OpenToAll.Mark)
            .Describe("Devices", "Exchanges a pairing code for the device's token", DeviceExamples.Code, DeviceExamples.Paired, 200, [400, 401, 403, 409, 413, 422, 429, 503],
                text: "Needs no token: the code is the proof. The device's earlier tokens end. A code that was used is 409, one that is unknown or over 401.", isPublic: true, more: DeviceExamples.Fields);
        app.MapPost("/api/devices/heartbeat", services.GetRequiredService<HeartbeatEndpoint>().InvokeAsync).Require(Right.Scan)
            .Describe("Devices", "A device says that it is there", DeviceExamples.Heartbeat, DeviceExamples.HeartbeatAnswer, 200, [400, 404, 413, 422], more: DeviceExamples.Fields);
        app.MapGet("/api/devices/register", services.GetRequiredService<RegisterDownload>().InvokeAsync).Require(Right.Scan)
            .Describe("Devices", "What a device decides by while it is offline", errors: [404, 422], query:
            [
                QueryNotes.Event, new QueryNote("since", "The version that is known: only what changed since; everything where that is too long ago."), new QueryNote("seq", "The record that is known; with `since`."),
                new QueryNote("part", "`all`, or `codes`: what a device needs that decides by signed codes alone, which any device may have."),
            ],
            text: "Lines of JSON, gzip-compressed where `Accept-Encoding` says so. For devices with the scope `register`, and supervisors.",
            more: notes => notes with { Answers = [new AnswerNote(200, "The lines", DeviceExamples.Register, "application/x-ndjson")] });
        app.MapGet("/api/devices/{device_id}/offline-periods", services.GetRequiredService<OfflinePeriodsEndpoint>().InvokeAsync).Require(Right.Supervise)
            .Describe("Devices", "What came in late from a device, what it changed, and what contradicts each other", response: DeviceExamples.Periods, errors: [404, 422], query: [QueryNotes.Event], more: DeviceExamples.Fields);
    }

    private static void MapCodes(WebApplication app, CodeEndpoints codes)
    {
        app.MapPost("/api/events/{slug}/keys", codes.RotateAsync).Require(Right.Organise)
            .Describe("Codes", "Makes a key that signs ticket codes from now on", response: DeviceExamples.Key, status: 201, errors: [404, 409],
                text: "The key before is retired: it signs nothing new, and what it signed stays good.", more: DeviceExamples.Fields);
        app.MapGet("/api/events/{slug}/keys", codes.ListKeysAsync).Require(Right.Organise)
            .Describe("Codes", "Lists the keys of an event's codes", response: DeviceExamples.Keys, errors: [404], more: DeviceExamples.Fields);
        app.MapPost("/api/events/{slug}/codes", codes.IssueAsync).Require(Right.Organise)
            .Describe("Codes", "Signed codes of tickets", """{"ticket_ids":["T00001"],"valid_until":"2035-10-01T04:00"}""", DeviceExamples.Codes, 200, [400, 404, 409, 413, 422],
                text: "Of the tickets named, or of all that are valid; as CSV where `Accept` is `text/csv`. `valid_from` and `valid_until` limit the codes, beside what limits the tickets.", more: notes => DeviceExamples.Fields(notes) with { Requests = [notes.Requests[0] with { IsOptional = true }] });
        app.MapPost("/api/events/{slug}/keys/{key_id}/revoke", codes.RevokeAsync).Require(Right.Organise)
            .Describe("Codes", "Revokes a key: nothing that it signed is believed any more", response: DeviceExamples.Key, errors: [404], more: DeviceExamples.Fields);
    }
}
