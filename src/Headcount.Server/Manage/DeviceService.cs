using System.Text.Json;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Manage;

/// <summary>What can be done with the devices of an event, by endpoints and by pages alike. Each call asks whether the caller may.</summary>
internal sealed class DeviceService(EventDirectory directory, EventHost host, IWriteQueue writes, IDbReader reader, TokenService tokens, TimeProvider time)
{
    private static readonly HashSet<string> Known = ["device_id", "gate", "direction", "clock", "scopes", "validate_only", "degraded_mode", "expires_at"];
    private static readonly HashSet<string> Changeable = ["gate", "direction", "clock", "scopes", "validate_only", "degraded_mode"];

    /// <summary>What a device may be allowed.</summary>
    public static readonly string[] Scopes = ["scan", "counts", "register", "supervise"];

    private Instant Now => time.GetUtcNow();

    /// <summary>The devices that were not taken away, by their ids.</summary>
    public async Task<IReadOnlyList<Device>> ListAsync(Caller caller, string slug, CancellationToken cancellation)
    {
        var settings = await SettingsAsync(caller, slug, cancellation);
        await using var db = reader.Open();
        var devices = await db.Devices.AsNoTracking().Where(device => device.EventId == settings.EventId && device.RevokedAt == null).ToListAsync(cancellation);
        return [.. devices.OrderBy(device => device.DeviceId, StringComparer.Ordinal)];
    }

    /// <summary>Makes a device and its token, whose text is told this once.</summary>
    public async Task<(Device Device, IssuedToken Token, Zone Zone)> CreateAsync(Caller caller, string slug, JsonElement body, CancellationToken cancellation)
    {
        var settings = await SettingsAsync(caller, slug, cancellation);
        var fields = new Fields(body, Known);
        var (device, expiresAt) = Read(fields, settings);
        fields.ThrowIfWrong("The device");
        var token = await TryReviveAsync(device, cancellation)
            ? await tokens.IssueForDeviceAsync(device.DeviceId, device.DeviceId, expiresAt, cancellation)
            : await tokens.IssueForNewDeviceAsync(device, device.DeviceId, expiresAt, cancellation);
        return (device, token, settings.Zone);
    }

    /// <summary>Changes what the body names; null clears what may be absent. The device goes by it from its next request on.</summary>
    public async Task<(Device Device, Zone Zone)> ChangeAsync(Caller caller, string slug, string deviceId, JsonElement body, CancellationToken cancellation)
    {
        var settings = await SettingsAsync(caller, slug, cancellation);
        await FindAsync(settings, deviceId, cancellation);
        var device = await writes.WriteAsync(async (db, ct) =>
        {
            var fields = new Fields(body, Changeable);
            var row = await db.Devices.SingleAsync(one => one.DeviceId == deviceId, ct);
            Apply(fields, row, settings);
            fields.ThrowIfWrong("The change");
            await db.SaveChangesAsync(ct);
            return row;
        }, cancellation);
        await tokens.DeviceChangedAsync(deviceId, CancellationToken.None);
        return (device, settings.Zone);
    }

    /// <summary>Gives a device a new token; the old one ends at once.</summary>
    public async Task<(Device Device, IssuedToken Token, Zone Zone)> RotateAsync(Caller caller, string slug, string deviceId, CancellationToken cancellation)
    {
        var settings = await SettingsAsync(caller, slug, cancellation);
        var device = await FindAsync(settings, deviceId, cancellation);
        await using var db = reader.Open();
        var now = Now;
        var before = await db.Tokens.AsNoTracking().Where(token => token.DeviceId == device.DeviceId && token.RevokedAt == null).OrderBy(token => token.TokenId).ToListAsync(cancellation);
        var expiresAt = before.LastOrDefault()?.ExpiresAt is { } end && end > now ? end : (Instant?)null;
        var next = await tokens.IssueForDeviceAsync(device.DeviceId, device.DeviceId, expiresAt, cancellation);
        foreach (var token in before) await tokens.RevokeAsync(token.TokenId, CancellationToken.None);
        return (device, next, settings.Zone);
    }

    /// <summary>Takes a device away: from its next request on it is refused.</summary>
    public async Task RevokeAsync(Caller caller, string slug, string deviceId, CancellationToken cancellation)
    {
        var settings = await SettingsAsync(caller, slug, cancellation);
        var device = await FindAsync(settings, deviceId, cancellation);
        await tokens.RevokeDeviceAsync(device.DeviceId, cancellation);
    }

    private async Task<EventSettings> SettingsAsync(Caller caller, string slug, CancellationToken cancellation)
    {
        var (listed, _) = directory.Admit(caller, slug, Right.Organise);
        return (await host.OpenAsync(listed.EventId, cancellation) ?? throw EventDirectory.NoSuchEvent(slug)).Settings;
    }

    // One that was taken away may come back, as a new one.
    private Task<bool> TryReviveAsync(Device device, CancellationToken cancellation) => writes.WriteAsync(async (db, ct) =>
    {
        var known = await db.Devices.SingleOrDefaultAsync(other => other.DeviceId == device.DeviceId && other.RevokedAt != null, ct);
        if (known is null) return false;
        (known.EventId, known.Gate, known.Direction, known.Clock, known.Scopes, known.CreatedAt, known.RevokedAt) = (device.EventId, device.Gate, device.Direction, device.Clock, device.Scopes, device.CreatedAt, null);
        (known.ValidateOnly, known.DegradedMode) = (device.ValidateOnly, device.DegradedMode);
        await db.SaveChangesAsync(ct);
        return true;
    }, cancellation);

    private async Task<Device> FindAsync(EventSettings settings, string id, CancellationToken cancellation)
    {
        await using var db = reader.Open();
        return await db.Devices.AsNoTracking().SingleOrDefaultAsync(device => device.DeviceId == id && device.EventId == settings.EventId && device.RevokedAt == null, cancellation)
            ?? throw new ProblemException(StatusCodes.Status404NotFound, ProblemCodes.NotFound, $"Event '{settings.Slug}' has no device '{Names.Excerpt(id)}'.");
    }

    private (Device Device, Instant? ExpiresAt) Read(Fields fields, EventSettings settings)
    {
        var id = fields.Text("device_id", DeviceId.MaxLength, isRequired: true);
        if (id is not null && Names.WrongPlace(id) is { } wrongId) fields.Wrong("device_id", wrongId);
        var device = new Device { DeviceId = id ?? "", EventId = settings.EventId, CreatedAt = Now };
        Apply(fields, device, settings);
        var expiresAt = fields.Time("expires_at", settings.Zone);
        if (expiresAt <= Now) fields.Wrong("expires_at", "is over already");
        return (device, expiresAt);
    }

    private static void Apply(Fields fields, Device device, EventSettings settings)
    {
        if (fields.Has("gate"))
        {
            var gate = device.Gate = fields.Text("gate", GateName.MaxLength);
            if (gate is not null && Names.WrongPlace(gate) is { } wrongGate) fields.Wrong("gate", wrongGate);
            if (gate is not null && settings.Rules.Gates.Count > 0 && !settings.Rules.Gates.Contains(gate)) fields.Wrong("gate", $"'{Names.Excerpt(gate)}' is none of the event's gates");
        }

        if (fields.Has("direction")) device.Direction = fields.Word("direction", "entry", "exit") switch { "entry" => ScanType.Entry, "exit" => ScanType.Exit, _ => null };
        if (fields.Has("clock")) device.Clock = fields.Zone("clock")?.Id;
        if (fields.Has("validate_only")) device.ValidateOnly = fields.Flag("validate_only") ?? false;
        if (fields.Has("degraded_mode")) device.DegradedMode = Devices.DeviceSettings.Parse(fields.Word("degraded_mode", "leased", "open", "closed"));
        if (!fields.Has("scopes")) return;
        var scopes = fields.Texts("scopes", Scopes.Length, 64) ?? [];
        var unknown = scopes.FirstOrDefault(scope => !Scopes.Contains(scope));
        if (unknown is not null) fields.Wrong("scopes", $"'{Names.Excerpt(unknown)}' is none of {string.Join(", ", Scopes)}");
        device.Scopes = [.. scopes.Where(scope => scope != "scan")];
    }
}
