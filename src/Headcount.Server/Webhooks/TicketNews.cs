using Headcount.Core;
using Headcount.Data;
using Headcount.Engine;

namespace Headcount.Server.Webhooks;

/// <summary>Writes down that tickets changed, in the transaction that changes them: neither is there without the other.</summary>
internal sealed class TicketNews(DeliveryBook book, WebhookLines lines, WebhookLimits limits)
{
    /// <summary>Writes a delivery for every webhook of the event that takes it. Announce what it returns, once it is committed.</summary>
    public async Task<IReadOnlyList<WaitingDelivery>> AddAsync(HeadcountDb db, EventMailbox mailbox, IReadOnlyList<Ticket> tickets, CancellationToken cancellation)
    {
        var (settings, seq) = (mailbox.Settings, mailbox.Figures.Seq);
        if (tickets.Count == 0 || await DeliveryBook.TakersAsync(db, settings.EventId, WebhookTopics.TicketChanged, cancellation) is not { Count: > 0 } takers) return [];
        var each = tickets.Chunk(limits.MostItems).Select(chunk => WebhookBodies.Tickets(settings, seq, chunk)).ToList();
        string[] all = [WebhookBodies.AllTickets(settings, seq)];
        var rows = takers.SelectMany(webhook => (IsFarBehind(webhook) ? [.. all] : each).Select(body => (book.Row(webhook, WebhookTopics.TicketChanged, body), seq)));
        return await DeliveryBook.SaveAsync(db, [.. rows], cancellation);
    }

    /// <summary>Has deliveries sent that were committed.</summary>
    public void Announce(IReadOnlyList<WaitingDelivery> added) => book.Announce(added);

    private bool IsFarBehind(long webhookId) => lines.Find(webhookId)?.Waiting >= limits.MostTicketDeliveries;
}
