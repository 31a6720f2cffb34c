using System.Text.Json;
using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Headcount.Server.Manage;
using Headcount.Server.Problems;

namespace Headcount.Server.Past.Evacuation;

/// <summary>The roll-call over HTTP: for programs that stewards carry, and for whoever counts along.</summary>
internal sealed class RollCallEndpoints(RollCalls calls, EventDirectory directory, IHostApplicationLifetime lifetime)
{
    private static readonly HashSet<string> Known = ["ticket_ids", "safe"];

    /// <summary>How often one who follows is asked whether they still may, and told that the server is there.</summary>
    private static readonly TimeSpan LookAgainEvery = TimeSpan.FromSeconds(5);

    /// <summary>Changes that come at once go out together.</summary>
    private static readonly TimeSpan TogetherFor = TimeSpan.FromMilliseconds(100);

    public async Task GetAsync(HttpContext context)
    {
        var slug = context.Slug();
        var list = await calls.FindAsync(context.Caller(), slug, context.RequestAborted);
        await context.AnswerAsync(new { roll_call = list is null ? null : AnswerOf(list, ZoneOf(slug), since: 0) });
    }

    public async Task StartAsync(HttpContext context)
    {
        var slug = context.Slug();
        await context.AnswerAsync(AnswerOf(await calls.StartAsync(context.Caller(), slug, context.RequestAborted), ZoneOf(slug), since: 0), StatusCodes.Status201Created);
    }

    public async Task EndAsync(HttpContext context)
    {
        await calls.EndAsync(context.Caller(), context.Slug(), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public async Task MarkAsync(HttpContext context)
    {
        RollCalls.DemandAccount(context.Caller());
        var fields = new Fields(await Fields.ReadBodyAsync(context), Known);
        var ticketIds = fields.Texts("ticket_ids", RollCalls.MostMarksAtOnce, TicketId.MaxLength);
        if (ticketIds is not { Count: > 0 }) fields.Wrong("ticket_ids", "names nobody");
        var isSafe = fields.Flag("safe") ?? true;
        fields.ThrowIfWrong("The marks");
        var slug = context.Slug();
        var list = await calls.MarkAsync(context.Caller(), slug, ticketIds!, isSafe, context.RequestAborted);
        var zone = ZoneOf(slug);
        await context.AnswerAsync(new { counts = CountsOf(list), people = ticketIds!.Select(ticketId => list.TryFind(ticketId, out var person) ? PersonOf(person, zone) : null) });
    }

    /// <summary>Server-sent events: the whole list first, then whoever changed.</summary>
    public async Task FollowAsync(HttpContext context)
    {
        var slug = context.Slug();
        if (await calls.FindAsync(context.Caller(), slug, context.RequestAborted) is not { } list) throw new ProblemException(409, ProblemCodes.Conflict, $"No roll-call is under way at event '{slug}'.");
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await FollowAsync(context, list, ZoneOf(slug), slug, ended.Token);
        }
        catch (OperationCanceledException)
        {
            // Whoever followed is gone, or the server is stopping.
        }
    }

    private async Task FollowAsync(HttpContext context, RollCallList list, Zone zone, string slug, CancellationToken ended)
    {
        var changed = System.Threading.Channels.Channel.CreateBounded<bool>(new System.Threading.Channels.BoundedChannelOptions(1) { FullMode = System.Threading.Channels.BoundedChannelFullMode.DropWrite });
        using var following = list.Follow(() => changed.Writer.TryWrite(true));
        var sent = 0L;
        while (MayStill(context, slug))
        {
            var answer = AnswerOf(list, zone, sent);
            if (sent == 0 || answer.Version != sent || list.IsOver) await SendAsync(context.Response, JsonSerializer.Serialize(answer, Wire.Options), ended);
            sent = answer.Version;
            if (list.IsOver) return;
            await WaitAsync(context.Response, changed.Reader, ended);
        }
    }

    private static async Task WaitAsync(HttpResponse response, System.Threading.Channels.ChannelReader<bool> changed, CancellationToken ended)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ended);
        patience.CancelAfter(LookAgainEvery);
        try
        {
            await changed.ReadAsync(patience.Token);
            await Task.Delay(TogetherFor, ended);
        }
        catch (OperationCanceledException) when (!ended.IsCancellationRequested)
        {
            await response.WriteAsync(": here\n\n", ended);
            await response.Body.FlushAsync(ended);
        }
    }

    private static async Task SendAsync(HttpResponse response, string json, CancellationToken ended)
    {
        await response.WriteAsync($"data: {json}\n\n", ended);
        await response.Body.FlushAsync(ended);
    }

    // What an account may can change while it follows.
    private bool MayStill(HttpContext context, string slug)
    {
        var identity = (Identity)context.User;
        var caller = identity.Proof switch { HeldToken token => token.Identity.Caller, HeldSession session => session.Identity.Caller, _ => identity.Caller };
        return identity.Proof.Holds && directory.TryFind(slug, out var listed) && caller.At(listed.OrganisationId).May(Right.Scan);
    }

    private Zone ZoneOf(string slug) => directory.TryFind(slug, out var listed) ? calls.ZoneOf(listed.EventId) : Zone.Utc;

    private static RollCallAnswer AnswerOf(RollCallList list, Zone zone, long since)
    {
        var (people, version) = list.Listed(since);
        return new RollCallAnswer(list.Row.RollCallId, zone.Format(list.Row.StartedAt), list.Row.StartedBy, list.Row.EndedAt is { } at ? zone.Format(at) : null, list.Row.EndedBy, version, CountsOf(list), [.. people.Select(person => PersonOf(person, zone))]);
    }

    private static object CountsOf(RollCallList list)
    {
        var counts = list.Count();
        return new { counts.Listed, counts.Safe, counts.Left, counts.Missing };
    }

    private static PersonAnswer PersonOf(ListedPerson person, Zone zone) => new(
        person.TicketId, person.Name, person.TicketType, person.Gate, zone.Format(person.EnteredAt), person.Whereabouts switch { Whereabouts.Safe => "safe", Whereabouts.Left => "left", _ => "missing" }, person.IsLate,
        person.MarkedBy, person.MarkedAt is { } marked ? zone.Format(marked) : null, person.LeftGate, person.LeftAt is { } left ? zone.Format(left) : null);
}

/// <summary>A roll-call as it is told.</summary>
internal sealed record RollCallAnswer(long RollCallId, string StartedAt, string StartedBy, string? EndedAt, string? EndedBy, long Version, object Counts, IReadOnlyList<PersonAnswer> People);

/// <summary>Somebody on its list.</summary>
internal sealed record PersonAnswer(
    string TicketId, string? Name, string TicketType, string Gate, string EnteredAt, string Status, bool CameLater, string? MarkedBy, string? MarkedAt, string? LeftGate, string? LeftAt);
