using System.Runtime.CompilerServices;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Tickets;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Problems;

namespace Headcount.Server.Tickets;

/// <summary>A ticket of a list, with where it is now.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Stay">Its stay; null = it is outside.</param>
public sealed record TicketLine(ListedTicket Ticket, Stay? Stay);

/// <summary>A page of a list.</summary>
/// <param name="Lines">Its tickets.</param>
/// <param name="HasMore">Whether another page follows.</param>
public sealed record TicketPage(IReadOnlyList<TicketLine> Lines, bool HasMore);

/// <summary>Lists tickets of an event, for whoever may look tickets up. The database says which there are, the event's mailbox where they are.</summary>
internal sealed class TicketList(EventDirectory directory, EventHost host, IDbReader reader)
{
    /// <summary>The next page.</summary>
    public async Task<TicketPage> FindAsync(Caller caller, string slug, TicketFilter filter, TicketPlace? after, int most, CancellationToken cancellation)
    {
        var (mailbox, there) = await AdmitAsync(caller, slug, Right.Supervise, cancellation);
        var criteria = filter.ToCriteria(mailbox.Settings);
        IReadOnlyList<ListedTicket> found;
        if (filter.Presence.Length == 0)
        {
            await using var db = reader.Open();
            found = await TicketSearch.FindAsync(db, criteria, filter.Order, filter.IsDescending, after, most + 1, cancellation);
        }
        else
        {
            found = await FindByPresenceAsync(mailbox, filter, criteria, after, most + 1, cancellation);
        }

        var shown = found.Take(most).Select(ticket => there.MayOrganise ? ticket : ticket with { Email = null, UserId = null }).ToList();
        var stays = await mailbox.AskAsync(admission => shown.ConvertAll(ticket => admission.StayOf(new TicketId(ticket.TicketId))));
        return new TicketPage([.. shown.Select((ticket, i) => new TicketLine(ticket, stays[i]))], found.Count > most);
    }

    /// <summary>How many there are.</summary>
    public async Task<long> CountAsync(Caller caller, string slug, TicketFilter filter, CancellationToken cancellation)
    {
        var (mailbox, _) = await AdmitAsync(caller, slug, Right.Supervise, cancellation);
        if (filter.Presence.Length == 0)
        {
            await using var db = reader.Open();
            return await TicketSearch.CountAsync(db, filter.ToCriteria(mailbox.Settings), cancellation);
        }

        var count = 0L;
        await foreach (var ids in IdsAsync(mailbox, filter with { Order = TicketOrder.Id }, cancellation)) count += ids.Count;
        return count;
    }

    /// <summary>The ids of all of them, in order and in chunks.</summary>
    public async IAsyncEnumerable<IReadOnlyList<string>> IdsAsync(EventMailbox mailbox, TicketFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var places in TicketSearch.PlacesAsync(reader, filter.ToCriteria(mailbox.Settings), filter.Order, filter.IsDescending, null, cancellation))
        {
            var kept = await SiftAsync(mailbox, filter, places);
            if (kept.Count > 0) yield return kept.ConvertAll(place => place.TicketId);
        }
    }

    /// <summary>The ids of all of them; at most so many as one change may be about.</summary>
    /// <exception cref="ProblemException">There are more.</exception>
    public async Task<IReadOnlyList<string>> AllIdsAsync(Caller caller, string slug, TicketFilter filter, CancellationToken cancellation)
    {
        var (mailbox, _) = await AdmitAsync(caller, slug, Right.Organise, cancellation);
        var all = new List<string>();
        await foreach (var ids in IdsAsync(mailbox, filter, cancellation))
        {
            all.AddRange(ids);
            if (all.Count > TicketLimits.MostInBulk) throw new ProblemException(422, ProblemCodes.Malformed, $"More than {TicketLimits.MostInBulk} tickets match. Narrow the list down.");
        }

        return all;
    }

    public async Task<(EventMailbox Mailbox, Caller There)> AdmitAsync(Caller caller, string slug, Right right, CancellationToken cancellation)
    {
        var (listed, there) = directory.Admit(caller, slug, right);
        return (await host.OpenAsync(listed.EventId, cancellation) ?? throw EventDirectory.NoSuchEvent(slug), there);
    }

    private async Task<IReadOnlyList<ListedTicket>> FindByPresenceAsync(EventMailbox mailbox, TicketFilter filter, TicketCriteria criteria, TicketPlace? after, int most, CancellationToken cancellation)
    {
        var kept = new List<TicketPlace>();
        await foreach (var places in TicketSearch.PlacesAsync(reader, criteria, filter.Order, filter.IsDescending, after, cancellation))
        {
            kept.AddRange(await SiftAsync(mailbox, filter, places));
            if (kept.Count >= most) break;
        }

        await using var db = reader.Open();
        var rows = (await TicketSearch.ByIdsAsync(db, criteria.EventId, [.. kept.Take(most).Select(place => place.TicketId)], cancellation)).ToDictionary(ticket => ticket.TicketId, StringComparer.Ordinal);
        return [.. kept.Take(most).Where(place => rows.ContainsKey(place.TicketId)).Select(place => rows[place.TicketId] with { Place = place })];
    }

    private static async ValueTask<List<TicketPlace>> SiftAsync(EventMailbox mailbox, TicketFilter filter, IReadOnlyList<TicketPlace> places)
    {
        if (filter.Presence.Length == 0) return [.. places];
        var wanted = filter.Presence == "inside";
        return await mailbox.AskAsync(admission => places.Where(place => admission.IsInside(new TicketId(place.TicketId)) == wanted).ToList());
    }
}
