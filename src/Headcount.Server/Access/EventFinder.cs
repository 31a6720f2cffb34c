using Headcount.Engine;
using Headcount.Server.Problems;

namespace Headcount.Server.Access;

/// <summary>Finds the event that a request is about, and opens its mailbox.</summary>
internal sealed class EventFinder(EventDirectory directory, EventHost host)
{
    /// <summary>The device's event, else the one that the query names, else the only one that is not archived.</summary>
    public ValueTask<EventMailbox> FindAsync(HttpContext context, Caller caller)
    {
        var request = context.Request;
        var named = request.QueryString.HasValue && request.Query.TryGetValue("event", out var values) ? values.ToString() : null;
        if (caller.Device is { } device)
        {
            if (!string.IsNullOrEmpty(named)) RefuseOtherEvent(device, named);
            return OpenAsync(device.EventId, context.RequestAborted);
        }

        if (!string.IsNullOrEmpty(named)) return OpenAsync(EventOf(named).EventId, context.RequestAborted);
        if (directory.Only is { } only) return OpenAsync(only.EventId, context.RequestAborted);
        throw directory.Current == 0
            ? new ProblemException(404, ProblemCodes.NotFound, "There is no event yet that is not archived. Make one: POST /api/events.")
            : new ProblemException(404, ProblemCodes.NotFound, "There is more than one event. Say which: ?event=SLUG.");
    }

    /// <summary>The event of a slug in the path.</summary>
    public ValueTask<EventMailbox> FindAsync(HttpContext context, Caller caller, string slug)
    {
        if (caller.Device is { } device) RefuseOtherEvent(device, slug);
        return OpenAsync(EventOf(slug).EventId, context.RequestAborted);
    }

    private ListedEvent EventOf(string slug) => directory.TryFind(slug, out var found)
        ? found
        : throw new ProblemException(404, ProblemCodes.NotFound, $"There is no event '{(slug.Length <= 64 ? slug : string.Concat(slug.AsSpan(0, 64), "…"))}'.");

    // Whether the other event exists is nobody's business there.
    private void RefuseOtherEvent(CallingDevice device, string slug)
    {
        if (directory.TryFind(device.EventId, out var own) && own.Slug == slug) return;
        throw new ProblemException(403, ProblemCodes.Forbidden, "This device belongs to another event. Use a token of the event that is named.");
    }

    private ValueTask<EventMailbox> OpenAsync(long eventId, CancellationToken cancellation) =>
        host.TryGet(eventId, out var mailbox) ? new ValueTask<EventMailbox>(mailbox) : OpenSlowlyAsync(eventId, cancellation);

    private async ValueTask<EventMailbox> OpenSlowlyAsync(long eventId, CancellationToken cancellation) =>
        await host.OpenAsync(eventId, cancellation) ?? throw new ProblemException(404, ProblemCodes.NotFound, "There is no such event.");
}
