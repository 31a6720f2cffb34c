using Headcount.Data;
using Headcount.Engine;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Gate;

/// <summary>Finds what the log has on one ticket, by the index on tickets.</summary>
internal sealed class TicketHistory(IDbReader reader, IScanLog log)
{
    /// <summary>The most records that are told of one ticket: the latest.</summary>
    public const int MostRecords = 1_000;

    /// <summary>Its scans and what took them back, in order of the log.</summary>
    public async Task<IReadOnlyList<LogEntry>> FindAsync(long eventId, string ticketId, CancellationToken cancellation)
    {
        List<long> seqs;
        await using (var db = reader.Open())
        {
            seqs = await db.Database.SqlQuery<long>($"""
                SELECT seq AS "Value" FROM scan_log WHERE event_id = {eventId} AND ticket_id = {ticketId}
                UNION
                SELECT taken.seq AS "Value" FROM scan_log AS taken JOIN scan_log AS scan ON scan.event_id = taken.event_id AND scan.seq = taken.annuls
                WHERE taken.event_id = {eventId} AND taken.annuls IS NOT NULL AND scan.event_id = {eventId} AND scan.ticket_id = {ticketId}
                ORDER BY 1 DESC LIMIT {MostRecords}
                """).ToListAsync(cancellation);
        }

        var entries = new List<LogEntry>(seqs.Count);
        for (var i = seqs.Count - 1; i >= 0; i--)
        {
            if (await log.FindAsync(eventId, seqs[i], cancellation) is { } entry) entries.Add(entry);
        }

        return entries;
    }
}
