using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Headcount.Engine.Alerts;
using Headcount.Server.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Alerts;

/// <summary>A change of an alert that is to be kept and told.</summary>
internal sealed record AlertNews(EventSettings Settings, AlertChange Change)
{
    /// <summary>Whether the live feed has been told already, while the database could not be written.</summary>
    public bool IsTold { get; set; }
}

/// <summary>Writes alerts down, with what webhooks are to be told of them, in one transaction. One call at a time.</summary>
internal sealed class AlertKeeper(IWriteQueue writes, IDbReader reader, DeliveryBook deliveries)
{
    /// <summary>How many alerts are read back at a start, the newest.</summary>
    private const int MostRead = 10_000;

    private readonly Dictionary<(long EventId, long Number), long> _ids = [];

    /// <summary>The alerts that are active, and those on an exceeded capacity that were cleared, by event.</summary>
    public async Task<ILookup<long, Alert>> ReadAsync(CancellationToken cancellation)
    {
        var exceeded = AlertKind.CapacityExceeded.Code();
        await using var db = reader.Open();
        var rows = await db.Alerts.AsNoTracking().Where(row => row.ClearedAt == null || row.Kind == exceeded).OrderByDescending(row => row.AlertId).Take(MostRead).ToListAsync(cancellation);
        return rows.Select(row => (row.EventId, Alert: row.ToAlert())).Where(row => row.Alert is not null).ToLookup(row => row.EventId, row => row.Alert!);
    }

    /// <summary>Writes changes down, in order; returns the alerts' numbers in the database, in that order too.</summary>
    public async Task<IReadOnlyList<long>> KeepAsync(IReadOnlyList<AlertNews> news, CancellationToken cancellation)
    {
        var (ids, added) = await writes.WriteAsync(async (db, ct) =>
        {
            var rows = new Dictionary<(long, long), AlertRow>();
            var changed = new List<AlertRow>();
            foreach (var (settings, change) in news.Select(item => (item.Settings, item.Change)))
            {
                var key = (settings.EventId, change.Alert.Number);
                if (!rows.TryGetValue(key, out var row)) rows.Add(key, row = await FindAsync(db, settings.EventId, change.Alert, ct));
                row.Set(change.Alert);
                changed.Add(row);
            }

            await db.SaveChangesAsync(ct);
            var bodies = news.Select((item, at) => (item.Settings, Body: WebhookBodies.Alert(item.Settings, changed[at].AlertId, item.Change), item.Change.Alert.Seq));
            var added = await deliveries.AddAsync(db, WebhookTopics.Alert, [.. bodies.Select(body => new NewBody(body.Settings.EventId, body.Body, body.Seq))], ct);
            return (changed.Select(row => row.AlertId).ToList(), added);
        }, cancellation);

        for (var i = 0; i < news.Count; i++)
        {
            var (settings, change) = (news[i].Settings, news[i].Change);
            if (change.State == AlertState.Cleared)
                _ids.Remove((settings.EventId, change.Alert.Number));
            else if (change.Alert.Number < 0)
                _ids[(settings.EventId, change.Alert.Number)] = ids[i];
        }

        deliveries.Announce(added);
        return ids;
    }

    private async Task<AlertRow> FindAsync(HeadcountDb db, long eventId, Alert alert, CancellationToken cancellation)
    {
        var id = alert.Number > 0 ? alert.Number : _ids.GetValueOrDefault((eventId, alert.Number));
        var row = id == 0 ? null : await db.Alerts.SingleOrDefaultAsync(row => row.AlertId == id, cancellation);
        return row ?? db.Alerts.Add(alert.ToRow(eventId)).Entity;
    }
}
