using Headcount.Core;
using Headcount.Data.Tickets;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Log;

/// <summary>A stay of a ticket, as the view <c>stays</c> has it.</summary>
/// <param name="EnteredAt">When it began.</param>
/// <param name="EntryGate">Where.</param>
/// <param name="LeftAt">When it ended; null = it is open.</param>
/// <param name="ExitGate">Where; null = it is open, or ended without a scan.</param>
/// <param name="IsDayClosed">Whether the day was closed over it.</param>
public sealed record TicketStay(Instant EnteredAt, string EntryGate, Instant? LeftAt, string? ExitGate, bool IsDayClosed);

/// <summary>Finds the stays of one ticket, by the index on tickets.</summary>
public static class TicketStays
{
    /// <summary>The most stays that are told: the latest.</summary>
    public const int Most = 500;

    /// <summary>The stays, the earliest first.</summary>
    public static async Task<IReadOnlyList<TicketStay>> FindAsync(HeadcountDb db, long eventId, string ticketId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(db);
        await db.Database.OpenConnectionAsync(cancellation);
        await using var command = Query(eventId, ticketId).ToCommand(db);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var stays = new List<TicketStay>();
        while (await rows.ReadAsync(cancellation))
            stays.Add(new TicketStay(TicketSearch.TimeOf(rows.GetValue(0)), rows.GetString(1), rows.IsDBNull(2) ? null : TicketSearch.TimeOf(rows.GetValue(2)), rows.IsDBNull(3) ? null : rows.GetString(3), !rows.IsDBNull(4) && rows.GetString(4) == "closed"));
        stays.Reverse();
        return stays;
    }

    internal static TicketQuery Query(long eventId, string ticketId)
    {
        var query = new TicketQuery();
        query.Sql.Append("SELECT entered_at, entry_gate, left_at, exit_gate, ended_by FROM stays WHERE event_id = @event AND ticket_id = @ticket ORDER BY entered_at DESC LIMIT @most");
        query.Add("event", eventId);
        query.Add("ticket", ticketId);
        query.Add("most", Most);
        return query;
    }
}
