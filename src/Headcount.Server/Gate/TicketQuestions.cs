using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Counts;
using Headcount.Server.Manage;
using Headcount.Server.Problems;

namespace Headcount.Server.Gate;

/// <summary>What a supervisor asks about one ticket, and what a gate asks before it lets anybody near.</summary>
internal sealed class TicketQuestions(TicketHistory history, Devices.ScanCodes codes, TimeProvider time)
{
    /// <summary>The ticket, and whether it is inside.</summary>
    public static async Task FindAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        var id = new TicketId(TicketPath.IdOf(context));
        var ticket = await mailbox.FindTicketAsync(id) ?? throw Unknown(mailbox, id);
        var inside = await mailbox.AskAsync(admission => admission.IsInside(id));
        var told = TicketAnswer.Of(ticket, context.Caller(), mailbox.Settings.Zone);
        await context.AnswerAsync(new
        {
            told.TicketId, told.TicketType, told.UserId, told.Status, told.ValidFrom, told.ValidUntil, told.Gates, told.SingleEntry, inside,
        });
    }

    /// <summary>The log's records of a ticket, one that the register lacks too.</summary>
    public async Task HistoryAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        var id = new TicketId(TicketPath.IdOf(context));
        var entries = await history.FindAsync(mailbox.Settings.EventId, id.Value, context.RequestAborted);
        if (entries.Count == 0 && await mailbox.FindTicketAsync(id) is null) throw Unknown(mailbox, id);
        await LogEndpoint.SendAsync(context, entries, mailbox.Settings.Zone);
    }

    /// <summary>Whether the ticket would open a gate now, were there room. Nothing changes.</summary>
    public async Task ValidateAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        var query = new CountQuery(context, "gate", "ticket_id");
        var named = query.Text("gate") ?? context.Caller().Device?.Gate?.Value;
        query.ThrowIfWrong();
        Instant now = time.GetUtcNow();
        var shown = codes.Check(new ScanRequest(new Scan(new TicketId(TicketPath.IdOf(context, orCode: true)), new GateName("any"), ScanType.Entry, now)), mailbox.Settings);
        var id = shown.Scan.TicketId;
        var ticket = await mailbox.FindTicketAsync(id);
        var scan = shown.Scan with { Gate = new GateName(named ?? AnyGateOf(ticket, mailbox.Settings.Rules)) };
        var (decision, inside) = await mailbox.AskAsync(admission => (admission.Decide(new Attempt(scan, now) { Code = shown.Code }), admission.IsInside(id)));

        // A full house says nothing about the ticket.
        var reason = decision.Reason == RefusalReason.AtCapacity ? RefusalReason.None : decision.Reason;
        var answer = JsonAnswer.Begin();
        var json = answer.Writer;
        json.WriteStartObject();
        json.WriteString("ticket_id"u8, id.Value);
        json.WriteBoolean("is_valid"u8, reason == RefusalReason.None);
        json.WriteString("reason"u8, reason == RefusalReason.None ? null : reason.Code());
        json.WriteString("message"u8, reason == RefusalReason.None ? "Ticket is valid" : reason.Message());
        json.WriteBoolean("inside"u8, inside);
        json.WriteString("ticket_type"u8, ticket?.TicketType);
        json.WriteEndObject();
        await answer.SendAsync(context.Response, 200);
    }

    // Where no gate is named, one that the ticket can open: then the gate is not what is wrong.
    private static string AnyGateOf(Ticket? ticket, AdmissionRules rules)
    {
        if (ticket is { Gates: [var own, ..] }) return own.Value;
        if (ticket?.TicketType is { } type && rules.TicketTypes.TryGetValue(type, out var typeRules) && typeRules.Gates is [var first, ..]) return first.Value;
        return rules.Gates.FirstOrDefault() ?? "any";
    }

    private static ProblemException Unknown(EventMailbox mailbox, TicketId id) =>
        new(404, ProblemCodes.NotFound, $"Event '{mailbox.Settings.Slug}' has no ticket '{Names.Excerpt(id.Value)}'.");
}
