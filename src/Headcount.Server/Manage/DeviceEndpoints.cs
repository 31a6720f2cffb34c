using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Manage;

/// <summary>The devices of an event, and their tokens.</summary>
internal sealed class DeviceEndpoints(IWriteQueue writes, IDbReader reader, TokenService tokens, TimeProvider time)
{
    private static readonly HashSet<string> Known = ["device_id", "gate", "direction", "clock", "scopes", "expires_at"];
    private static readonly string[] Scopes = ["scan", "counts", "register", "supervise"];

    public async Task CreateAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        var fields = new Fields(await Fields.ReadBodyAsync(context), Known);
        var (device, expiresAt) = Read(fields, mailbox.Settings);
        fields.ThrowIfWrong("The device");
        var token = await TryReviveAsync(device, context.RequestAborted)
            ? await tokens.IssueForDeviceAsync(device.DeviceId, device.DeviceId, expiresAt, context.RequestAborted)
            : await tokens.IssueForNewDeviceAsync(device, device.DeviceId, expiresAt, context.RequestAborted);
        await AnswerAsync(context, device, mailbox.Settings.Zone, token, StatusCodes.Status201Created);
    }

    public async Task ListAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        await using var db = reader.Open();
        var devices = await db.Devices.AsNoTracking().Where(device => device.EventId == mailbox.Settings.EventId && device.RevokedAt == null).ToListAsync(context.RequestAborted);
        await context.AnswerAsync(new { devices = devices.OrderBy(device => device.DeviceId, StringComparer.Ordinal).Select(device => DeviceAnswer.Of(device, mailbox.Settings.Zone)) }, options: Wire.WithoutNulls);
    }

    public async Task RotateAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        var device = await FindAsync(context, mailbox.Settings);
        await using var db = reader.Open();
        var now = Now;
        var before = await db.Tokens.AsNoTracking().Where(token => token.DeviceId == device.DeviceId && token.RevokedAt == null).OrderBy(token => token.TokenId).ToListAsync(context.RequestAborted);
        var expiresAt = before.LastOrDefault()?.ExpiresAt is { } end && end > now ? end : (Instant?)null;
        var next = await tokens.IssueForDeviceAsync(device.DeviceId, device.DeviceId, expiresAt, context.RequestAborted);
        foreach (var token in before) await tokens.RevokeAsync(token.TokenId, CancellationToken.None);
        await AnswerAsync(context, device, mailbox.Settings.Zone, next, StatusCodes.Status200OK);
    }

    public async Task DeleteAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        var device = await FindAsync(context, mailbox.Settings);
        await tokens.RevokeDeviceAsync(device.DeviceId, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task AnswerAsync(HttpContext context, Device device, Zone zone, IssuedToken token, int status)
    {
        context.Response.Headers.CacheControl = "no-store";
        var answer = DeviceAnswer.Of(device, zone) with { Token = token.Text, ExpiresAt = token.ExpiresAt is { } end ? zone.Format(end) : null };
        return context.AnswerAsync(answer, status, Wire.WithoutNulls);
    }

    // One that was taken away may come back, as a new one.
    private Task<bool> TryReviveAsync(Device device, CancellationToken cancellation) => writes.WriteAsync(async (db, ct) =>
    {
        var known = await db.Devices.SingleOrDefaultAsync(other => other.DeviceId == device.DeviceId && other.RevokedAt != null, ct);
        if (known is null) return false;
        (known.EventId, known.Gate, known.Direction, known.Clock, known.Scopes, known.CreatedAt, known.RevokedAt) = (device.EventId, device.Gate, device.Direction, device.Clock, device.Scopes, device.CreatedAt, null);
        await db.SaveChangesAsync(ct);
        return true;
    }, cancellation);

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    private async Task<Device> FindAsync(HttpContext context, EventSettings settings)
    {
        var id = context.Text("device_id");
        await using var db = reader.Open();
        return await db.Devices.AsNoTracking().SingleOrDefaultAsync(device => device.DeviceId == id && device.EventId == settings.EventId && device.RevokedAt == null, context.RequestAborted)
            ?? throw new ProblemException(StatusCodes.Status404NotFound, ProblemCodes.NotFound, $"Event '{settings.Slug}' has no device '{Names.Excerpt(id)}'.");
    }

    private (Device Device, Instant? ExpiresAt) Read(Fields fields, EventSettings settings)
    {
        var id = fields.Text("device_id", DeviceId.MaxLength, isRequired: true);
        if (id is not null && Names.WrongPlace(id) is { } wrongId) fields.Wrong("device_id", wrongId);
        var gate = fields.Text("gate", GateName.MaxLength);
        if (gate is not null && Names.WrongPlace(gate) is { } wrongGate) fields.Wrong("gate", wrongGate);
        if (gate is not null && settings.Rules.Gates.Count > 0 && !settings.Rules.Gates.Contains(gate)) fields.Wrong("gate", $"'{Names.Excerpt(gate)}' is none of the event's gates");
        var direction = fields.Word("direction", "entry", "exit");
        var scopes = fields.Texts("scopes", Scopes.Length, 64) ?? [];
        var unknown = scopes.FirstOrDefault(scope => !Scopes.Contains(scope));
        if (unknown is not null) fields.Wrong("scopes", $"'{Names.Excerpt(unknown)}' is none of {string.Join(", ", Scopes)}");
        var device = new Device
        {
            DeviceId = id ?? "", EventId = settings.EventId, Gate = gate, Clock = fields.Zone("clock")?.Id, CreatedAt = Now,
            Direction = direction switch { "entry" => ScanType.Entry, "exit" => ScanType.Exit, _ => null },
            Scopes = [.. scopes.Where(scope => scope != "scan")],
        };
        var expiresAt = fields.Time("expires_at", settings.Zone);
        if (expiresAt <= Now) fields.Wrong("expires_at", "is over already");
        return (device, expiresAt);
    }
}

/// <summary>A device as it is answered; its token only where it was just made.</summary>
internal sealed record DeviceAnswer(string DeviceId, string? Gate, string? Direction, string Clock, IReadOnlyList<string> Scopes, string CreatedAt)
{
    public string? Token { get; init; }

    public string? ExpiresAt { get; init; }

    public static DeviceAnswer Of(Device device, Zone zone) => new(
        device.DeviceId, device.Gate, device.Direction?.Code(), device.Clock ?? "UTC", ["scan", .. device.Scopes], zone.Format(device.CreatedAt));
}
