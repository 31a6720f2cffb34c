using Headcount.Core;
using Headcount.Data.Tickets;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Log;

/// <summary>Where an event's log ends.</summary>
public static class LastRecord
{
    /// <summary>When its last record was taken; null = it has none.</summary>
    public static async Task<Instant?> ReceivedAtAsync(HeadcountDb db, long eventId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(db);
        await db.Database.OpenConnectionAsync(cancellation);
        var query = new TicketQuery();
        query.Sql.Append("SELECT received_at FROM scan_log WHERE event_id = @event ORDER BY seq DESC LIMIT 1");
        query.Add("event", eventId);
        await using var command = query.ToCommand(db);
        return await command.ExecuteScalarAsync(cancellation) is { } value and not DBNull ? TicketSearch.TimeOf(value) : null;
    }
}
