using Headcount.Core;
using Headcount.Data.Model;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Tickets;

/// <summary>What somebody wrote to an anomaly or a refusal: it may hold a name, and goes with the person.</summary>
public static class ReviewNotes
{
    /// <summary>Takes the notes on records of tickets away; that they were settled, by whom and when, stays. Call it inside <see cref="IWriteQueue.WriteAsync{T}"/>.</summary>
    /// <param name="db">The context of the change.</param>
    /// <param name="eventId">The event.</param>
    /// <param name="ticketIds">The tickets; null = all of the event.</param>
    /// <param name="cancellation">Stops it; the transaction is rolled back.</param>
    /// <returns>How many notes it were.</returns>
    public static async Task<int> EraseAsync(HeadcountDb db, long eventId, IReadOnlyCollection<string>? ticketIds, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(db);
        if (!await db.Reviews.AnyAsync(row => row.EventId == eventId && row.Note != null, cancellation)) return 0;
        var seqs = await NotedAsync(db, eventId, ticketIds?.ToHashSet(StringComparer.Ordinal), cancellation);
        var rows = await db.Reviews.AsNoTracking().Where(row => row.EventId == eventId && EF.Parameter(seqs).Contains(row.Seq)).OrderBy(row => row.ReviewId).ToListAsync(cancellation);

        // The table refuses changes, and the last word on a record holds: all of them are written anew, in their order.
        await db.Reviews.Where(row => row.EventId == eventId && EF.Parameter(seqs).Contains(row.Seq)).ExecuteDeleteAsync(cancellation);
        foreach (var row in rows)
        {
            db.Reviews.Add(new ReviewRow { EventId = eventId, Seq = row.Seq, Kind = row.Kind, IsResolved = row.IsResolved, At = row.At, By = row.By });
            await db.SaveChangesAsync(cancellation);
        }

        return rows.Count(row => row.Note is not null);
    }

    private static async Task<long[]> NotedAsync(HeadcountDb db, long eventId, HashSet<string>? ticketIds, CancellationToken cancellation)
    {
        await db.Database.OpenConnectionAsync(cancellation);
        var query = new TicketQuery();
        query.Sql.Append("SELECT s.seq, s.ticket_id FROM scan_log s WHERE s.event_id = @event AND s.seq IN (SELECT r.seq FROM reviews r WHERE r.event_id = @event AND r.note IS NOT NULL)");
        query.Add("event", eventId);
        await using var command = query.ToCommand(db);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<long>();
        while (await rows.ReadAsync(cancellation))
        {
            if (ticketIds is null || (!rows.IsDBNull(1) && ticketIds.Contains(rows.GetString(1)))) found.Add(rows.GetInt64(0));
        }

        return [.. found];
    }
}
