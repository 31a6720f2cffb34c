using System.Globalization;
using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Accounts;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Headcount.Server.Past.Evacuation;

/// <summary>What stands on a printed list.</summary>
public sealed record Sheet(string Event, Zone Zone, Instant At, IReadOnlyList<ListedPerson> People, RollCall? Row, string Back);

/// <summary>The list as a plain page for paper: it needs no script, and goes on to be there when the server does not.</summary>
internal sealed class EvacuationPrint(RollCalls calls, EventService events, TimeProvider time)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var (slug, caller, cancellation) = (context.Slug(), context.Caller(), context.RequestAborted);
        var row = await events.FindAsync(caller, slug, Right.Scan, cancellation);
        var list = context.Request.RouteValues["id"] is string id
            ? await calls.ReadAsync(caller, slug, long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0, cancellation)
            : await calls.FindAsync(caller, slug, cancellation);
        var zone = Zone.TryFind(row.Zone, out var found) ? found : Zone.Utc;
        var people = list is null ? await calls.InsideAsync(caller, slug, cancellation) : list.Listed().People;
        AccountForm.Speak(context);
        context.Response.Headers.CacheControl = "no-store";
        var sheet = new Sheet(row.Name, zone, list?.Row.EndedAt ?? time.GetUtcNow(), people, list?.Row, $"/office/events/{slug}/evacuation");
        await new RazorComponentResult<EvacuationSheet>(new { Sheet = sheet }) { PreventStreamingRendering = true }.ExecuteAsync(context);
    }
}
