using Headcount.Core;
using Headcount.Server.Access;
using Headcount.Server.Manage;

namespace Headcount.Server.Devices;

/// <summary>What a device says of itself.</summary>
/// <param name="At">When the server heard it.</param>
/// <param name="EventId">Its event.</param>
/// <param name="Seq">The last record of the log then.</param>
/// <param name="Gate">Where it stands.</param>
/// <param name="Waiting">How many scans it has not handed in.</param>
/// <param name="OldestWaiting">When the oldest of these was made, by its clock.</param>
/// <param name="ClockOffset">How far its clock is ahead of the server's.</param>
/// <param name="Battery">In per cent.</param>
/// <param name="AppVersion">What runs on it.</param>
/// <param name="Mode">What it does: <c>entry</c>, <c>exit</c>, <c>validate</c>, or words of its own.</param>
internal sealed record Heartbeat(Instant At, long EventId, long Seq, string? Gate, long Waiting, Instant? OldestWaiting, TimeSpan? ClockOffset, double? Battery, string? AppVersion, string? Mode)
{
    private static readonly HashSet<string> Known = ["queue_length", "oldest_waiting_at", "clock", "battery", "app_version", "mode", "gate", "lease", "offline_since", "leaving"];
    private const int MostWord = 64;

    /// <summary>Since when the device could not reach the server, by its own clock put right; null = it does not say.</summary>
    public Instant? OfflineSince { get; private init; }

    /// <summary>The lease that it holds; 0 = none.</summary>
    public long LeaseNumber { get; private init; }

    /// <summary>Whether it goes off for good.</summary>
    public bool IsLeaving { get; private init; }

    /// <summary>Reads the body of a heartbeat.</summary>
    public static async Task<Heartbeat> ReadAsync(HttpContext context, CallingDevice device, long seq, Instant now)
    {
        var fields = new Fields(await Fields.ReadBodyAsync(context), Known);
        var waiting = fields.Count("queue_length", 0, DeviceLimits.MostWaiting) ?? 0;
        var clock = fields.Time("clock", device.Clock);
        var oldest = fields.Time("oldest_waiting_at", device.Clock);
        var offlineSince = fields.Time("offline_since", device.Clock);
        var battery = fields.Number("battery", 0, 100);
        var version = fields.Text("app_version", MostWord);
        var mode = fields.Text("mode", MostWord);
        var gate = fields.Text("gate", GateName.MaxLength);
        if (gate is not null && Names.WrongPlace(gate) is { } why) fields.Wrong("gate", why);
        var lease = fields.Count("lease", 0, long.MaxValue) ?? 0;
        var leaving = fields.Flag("leaving") ?? false;
        fields.ThrowIfWrong("The heartbeat");
        var offset = clock is { } said ? said - now : (TimeSpan?)null;
        return new Heartbeat(now, device.EventId, seq, device.Gate?.Value ?? gate, waiting, oldest, offset, battery, version, mode)
        {
            OfflineSince = offlineSince is { } since && offset is { } ahead ? Sensible(since + -ahead, now) : null, LeaseNumber = lease, IsLeaving = leaving,
        };
    }

    // A clock can say anything; no device is away for longer than this and comes back.
    private static Instant? Sensible(Instant since, Instant now) => since <= now && now - since <= TimeSpan.FromDays(366) ? since : null;
}
