using System.Text.Json;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Manage;

/// <summary>What can be done with events, by endpoints and by pages alike. Each call asks whether the caller may.</summary>
internal sealed class EventService(EventChanges changes, EventDirectory directory, IWriteQueue writes, IDbReader reader, TimeProvider time)
{
    private Instant Now => time.GetUtcNow();

    /// <summary>The events at which a caller may anything, the oldest first.</summary>
    public async Task<IReadOnlyList<EventRow>> ListAsync(Caller caller, CancellationToken cancellation)
    {
        var only = caller.Device?.EventId;
        await using var db = reader.Open();
        var rows = await db.Events.AsNoTracking().Include(row => row.Gates).Include(row => row.TicketTypes).AsSplitQuery()
            .Where(row => only == null || row.EventId == only).OrderBy(row => row.EventId).ToListAsync(cancellation);
        return only is not null ? rows : rows.FindAll(row => caller.At(row.OrganisationId).Role is not null);
    }

    public async Task<EventRow> FindAsync(Caller caller, string slug, Right right, CancellationToken cancellation) =>
        await ReadAsync(directory.Admit(caller, slug, right).Event.EventId, cancellation);

    /// <summary>An event whose caller was asked already.</summary>
    public async Task<EventRow> ReadAsync(long eventId, CancellationToken cancellation)
    {
        await using var db = reader.Open();
        return await RowAsync(db.Events.AsNoTracking(), eventId, cancellation);
    }

    /// <summary>Makes an event, in the organisation given, or the first in which the caller may.</summary>
    public async Task<EventRow> CreateAsync(Caller caller, JsonElement body, long? organisationId, CancellationToken cancellation)
    {
        var organisation = OrganisationFor(caller, organisationId);
        var created = await writes.WriteAsync(async (db, ct) =>
        {
            var fields = new Fields(body, EventForm.Known);
            var row = NewRow(fields, organisation);
            EventForm.Apply(fields, row, isNew: true);
            fields.ThrowIfWrong("The event");
            return await AddAsync(db, row, ct);
        }, cancellation);
        return Listed(created);
    }

    /// <summary>Makes another event with the same settings, gates and types of ticket; tickets, devices and scans are not copied.</summary>
    public async Task<EventRow> DuplicateAsync(Caller caller, string slug, JsonElement body, CancellationToken cancellation)
    {
        var (listed, _) = directory.Admit(caller, slug, Right.Organise);
        var created = await writes.WriteAsync(async (db, ct) =>
        {
            var fields = new Fields(body, EventForm.Known);
            var source = await RowAsync(db.Events.AsNoTracking(), listed.EventId, ct);
            var row = NewRow(fields, source.OrganisationId);
            EventCopy.Fill(row, source);
            EventForm.Apply(fields, row, isNew: false);
            fields.ThrowIfWrong("The copy");
            return await AddAsync(db, row, ct);
        }, cancellation);
        return Listed(created);
    }

    /// <summary>Changes what the body names. The gates go by it when this returns. A body that names the version it was read at changes nothing once that is out of date.</summary>
    public Task<EventRow> ChangeAsync(Caller caller, string slug, JsonElement body, CancellationToken cancellation)
    {
        var (listed, _) = directory.Admit(caller, slug, Right.Organise);
        return changes.ChangeSettingsAsync(listed.EventId, async (db, ct) =>
        {
            var row = await RowAsync(db.Events, listed.EventId, ct);
            var fields = new Fields(body, EventForm.Known);
            if (fields.Count("version", 0, long.MaxValue) is { } version && version != row.Version) throw ChangedMeanwhile(slug);
            var before = row.TicketTypes.Select(type => type.Name).ToList();
            EventForm.Apply(fields, row, isNew: false);
            await CheckTypesLeftOutAsync(db, row, before, fields, ct);
            fields.ThrowIfWrong("The change");
            if (db.ChangeTracker.HasChanges()) row.Version++;
            await db.SaveChangesAsync(ct);
            return row;
        }, cancellation);
    }

    /// <summary>Puts an event away, or takes it up again.</summary>
    public async Task<EventRow> SetArchivedAsync(Caller caller, string slug, bool isArchived, CancellationToken cancellation)
    {
        var (listed, _) = directory.Admit(caller, slug, Right.Organise);
        var changed = await changes.ChangeSettingsAsync(listed.EventId, async (db, ct) =>
        {
            var row = await RowAsync(db.Events, listed.EventId, ct);
            row.ArchivedAt = !isArchived ? null : row.ArchivedAt ?? Now;
            row.Version++;
            await db.SaveChangesAsync(ct);
            return row;
        }, cancellation);
        return Listed(changed);
    }

    private EventRow NewRow(Fields fields, long organisation)
    {
        var slug = fields.Text("slug", Names.MostSlug, isRequired: true);
        if (slug is not null && Names.WrongSlug(slug) is { } why) fields.Wrong("slug", why);
        return new EventRow { Slug = slug ?? "", Name = "", Zone = "UTC", CreatedAt = Now, OrganisationId = organisation };
    }

    private static async Task<EventRow> AddAsync(HeadcountDb db, EventRow row, CancellationToken cancellation)
    {
        if (await db.Events.AnyAsync(other => other.Slug == row.Slug, cancellation))
            throw new ProblemException(409, ProblemCodes.Conflict, $"There is an event '{row.Slug}' already. Choose another slug, or change that one.");
        db.Events.Add(row);
        await db.SaveChangesAsync(cancellation);
        return row;
    }

    private EventRow Listed(EventRow row)
    {
        directory.Put(new ListedEvent(row.EventId, row.Slug, row.ArchivedAt is not null, row.OrganisationId));
        return row;
    }

    private static long OrganisationFor(Caller caller, long? wanted)
    {
        if (wanted is { } given && caller.At(given).MayOrganise) return given;
        if (wanted is null && caller.MayOrganise) return Organisation.First;
        var own = caller.Memberships.Where(member => member.Value >= AccountRole.Organiser && (wanted is null || wanted == member.Key)).Select(member => (long?)member.Key).Min();
        return own ?? throw new ProblemException(403, ProblemCodes.Forbidden, new RequiredRightAttribute(Right.Organise).Missing);
    }

    private static ProblemException ChangedMeanwhile(string slug) =>
        new(409, ProblemCodes.ChangedMeanwhile, $"Event '{slug}' was changed by somebody else since you read it, and nothing of yours was saved. Read it again and make your change there.");

    private static Task<EventRow> RowAsync(IQueryable<EventRow> events, long eventId, CancellationToken cancellation) =>
        events.Include(row => row.Gates).Include(row => row.TicketTypes).AsSplitQuery().SingleAsync(row => row.EventId == eventId, cancellation);

    // A type that tickets still have loses its limits when it is left out: that must be meant.
    private static async Task CheckTypesLeftOutAsync(HeadcountDb db, EventRow row, List<string> before, Fields fields, CancellationToken cancellation)
    {
        foreach (var name in before.Where(name => !row.TicketTypes.Exists(type => type.Name == name)))
        {
            if (await db.Tickets.AnyAsync(ticket => ticket.EventId == row.EventId && ticket.TicketType == name, cancellation))
                fields.Wrong("ticket_types", $"'{Names.Excerpt(name)}' is left out, and there are tickets of it; name it too, or change the tickets first");
        }
    }
}

/// <summary>What a copy of an event has of its original. Doors open and close on days of their own.</summary>
internal static class EventCopy
{
    public static void Fill(EventRow row, EventRow source)
    {
        (row.Name, row.Zone, row.Capacity, row.FirmCapacity) = (source.Name, source.Zone, source.Capacity, source.FirmCapacity);
        (row.ReentryPolicy, row.ReentryMinutes, row.AlertLevels, row.RetentionDays, row.RequiresCodes) = (source.ReentryPolicy, source.ReentryMinutes, source.AlertLevels, source.RetentionDays, source.RequiresCodes);
        row.Gates = source.Gates.ConvertAll(gate => new GateRow { Name = gate.Name, Position = gate.Position, DegradedMode = gate.DegradedMode });
        row.TicketTypes = source.TicketTypes.ConvertAll(type => new TicketTypeRow { Name = type.Name, Override = type.Override, Gates = type.Gates, SingleEntry = type.SingleEntry });
    }
}
