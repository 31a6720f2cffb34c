using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Server.Access;

namespace Headcount.Server.Manage;

/// <summary>The devices of an event, and their tokens, over HTTP.</summary>
internal sealed class DeviceEndpoints(DeviceService devices, Devices.DeviceDesk desk)
{
    public async Task CreateAsync(HttpContext context)
    {
        await context.EventAsync(context.Slug());
        var made = await devices.CreateAsync(context.Caller(), context.Slug(), await Fields.ReadBodyAsync(context), context.RequestAborted);
        await AnswerAsync(context, made, StatusCodes.Status201Created);
    }

    public async Task ListAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        var all = await devices.ListAsync(context.Caller(), context.Slug(), context.RequestAborted);
        await context.AnswerAsync(new { devices = all.Select(device => DeviceAnswer.Of(device, mailbox.Settings.Zone) with { Heartbeat = HeartbeatAnswer.Of(desk.Of(device.DeviceId), desk.IsOffline(device.DeviceId), mailbox.Settings.Zone) }) }, options: Wire.WithoutNulls);
    }

    public async Task RotateAsync(HttpContext context) =>
        await AnswerAsync(context, await devices.RotateAsync(context.Caller(), context.Slug(), context.Text("device_id"), context.RequestAborted), StatusCodes.Status200OK);

    public async Task ChangeAsync(HttpContext context)
    {
        var (device, zone) = await devices.ChangeAsync(context.Caller(), context.Slug(), context.Text("device_id"), await Fields.ReadBodyAsync(context), context.RequestAborted);
        await context.AnswerAsync(DeviceAnswer.Of(device, zone), options: Wire.WithoutNulls);
    }

    public async Task DeleteAsync(HttpContext context)
    {
        await devices.RevokeAsync(context.Caller(), context.Slug(), context.Text("device_id"), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task AnswerAsync(HttpContext context, (Device Device, IssuedToken Token, Zone Zone) made, int status)
    {
        context.Response.Headers.CacheControl = "no-store";
        var answer = DeviceAnswer.Of(made.Device, made.Zone) with { Token = made.Token.Text, ExpiresAt = made.Token.ExpiresAt is { } end ? made.Zone.Format(end) : null };
        return context.AnswerAsync(answer, status, Wire.WithoutNulls);
    }
}

/// <summary>A device as it is answered; its token only where it was just made.</summary>
internal sealed record DeviceAnswer(string DeviceId, string? Gate, string? Direction, string Clock, IReadOnlyList<string> Scopes, bool ValidateOnly, string? DegradedMode, string CreatedAt)
{
    public string? Token { get; init; }

    public string? ExpiresAt { get; init; }

    public HeartbeatAnswer? Heartbeat { get; init; }

    public static DeviceAnswer Of(Device device, Zone zone) => new(
        device.DeviceId, device.Gate, device.Direction?.Code(), device.Clock ?? "UTC", ["scan", .. device.Scopes], device.ValidateOnly,
        device.DegradedMode is { } mode ? Devices.DeviceSettings.WordOf(mode) : null, zone.Format(device.CreatedAt));
}

/// <summary>What a device last said of itself, as it is answered.</summary>
internal sealed record HeartbeatAnswer(string At, bool Offline, long QueueLength, string? OldestWaitingAt, long? ClockOffsetMs, double? Battery, string? AppVersion, string? Mode, string? Gate)
{
    public static HeartbeatAnswer? Of(Devices.Heartbeat? beat, bool isOffline, Zone zone) => beat is null ? null : new HeartbeatAnswer(
        zone.Format(beat.At), isOffline, beat.Waiting, beat.OldestWaiting is { } oldest ? zone.Format(oldest) : null, beat.ClockOffset is { } offset ? (long)offset.TotalMilliseconds : null,
        beat.Battery, beat.AppVersion, beat.Mode, beat.Gate);
}
