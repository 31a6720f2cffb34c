using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Headcount.Server.Access;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Devices;

/// <summary>What a device is set to, as it is told.</summary>
internal sealed record DeviceConfiguration(string DeviceId, string? Gate, string? Direction, string Clock, IReadOnlyList<string> Scopes, bool ValidateOnly, string DegradedMode);

/// <summary>Reads what devices are set to.</summary>
internal sealed class DeviceSettings(EventHost host)
{
    public async Task<DeviceConfiguration> OfAsync(Device device, CancellationToken cancellation)
    {
        var mailbox = await host.OpenAsync(device.EventId, cancellation);
        var mode = device.DegradedMode ?? ModeOfGate(mailbox?.Settings, device.Gate);
        return new DeviceConfiguration(device.DeviceId, device.Gate, device.Direction?.Code(), device.Clock ?? "UTC", ["scan", .. device.Scopes], device.ValidateOnly, WordOf(mode));
    }

    /// <summary>What a device is set to as its token knows it, standing at a gate.</summary>
    public static DeviceConfiguration Of(CallingDevice device, EventSettings settings, string? gate) => new(
        device.DeviceId.Value, device.Gate?.Value, device.Direction?.Code(), device.Clock.Id,
        [.. new[] { ("scan", true), ("counts", device.MayReadCounts), ("register", device.MayReadRegister), ("supervise", device.MaySupervise) }.Where(scope => scope.Item2).Select(scope => scope.Item1)],
        device.ValidateOnly, WordOf(ModeOf(device, settings, gate)));

    /// <summary>What a device does while it is cut off: as it is set itself, else as its gate is.</summary>
    public static DegradedMode ModeOf(CallingDevice device, EventSettings settings, string? gate) => device.DegradedMode ?? ModeOfGate(settings, device.Gate?.Value ?? gate);

    public static string WordOf(DegradedMode mode) => mode switch { DegradedMode.Open => "open", DegradedMode.Closed => "closed", _ => "leased" };

    public static DegradedMode? Parse(string? word) => word switch { "open" => DegradedMode.Open, "closed" => DegradedMode.Closed, "leased" => DegradedMode.Leased, _ => null };

    private static DegradedMode ModeOfGate(EventSettings? settings, string? gate) => gate is not null && settings is not null && settings.DegradedModes.TryGetValue(gate, out var mode) ? mode : DegradedMode.Leased;
}
