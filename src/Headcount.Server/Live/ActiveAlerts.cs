using System.Text.Json;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Live;

/// <summary>The alerts that still hold, for a snapshot.</summary>
internal sealed partial class ActiveAlerts(IDbReader reader, LiveLimits limits, ILogger<ActiveAlerts> logger)
{
    /// <summary>The newest of them, newest first, each as an object.</summary>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(EventSettings settings, CancellationToken cancellation)
    {
        try
        {
            await using var db = reader.Open();
            var rows = await db.Alerts.AsNoTracking()
                .Where(alert => alert.EventId == settings.EventId && alert.ClearedAt == null)
                .OrderByDescending(alert => alert.AlertId)
                .Take(limits.RecentNotices)
                .ToListAsync(cancellation);
            return [.. rows.Select(row => LiveWriter.Item(json => Write(json, settings.Zone, row)))];
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            // The figures matter more.
            Unread(logger, settings.Slug, problem);
            return [];
        }
    }

    private static void Write(Utf8JsonWriter json, Zone zone, AlertRow row)
    {
        json.WriteNumber("alert_id", row.AlertId);
        json.WriteString("kind", row.Kind);
        if (row.Level is { } level)
            json.WriteNumber("level", level);
        else
            json.WriteNull("level");
        json.WriteString("gate", row.Gate);
        json.WriteString("device_id", row.DeviceId);
        json.WriteNumber("seq", row.Seq);
        json.WriteString("raised_at", zone.Format(row.RaisedAt));
        json.WriteNull("cleared_at");
        json.WriteString("from", row.From is { } from ? zone.Format(from) : null);
        json.WriteString("until", row.Until is { } until ? zone.Format(until) : null);
        json.WriteString("message", row.Message);
    }

    [LoggerMessage(610, LogLevel.Warning, "Event {Event}: its alerts could not be read for the live feed")]
    private static partial void Unread(ILogger logger, string @event, Exception problem);
}
