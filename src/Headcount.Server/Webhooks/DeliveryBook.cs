using System.Collections.Concurrent;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Webhooks;

/// <summary>Something to tell the webhooks of an event.</summary>
/// <param name="EventId">The event.</param>
/// <param name="Body">What is sent.</param>
/// <param name="Seq">The record it is about: it is sent after what tells of that one, and before what tells of later ones.</param>
internal sealed record NewBody(long EventId, string Body, long Seq);

/// <summary>A delivery that is in the table and waits to be sent.</summary>
/// <param name="WebhookId">The webhook.</param>
/// <param name="DeliveryId">Its number.</param>
/// <param name="Topic">Its topics, parted by commas.</param>
/// <param name="Seq">The record it begins with or is about: its place in the order.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="Attempts">How often it was tried.</param>
internal sealed record WaitingDelivery(long WebhookId, long DeliveryId, string Topic, long Seq, Instant CreatedAt, int Attempts)
{
    /// <summary>Whether it tells of records of the log.</summary>
    public bool IsOfLog => WebhookTopics.IsOfLog(Topic.Split(',')[0]);
}

/// <summary>Deliveries are written here, in the transaction of whoever has something to tell; once that is committed, they are announced.</summary>
internal sealed class DeliveryBook(TimeProvider time)
{
    private readonly ConcurrentQueue<WaitingDelivery> _announced = new();

    /// <summary>Is called when something was announced.</summary>
    public Action? Announced { get; set; }

    /// <summary>Writes a delivery of every body for every webhook of its event that takes the topic. Announce what it returns, once it is committed.</summary>
    public async Task<IReadOnlyList<WaitingDelivery>> AddAsync(HeadcountDb db, string topic, IReadOnlyCollection<NewBody> bodies, CancellationToken cancellation)
    {
        var events = bodies.Select(body => body.EventId).Distinct().ToArray();
        var webhooks = await db.Webhooks.AsNoTracking().Where(webhook => events.Contains(webhook.EventId) && webhook.DisabledAt == null).ToListAsync(cancellation);
        var takers = webhooks.Where(webhook => webhook.Topics.Contains(topic)).ToLookup(webhook => webhook.EventId, webhook => webhook.WebhookId);
        var added = bodies.SelectMany(body => takers[body.EventId].Select(webhook => (Row: Row(webhook, topic, body.Body), body.Seq))).ToList();
        return added.Count == 0 ? [] : await SaveAsync(db, added, cancellation);
    }

    /// <summary>The webhooks of an event that take a topic.</summary>
    public static async Task<IReadOnlyList<long>> TakersAsync(HeadcountDb db, long eventId, string topic, CancellationToken cancellation)
    {
        var webhooks = await db.Webhooks.AsNoTracking().Where(webhook => webhook.EventId == eventId && webhook.DisabledAt == null).ToListAsync(cancellation);
        return [.. webhooks.Where(webhook => webhook.Topics.Contains(topic)).Select(webhook => webhook.WebhookId)];
    }

    /// <summary>Writes deliveries, each for one webhook.</summary>
    public static async Task<IReadOnlyList<WaitingDelivery>> SaveAsync(HeadcountDb db, IReadOnlyList<(WebhookDelivery Row, long Seq)> added, CancellationToken cancellation)
    {
        db.WebhookDeliveries.AddRange(added.Select(item => item.Row));
        await db.SaveChangesAsync(cancellation);
        return [.. added.Select(item => new WaitingDelivery(item.Row.WebhookId, item.Row.DeliveryId, item.Row.Topic, item.Seq, item.Row.CreatedAt, 0))];
    }

    public WebhookDelivery Row(long webhookId, string topic, string body) =>
        new() { WebhookId = webhookId, Topic = topic, Body = body, CreatedAt = Now, NextAttemptAt = Now };

    /// <summary>Has deliveries sent that were committed.</summary>
    public void Announce(IReadOnlyList<WaitingDelivery> added)
    {
        if (added.Count == 0) return;
        foreach (var delivery in added) _announced.Enqueue(delivery);
        Announced?.Invoke();
    }

    public IReadOnlyList<WaitingDelivery> TakeAnnounced()
    {
        var taken = new List<WaitingDelivery>();
        while (_announced.TryDequeue(out var delivery)) taken.Add(delivery);
        return taken;
    }

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());
}
