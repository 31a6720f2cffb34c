using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Engine;

namespace Headcount.Data;

/// <summary>Rows as the engine takes them.</summary>
public static class EventRows
{
    /// <summary>What the gates go by. The row's gates and ticket types must be loaded.</summary>
    /// <exception cref="InvalidDataException">Its zone is none that this machine knows.</exception>
    public static EventSettings ToSettings(this EventRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!Zone.TryFind(row.Zone, out var zone)) throw new InvalidDataException($"The zone '{row.Zone}' of event '{row.Slug}' is not known on this machine: install its time zone data (tzdata), or change the event's zone.");
        return new EventSettings
        {
            EventId = row.EventId,
            Slug = row.Slug,
            Name = row.Name,
            Zone = zone,
            Rules = row.ToRules(),
            AlertLevels = [.. row.AlertLevels.Order()],
            DegradedModes = row.Gates.ToDictionary(gate => gate.Name, gate => gate.DegradedMode, StringComparer.Ordinal),
            RequiresCodes = row.RequiresCodes,
            IsArchived = row.ArchivedAt is not null,
        };
    }

    /// <summary>What the event allows.</summary>
    public static AdmissionRules ToRules(this EventRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new AdmissionRules
        {
            Capacity = row.Capacity,
            FirmCapacity = row.FirmCapacity,
            ReentryWindow = TimeSpan.FromMinutes(row.ReentryMinutes),
            RejectRapidReentry = row.ReentryPolicy == "reject",
            Gates = row.Gates.Select(gate => gate.Name).ToHashSet(StringComparer.Ordinal),
            OpensAt = row.OpensAt,
            ClosesAt = row.ClosesAt,
            TicketTypes = row.TicketTypes.ToDictionary(type => type.Name, ToRules, StringComparer.Ordinal),
        };
    }

    /// <summary>What a type of ticket allows.</summary>
    public static TicketTypeRules ToRules(this TicketTypeRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new TicketTypeRules
        {
            Override = row.Override,
            ValidFrom = row.ValidFrom,
            ValidUntil = row.ValidUntil,
            Gates = [.. row.Gates.Select(gate => new GateName(gate))],
            SingleEntry = row.SingleEntry,
        };
    }

    /// <summary>A ticket as the gates see it.</summary>
    public static Ticket ToTicket(this TicketRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new Ticket(new TicketId(row.TicketId))
        {
            TicketType = row.TicketType,
            UserId = row.UserId,
            Status = row.Status,
            ValidFrom = row.ValidFrom,
            ValidUntil = row.ValidUntil,
            Gates = [.. row.Gates.Select(gate => new GateName(gate))],
            SingleEntry = row.SingleEntry,
        };
    }
}
