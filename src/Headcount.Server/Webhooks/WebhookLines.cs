using System.Collections.Concurrent;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Webhooks;

/// <summary>The lines of all webhooks that are not switched off, as the tables have them.</summary>
internal sealed class WebhookLines(IDbReader reader, WebhookSecrets secrets)
{
    private readonly ConcurrentDictionary<long, WebhookLine> _lines = [];
    private volatile HashSet<long> _eventsThatFollowLog = [];

    public IEnumerable<WebhookLine> All => _lines.Values;

    public WebhookLine? Find(long webhookId) => _lines.GetValueOrDefault(webhookId);

    /// <summary>Puts a delivery that is in the table into its line.</summary>
    public void Queue(WaitingDelivery delivery) => Find(delivery.WebhookId)?.Add(delivery);

    public bool AnyFollowsLog(long eventId) => _eventsThatFollowLog.Contains(eventId);

    /// <summary>Reads every line at a start.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var db = reader.Open();
        foreach (var webhook in await db.Webhooks.AsNoTracking().Where(row => row.DisabledAt == null).ToListAsync(cancellation)) _lines[webhook.WebhookId] = await ReadAsync(db, webhook, cancellation);
        Survey();
    }

    /// <summary>Takes a line away; what is under way in it ends.</summary>
    public async Task EndAsync(long webhookId)
    {
        if (!_lines.TryRemove(webhookId, out var line)) return;
        Survey();
        await line.Ended.CancelAsync();
        await line.Sending;
    }

    /// <summary>Reads a line anew, where its webhook is there and switched on.</summary>
    public async Task ReloadAsync(long webhookId, CancellationToken cancellation)
    {
        await using var db = reader.Open();
        if (await db.Webhooks.AsNoTracking().SingleOrDefaultAsync(row => row.WebhookId == webhookId && row.DisabledAt == null, cancellation) is not { } webhook) return;
        _lines[webhookId] = await ReadAsync(db, webhook, cancellation);
        Survey();
    }

    /// <summary>A line for one request out of turn: of a webhook that is switched off too.</summary>
    public WebhookLine Of(Webhook webhook, string slug, Zone zone) => new(webhook, slug, zone, secrets.TryReveal(webhook.Secret));

    private async Task<WebhookLine> ReadAsync(HeadcountDb db, Webhook webhook, CancellationToken cancellation)
    {
        var home = await db.Events.AsNoTracking().Where(row => row.EventId == webhook.EventId).Select(row => new { row.Slug, row.Zone }).SingleAsync(cancellation);
        var line = Of(webhook, home.Slug, Zone.TryFind(home.Zone, out var zone) ? zone : Zone.Utc);
        var waiting = db.WebhookDeliveries.AsNoTracking().Where(row => row.WebhookId == webhook.WebhookId && row.DeliveredAt == null && row.FailedAt == null).OrderBy(row => row.DeliveryId);
        await foreach (var row in waiting.AsAsyncEnumerable().WithCancellation(cancellation))
        {
            line.Add(new WaitingDelivery(row.WebhookId, row.DeliveryId, row.Topic, WebhookBodies.PlaceOf(row.Body), row.CreatedAt, row.Attempts));
            if (row.Attempts > line.Standing.Failures) line.Restore(new LineStanding(row.Attempts, row.CreatedAt, row.LastError, row.NextAttemptAt));
        }

        return line;
    }

    private void Survey() => _eventsThatFollowLog = _lines.Values.Where(line => line.FollowsLog).Select(line => line.EventId).ToHashSet();
}
