using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Manage;

/// <summary>Events: made, read, changed, put away; and the day closed.</summary>
internal sealed class EventEndpoints(EventChanges changes, EventDirectory directory, IWriteQueue writes, IDbReader reader, TimeProvider time)
{
    private static readonly HashSet<string> KnownOfClosing = ["at"];

    public async Task CreateAsync(HttpContext context)
    {
        var body = await Fields.ReadBodyAsync(context);
        var created = await writes.WriteAsync(async (db, ct) =>
        {
            var fields = new Fields(body, EventForm.Known);
            var slug = fields.Text("slug", Names.MostSlug, isRequired: true);
            if (slug is not null && Names.WrongSlug(slug) is { } why) fields.Wrong("slug", why);
            var row = new EventRow { Slug = slug ?? "", Name = "", Zone = "UTC", CreatedAt = Now };
            EventForm.Apply(fields, row, isNew: true);
            fields.ThrowIfWrong("The event");
            if (await db.Events.AnyAsync(other => other.Slug == row.Slug, ct)) throw new ProblemException(StatusCodes.Status409Conflict, ProblemCodes.Conflict, $"There is an event '{row.Slug}' already. Choose another slug, or change that one.");
            db.Events.Add(row);
            await db.SaveChangesAsync(ct);
            return row;
        }, context.RequestAborted);
        directory.Put(created.EventId, created.Slug, isArchived: false);
        context.Response.Headers.Location = $"/api/events/{created.Slug}";
        await context.AnswerAsync(EventAnswer.Of(created), StatusCodes.Status201Created);
    }

    public async Task ListAsync(HttpContext context)
    {
        var only = context.Caller().Device?.EventId;
        await using var db = reader.Open();
        var rows = await db.Events.AsNoTracking().Include(row => row.Gates).Include(row => row.TicketTypes).AsSplitQuery()
            .Where(row => only == null || row.EventId == only).OrderBy(row => row.EventId).ToListAsync(context.RequestAborted);
        await context.AnswerAsync(new { events = rows.Select(EventAnswer.Of) });
    }

    public async Task GetAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        await using var db = reader.Open();
        await context.AnswerAsync(EventAnswer.Of(await RowAsync(db.Events.AsNoTracking(), mailbox.Settings.EventId, context.RequestAborted)));
    }

    public async Task ChangeAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        var body = await Fields.ReadBodyAsync(context);
        var changed = await changes.ChangeSettingsAsync(mailbox.Settings.EventId, async (db, ct) =>
        {
            var row = await RowAsync(db.Events, mailbox.Settings.EventId, ct);
            var fields = new Fields(body, EventForm.Known);
            var before = row.TicketTypes.Select(type => type.Name).ToList();
            EventForm.Apply(fields, row, isNew: false);
            await CheckTypesLeftOutAsync(db, row, before, fields, ct);
            fields.ThrowIfWrong("The change");
            await db.SaveChangesAsync(ct);
            return row;
        }, context.RequestAborted);
        await context.AnswerAsync(EventAnswer.Of(changed));
    }

    public Task ArchiveAsync(HttpContext context) => SetArchivedAsync(context, isArchived: true);

    public Task UnarchiveAsync(HttpContext context) => SetArchivedAsync(context, isArchived: false);

    public static async Task CloseDayAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        var zone = mailbox.Settings.Zone;
        var fields = new Fields(await Fields.ReadBodyAsync(context, mayBeEmpty: true), KnownOfClosing);
        var at = fields.Time("at", zone);
        fields.ThrowIfWrong("The closing");
        var (kind, entry) = await mailbox.CloseDayAsync(at, context.Caller().Name);
        if (entry?.Record is not DayClosing closing) throw NotTaken(kind, mailbox.Settings);
        await context.AnswerAsync(new
        {
            status = "closed", @event = mailbox.Settings.Slug, seq = entry.Seq, at = zone.Format(closing.At), current_occupancy = entry.Occupancy, capacity = entry.Capacity,
        });
    }

    private static ProblemException NotTaken(AnswerKind kind, EventSettings settings) => kind switch
    {
        AnswerKind.Closed when settings.IsArchived => new ProblemException(StatusCodes.Status409Conflict, ProblemCodes.Archived, $"Event '{settings.Slug}' is archived and takes no more records."),
        AnswerKind.Busy => new ProblemException(StatusCodes.Status429TooManyRequests, ProblemCodes.Busy, "Too many requests wait. Nothing was taken; send it again.", retryAfterSeconds: 1),
        _ => new ProblemException(StatusCodes.Status503ServiceUnavailable, ProblemCodes.Unavailable, "It could not be made durable, and nothing was taken. Send it again.", retryAfterSeconds: 1),
    };

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    private async Task SetArchivedAsync(HttpContext context, bool isArchived)
    {
        var mailbox = await context.EventAsync(context.Slug());
        var changed = await changes.ChangeSettingsAsync(mailbox.Settings.EventId, async (db, ct) =>
        {
            var row = await RowAsync(db.Events, mailbox.Settings.EventId, ct);
            row.ArchivedAt = !isArchived ? null : row.ArchivedAt ?? Now;
            await db.SaveChangesAsync(ct);
            return row;
        }, context.RequestAborted);
        directory.Put(changed.EventId, changed.Slug, changed.ArchivedAt is not null);
        await context.AnswerAsync(EventAnswer.Of(changed));
    }

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

/// <summary>What stands in a path.</summary>
internal static class PathValues
{
    public static string Slug(this HttpContext context) => Text(context, "slug");

    public static string Text(this HttpContext context, string name) => context.GetRouteValue(name) as string ?? "";
}
