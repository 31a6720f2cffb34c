using Headcount.Core;
using Headcount.Server.Access;
using Headcount.Server.Accounts;
using Headcount.Server.Manage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Headcount.Server.Tickets;

/// <summary>What stands on a printed list.</summary>
public sealed record TicketSheetFacts(string Event, Zone Zone, Instant At, TicketFilter Filter, TicketPage Page, long Count, string Back);

/// <summary>A list of tickets on paper: VIPs for the door, for example. A plain page that needs no script.</summary>
internal sealed class TicketPrint(TicketList list, EventService events, TimeProvider time)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var (slug, caller, cancellation) = (context.Slug(), context.Caller(), context.RequestAborted);
        var filter = TicketFilter.Read(name => context.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null);
        var row = await events.FindAsync(caller, slug, Right.Supervise, cancellation);
        var zone = Zone.TryFind(row.Zone, out var found) ? found : Zone.Utc;
        var page = await list.FindAsync(caller, slug, filter, null, TicketLimits.MostPrinted, cancellation);
        var count = page.HasMore ? await list.CountAsync(caller, slug, filter, cancellation) : page.Lines.Count;
        AccountForm.Speak(context);
        context.Response.Headers.CacheControl = "no-store";
        var facts = new TicketSheetFacts(row.Name, zone, time.GetUtcNow(), filter, page, count, $"/office/events/{slug}/tickets?{filter.ToQuery()}");
        await new RazorComponentResult<TicketSheet>(new { Facts = facts }) { PreventStreamingRendering = true }.ExecuteAsync(context);
    }
}
