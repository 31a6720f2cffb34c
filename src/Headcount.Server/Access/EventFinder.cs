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

        if (!string.IsNullOrEmpty(named)) return OpenAsync(Admit(context, caller, named).EventId, context.RequestAborted);
        var (only, current) = caller.Role is not null ? (directory.Only, directory.Current) : OnlyOneOf(caller);
        if (only is not null) return OpenAsync(Admit(context, caller, only.Slug).EventId, context.RequestAborted);
        throw current == 0
            ? new ProblemException(404, ProblemCodes.NotFound, "There is no event yet that is not archived. Make one: POST /api/events.")
            : new ProblemException(404, ProblemCodes.NotFound, "There is more than one event. Say which: ?event=SLUG.");
    }

    /// <summary>The event of a slug in the path.</summary>
    public ValueTask<EventMailbox> FindAsync(HttpContext context, Caller caller, string slug)
    {
        if (caller.Device is not { } device) return OpenAsync(Admit(context, caller, slug).EventId, context.RequestAborted);
        RefuseOtherEvent(device, slug);
        return OpenAsync(device.EventId, context.RequestAborted);
    }

    // From here on the request goes by what the account may at this event.
    private ListedEvent Admit(HttpContext context, Caller caller, string slug)
    {
        var (listed, there) = directory.Admit(caller, slug, context.GetEndpoint()?.Metadata.GetMetadata<RequiredRightAttribute>()?.Right ?? Right.Known);
        if (!ReferenceEquals(there, caller) && context.User is Identity identity) context.User = new Identity(there, identity.Proof, identity.Events, listed.OrganisationId);
        return listed;
    }

    private (ListedEvent? Only, int Current) OnlyOneOf(Caller caller)
    {
        var current = directory.All.Where(one => !one.IsArchived && caller.At(one.OrganisationId).Role is not null).ToList();
        return (current.Count == 1 ? current[0] : null, current.Count);
    }

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
