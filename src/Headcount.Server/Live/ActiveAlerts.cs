using System.Text.Json;
using Headcount.Core;
using Headcount.Data;
using Headcount.Engine;
using Headcount.Engine.Alerts;
using Headcount.Server.Alerts;
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
            return [.. rows.Select(AlertRows.ToAlert).OfType<Alert>().Select(alert => LiveWriter.Item(json => Write(json, settings.Zone, alert)))];
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            // The figures matter more.
            Unread(logger, settings.Slug, problem);
            return [];
        }
    }

    private static void Write(Utf8JsonWriter json, Zone zone, Alert alert)
    {
        json.WriteNumber("seq", alert.Seq);
        AlertJson.WriteFields(json, zone, alert.Number, new AlertChange(AlertState.Raised, alert));
    }

    [LoggerMessage(610, LogLevel.Warning, "Event {Event}: its alerts could not be read for the live feed")]
    private static partial void Unread(ILogger logger, string @event, Exception problem);
}
