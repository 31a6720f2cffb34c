using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Problems;

namespace Headcount.Server.Manage;

/// <summary>Events over HTTP: made, read, changed, put away; and the day closed.</summary>
internal sealed class EventEndpoints(EventService events)
{
    private static readonly HashSet<string> KnownOfClosing = ["at"];

    public async Task CreateAsync(HttpContext context)
    {
        var created = await events.CreateAsync(context.Caller(), await Fields.ReadBodyAsync(context), null, context.RequestAborted);
        context.Response.Headers.Location = $"/api/events/{created.Slug}";
        await context.AnswerAsync(EventAnswer.Of(created), StatusCodes.Status201Created);
    }

    public async Task ListAsync(HttpContext context) =>
        await context.AnswerAsync(new { events = (await events.ListAsync(context.Caller(), context.RequestAborted)).Select(EventAnswer.Of) });

    public async Task GetAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        await context.AnswerAsync(EventAnswer.Of(await events.ReadAsync(mailbox.Settings.EventId, context.RequestAborted)));
    }

    public async Task ChangeAsync(HttpContext context) =>
        await context.AnswerAsync(EventAnswer.Of(await events.ChangeAsync(context.Caller(), context.Slug(), await Fields.ReadBodyAsync(context), context.RequestAborted)));

    public async Task DuplicateAsync(HttpContext context)
    {
        var created = await events.DuplicateAsync(context.Caller(), context.Slug(), await Fields.ReadBodyAsync(context), context.RequestAborted);
        context.Response.Headers.Location = $"/api/events/{created.Slug}";
        await context.AnswerAsync(EventAnswer.Of(created), StatusCodes.Status201Created);
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

    private async Task SetArchivedAsync(HttpContext context, bool isArchived) =>
        await context.AnswerAsync(EventAnswer.Of(await events.SetArchivedAsync(context.Caller(), context.Slug(), isArchived, context.RequestAborted)));
}

/// <summary>What stands in a path.</summary>
internal static class PathValues
{
    public static string Slug(this HttpContext context) => Text(context, "slug");

    public static string Text(this HttpContext context, string name) => context.GetRouteValue(name) as string ?? "";
}
