using System.Collections;
using System.Globalization;
using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Data.Schema;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Headcount.Data.Audit;

/// <summary>A row that is about to be changed, and what is to be written down of it. New tables are among them by themselves.</summary>
internal sealed class AuditedChange
{
    private const int LongestValue = 500;

    // What the server writes by itself, and what is a record of its own.
    private static readonly HashSet<Type> Left =
    [
        typeof(AuditRow), typeof(Session), typeof(AlertRow), typeof(WebhookDelivery), typeof(RollCall), typeof(RollCallMark), typeof(ReviewRow),
        typeof(LeaseRow), typeof(OfflinePeriod),
    ];

    // Times and counters that go along with every change.
    private static readonly HashSet<string> LeftFields = ["Version", "UpdatedAt", "SecurityStamp", "CursorSeq", "LastUsedAt", "SignCount"];

    // That they changed is told, and not to what: secrets, and what is somebody's own. Erasing a person then leaves nothing here.
    private static readonly string[] Untold = ["Password", "Secret", "Hash", "Key", "RecoveryCodes", "AttestationObject", "ClientData", "Credential"];
    private static readonly HashSet<string> Personal = ["Email", "Phone", "Note", "Notes", "Address"];

    private readonly EntityEntry _entry;
    private readonly string _action;
    private readonly List<FieldChange> _fields;

    private AuditedChange(EntityEntry entry, string action, List<FieldChange> fields) => (_entry, _action, _fields) = (entry, action, fields);

    public static List<AuditedChange> Of(ChangeTracker tracker)
    {
        var found = new List<AuditedChange>();
        foreach (var entry in tracker.Entries())
        {
            if (entry.State is not (EntityState.Added or EntityState.Modified or EntityState.Deleted) || Left.Contains(entry.Metadata.ClrType)) continue;
            var fields = FieldsOf(entry);
            if (entry.State == EntityState.Modified && fields.Count == 0) continue;
            found.Add(new AuditedChange(entry, entry.State switch { EntityState.Added => "created", EntityState.Deleted => "deleted", _ => "changed" }, fields));
        }

        return found;
    }

    public async Task<AuditRow> ToRowAsync(HeadcountDb db, Actor actor, CancellationToken cancellation)
    {
        var (eventId, organisationId) = (Number("EventId"), Number("OrganisationId"));
        if (eventId is null && Value("DeviceId") is string device)
            eventId = await db.Devices.AsNoTracking().Where(one => one.DeviceId == device).Select(one => (long?)one.EventId).FirstOrDefaultAsync(cancellation);
        if (eventId is null && Number("WebhookId") is { } webhook && _entry.Metadata.ClrType != typeof(Webhook))
            eventId = await db.Webhooks.AsNoTracking().Where(one => one.WebhookId == webhook).Select(one => (long?)one.EventId).FirstOrDefaultAsync(cancellation);
        return new AuditRow
        {
            At = actor.Now, EventId = eventId, OrganisationId = organisationId, UserId = actor.UserId, By = actor.Name, Via = actor.Via, Action = _action,
            Subject = SubjectOf(_entry.Metadata.ClrType), SubjectId = IdOf(), Changes = FieldChange.Write(_fields),
        };
    }

    /// <summary>What a kind of row is called: <c>ticket</c>, <c>ticket_type</c>.</summary>
    internal static string SubjectOf(Type type) => SnakeCase.Of(type.Name.EndsWith("Row", StringComparison.Ordinal) ? type.Name[..^3] : type.Name);

    private static List<FieldChange> FieldsOf(EntityEntry entry)
    {
        var fields = new List<FieldChange>();
        foreach (var property in entry.Properties)
        {
            var name = property.Metadata.Name;
            if (LeftFields.Contains(name) || property.Metadata.IsPrimaryKey() || entry.State == EntityState.Modified && !property.IsModified) continue;
            var isNew = entry.State == EntityState.Added;
            var from = isNew ? null : Say(property.OriginalValue);
            var to = entry.State == EntityState.Deleted ? null : Say(property.CurrentValue);
            if (from == to) continue;
            fields.Add(IsTold(entry.Metadata.ClrType, name) ? new FieldChange(SnakeCase.Of(name), from, to) : new FieldChange(SnakeCase.Of(name), from is null ? null : "…", to is null ? null : "…"));
        }

        return fields;
    }

    private static bool IsTold(Type type, string field) =>
        !Personal.Contains(field) && !(type == typeof(User) && field == "Name") && !(type == typeof(Setting) && field == "Value") && !Array.Exists(Untold, part => field.Contains(part, StringComparison.Ordinal));

    private static string? Say(object? value)
    {
        var text = value switch
        {
            null => null,
            string one => one,
            Instant instant => Zone.Utc.Format(instant),
            bool flag => flag ? "true" : "false",
            byte[] => "…",
            Enum word => SnakeCase.Of(word.ToString()),
            IEnumerable many => string.Join(", ", many.Cast<object?>().Select(Say)),
            IFormattable one => one.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString(),
        };
        return text is { Length: 0 } ? null : text is { Length: > LongestValue } ? string.Concat(text.AsSpan(0, LongestValue), "…") : text;
    }

    private string IdOf()
    {
        // What belongs to an event is named within it.
        var keys = _entry.Metadata.FindPrimaryKey()!.Properties;
        var within = keys.Count > 1 ? keys.Where(key => key.Name is not ("EventId" or "OrganisationId")).ToArray() : [.. keys];
        if (_entry.Entity is EventRow row) return row.Slug;
        if (_entry.Entity is Passkey or Token { DeviceId: null }) return _entry.Entity is Token token ? token.Name : "";
        return string.Join(", ", within.Select(key => Say(_entry.Property(key.Name).CurrentValue)));
    }

    private object? Value(string name) => _entry.Metadata.FindProperty(name) is null ? null : _entry.Property(name).CurrentValue;

    private long? Number(string name) => Value(name) is long number ? number : null;
}
