using Headcount.Core;
using Headcount.Data.Model;

namespace Headcount.Server.Manage;

/// <summary>An event as it is answered; times on the clock of its zone.</summary>
internal sealed record EventAnswer(
    string Slug, string Name, string Zone, long Capacity, long? FirmCapacity, string? OpensAt, string? ClosesAt, string ReentryPolicy, double ReentryMinutes,
    IReadOnlyList<int> AlertLevels, IReadOnlyList<TicketTypeAnswer> TicketTypes, IReadOnlyList<string> Gates, IReadOnlyList<DegradedModeAnswer> DegradedModes, bool RequiresCodes, int? RetentionDays, bool Archived, string? ArchivedAt, string CreatedAt, long Version)
{
    public static EventAnswer Of(EventRow row)
    {
        var zone = Core.Zone.TryFind(row.Zone, out var found) ? found : Core.Zone.Utc;
        return new EventAnswer(
            row.Slug, row.Name, row.Zone, row.Capacity, row.FirmCapacity, Time(row.OpensAt), Time(row.ClosesAt), row.ReentryPolicy, row.ReentryMinutes, row.AlertLevels,
            [.. row.TicketTypes.OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => new TicketTypeAnswer(type.Name, type.Override, type.Gates, Time(type.ValidFrom), Time(type.ValidUntil), type.SingleEntry))],
            [.. row.Gates.OrderBy(gate => gate.Position).Select(gate => gate.Name)],
            [.. row.Gates.OrderBy(gate => gate.Position).Select(gate => new DegradedModeAnswer(gate.Name, Devices.DeviceSettings.WordOf(gate.DegradedMode)))], row.RequiresCodes, row.RetentionDays, row.ArchivedAt is not null, Time(row.ArchivedAt), zone.Format(row.CreatedAt), row.Version);

        string? Time(Instant? instant) => instant is { } known ? zone.Format(known) : null;
    }
}

/// <summary>What a gate does while it is cut off.</summary>
internal sealed record DegradedModeAnswer(string Gate, string Mode);

/// <summary>A type of ticket as it is answered.</summary>
internal sealed record TicketTypeAnswer(string Name, bool Override, IReadOnlyList<string> Gates, string? ValidFrom, string? ValidUntil, bool SingleEntry);
