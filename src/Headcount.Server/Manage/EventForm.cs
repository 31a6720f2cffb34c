using Headcount.Core;
using Headcount.Data.Model;

namespace Headcount.Server.Manage;

/// <summary>Puts what somebody sent into an event's row. What is absent stays as it is; null clears what may be absent.</summary>
internal static class EventForm
{
    /// <summary>The greatest capacity an event can have.</summary>
    public const long MostCapacity = 1_000_000_000;

    /// <summary>How many gates an event can have.</summary>
    public const int MostGates = 1_000;

    /// <summary>How many types of ticket an event can name with rules of their own.</summary>
    public const int MostTicketTypes = 1_000;

    /// <summary>At how many percentages an alert can be raised.</summary>
    public const int MostAlertLevels = 20;

    /// <summary>For how many days after an event names may be kept.</summary>
    public const int MostRetentionDays = 36_500;

    private const double MostReentryMinutes = 7 * 24 * 60;

    /// <summary>What can be set.</summary>
    public static readonly IReadOnlySet<string> Settable = new HashSet<string>
    {
        "name", "zone", "capacity", "firm_capacity", "opens_at", "closes_at", "reentry_policy", "reentry_minutes", "alert_levels", "gates", "ticket_types", "degraded_modes", "requires_codes", "retention_days",
    };

    private static readonly IReadOnlySet<string> ReadOnly = new HashSet<string> { "slug", "archived", "archived_at", "created_at", "version" };

    /// <summary>What may be sent to change an event: an answer that was read may be sent back whole.</summary>
    public static readonly IReadOnlySet<string> Known = new HashSet<string>(Settable.Concat(ReadOnly));

    private static readonly IReadOnlySet<string> KnownOfType = new HashSet<string> { "name", "override", "gates", "valid_from", "valid_until", "single_entry" };

    /// <summary>Puts the fields into the row, noting what is wrong; then the row must not be kept.</summary>
    public static void Apply(Fields fields, EventRow row, bool isNew)
    {
        if ((isNew || fields.Has("name")) && fields.Text("name", Names.MostName, isRequired: true) is { } name)
        {
            if (Names.WrongName(name) is { } why) fields.Wrong("name", why);
            row.Name = name;
        }

        if ((isNew || fields.Has("zone")) && fields.Zone("zone", isRequired: true) is { } given) row.Zone = given.Id;
        var zone = Zone.TryFind(row.Zone, out var found) ? found : Zone.Utc;
        if (isNew || fields.Has("capacity")) row.Capacity = fields.Count("capacity", 0, MostCapacity, isRequired: true) ?? row.Capacity;
        if (fields.Has("firm_capacity")) row.FirmCapacity = fields.Count("firm_capacity", 0, MostCapacity);
        if (fields.Has("opens_at")) row.OpensAt = fields.Time("opens_at", zone);
        if (fields.Has("closes_at")) row.ClosesAt = fields.Time("closes_at", zone);
        if (row.OpensAt >= row.ClosesAt) fields.Wrong(fields.Has("closes_at") ? "closes_at" : "opens_at", $"the doors would close ({zone.Format(row.ClosesAt!.Value)}) before they open ({zone.Format(row.OpensAt!.Value)})");
        if (fields.Has("reentry_policy")) row.ReentryPolicy = fields.Word("reentry_policy", "warn", "reject") ?? "warn";
        if (fields.Has("reentry_minutes")) row.ReentryMinutes = fields.Number("reentry_minutes", 0, MostReentryMinutes) ?? AdmissionRules.DefaultReentryWindow.TotalMinutes;
        if (fields.Has("alert_levels")) ApplyAlertLevels(fields, row);
        if (fields.Has("retention_days")) row.RetentionDays = (int?)fields.Count("retention_days", 0, MostRetentionDays);
        if (fields.Has("gates")) ApplyGates(fields, row);
        if (fields.Has("degraded_modes")) ApplyModes(fields, row);
        if (fields.Has("requires_codes")) row.RequiresCodes = fields.Flag("requires_codes") ?? false;
        if (fields.Has("ticket_types")) ApplyTypes(fields, row, zone);
        CheckGatesOfTypes(fields, row);
    }

    private static void ApplyAlertLevels(Fields fields, EventRow row)
    {
        if (fields.Counts("alert_levels", MostAlertLevels, 1, 200) is { } levels) row.AlertLevels = [.. levels.Distinct().Order()];
    }

    private static void ApplyGates(Fields fields, EventRow row)
    {
        var names = fields.Texts("gates", MostGates, GateName.MaxLength) ?? [];
        for (var i = 0; i < names.Count; i++)
        {
            if (Names.WrongPlace(names[i]) is { } why) fields.Wrong($"gates[{i}]", why);
        }

        row.Gates.RemoveAll(gate => !names.Contains(gate.Name));
        for (var i = 0; i < names.Count; i++)
        {
            if (row.Gates.Find(gate => gate.Name == names[i]) is { } known)
                known.Position = i;
            else
                row.Gates.Add(new GateRow { EventId = row.EventId, Name = names[i], Position = i });
        }
    }

    private static void ApplyModes(Fields fields, EventRow row)
    {
        var place = 0;
        foreach (var (gate, mode) in fields.Objects("degraded_modes", MostGates, KnownOfMode, one => (one.Text("gate", GateName.MaxLength, isRequired: true), one.Word("mode", "leased", "open", "closed"))) ?? [])
        {
            var known = row.Gates.Find(one => one.Name == gate);
            if (gate is not null && known is null) fields.Wrong($"degraded_modes[{place}].gate", $"'{Names.Excerpt(gate)}' is none of the event's gates");
            if (mode is null) fields.Wrong($"degraded_modes[{place}].mode", "is needed: leased, open, closed");
            if (known is not null && mode is not null) known.DegradedMode = Devices.DeviceSettings.Parse(mode) ?? DegradedMode.Leased;
            place++;
        }
    }

    private static readonly HashSet<string> KnownOfMode = ["gate", "mode"];

    private static void ApplyTypes(Fields fields, EventRow row, Zone zone)
    {
        var types = fields.Objects("ticket_types", MostTicketTypes, KnownOfType, type => ReadType(type, zone)) ?? [];
        for (var i = 0; i < types.Count; i++)
        {
            if (types.FindIndex(type => type.Name == types[i].Name) < i) fields.Wrong($"ticket_types[{i}].name", $"'{Names.Excerpt(types[i].Name)}' is there twice");
        }

        row.TicketTypes.RemoveAll(known => !types.Exists(type => type.Name == known.Name));
        foreach (var type in types)
        {
            if (row.TicketTypes.Find(one => one.Name == type.Name) is not { } known)
            {
                type.EventId = row.EventId;
                row.TicketTypes.Add(type);
                continue;
            }

            (known.Override, known.Gates, known.ValidFrom, known.ValidUntil, known.SingleEntry) = (type.Override, type.Gates, type.ValidFrom, type.ValidUntil, type.SingleEntry);
        }
    }

    private static TicketTypeRow ReadType(Fields fields, Zone zone)
    {
        var type = new TicketTypeRow
        {
            Name = fields.Text("name", Names.MostType, isRequired: true) ?? "",
            Override = fields.Flag("override") ?? false,
            Gates = [.. fields.Texts("gates", MostGates, GateName.MaxLength) ?? []],
            ValidFrom = fields.Time("valid_from", zone),
            ValidUntil = fields.Time("valid_until", zone),
            SingleEntry = fields.Flag("single_entry") ?? false,
        };
        if (Names.WrongName(type.Name) is { } why) fields.Wrong("name", why);
        if (type.ValidFrom >= type.ValidUntil) fields.Wrong("valid_until", "is not after valid_from");
        return type;
    }

    // A type limited to a gate that is not there would never get in, and nobody would know why.
    private static void CheckGatesOfTypes(Fields fields, EventRow row)
    {
        if (row.Gates.Count == 0) return;
        foreach (var type in row.TicketTypes)
        {
            var missing = type.Gates.FirstOrDefault(gate => !row.Gates.Exists(known => known.Name == gate));
            if (missing is not null) fields.Wrong(fields.Has("ticket_types") ? "ticket_types" : "gates", $"{Names.Excerpt(type.Name)} is limited to gate '{Names.Excerpt(missing)}', which is none of the event's");
        }
    }
}
