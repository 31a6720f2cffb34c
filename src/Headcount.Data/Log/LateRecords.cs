using Headcount.Core;
using Headcount.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Log;

/// <summary>Finds, by the indexes on time, what belongs to a stretch of time and came to the log only later.</summary>
public static class LateRecords
{
    /// <summary>The last record after one that a question about a stretch of time may have to tell: what counts in it, what a device refused in it, and what takes back a scan of it; 0 = none.</summary>
    /// <param name="db">The database.</param>
    /// <param name="eventId">The event.</param>
    /// <param name="afterSeq">Only later records.</param>
    /// <param name="from">The beginning (inclusive).</param>
    /// <param name="until">The end (exclusive).</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<long> LastAsync(HeadcountDb db, long eventId, long afterSeq, Instant from, Instant until, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(db);
        var (first, end) = (Time(db, from), Time(db, until));

        // A plus keeps a column from being looked up in the log's key, which would be a walk through all of it.
        var found = await db.Database.SqlQuery<long?>($"""
            SELECT MAX(seq) AS "Value" FROM (
                SELECT seq FROM scan_log WHERE counted_at >= {first} AND counted_at < {end} AND +event_id = {eventId} AND +seq > {afterSeq}
                UNION ALL
                SELECT seq FROM scan_log WHERE event_id = {eventId} AND outcome = 'rejected' AND is_fact AND scan_time >= {first} AND scan_time < {end} AND +seq > {afterSeq}
                UNION ALL
                SELECT taken.seq FROM scan_log AS taken JOIN scan_log AS scan ON scan.event_id = taken.event_id AND scan.seq = taken.annuls
                WHERE taken.event_id = {eventId} AND taken.annuls IS NOT NULL AND +taken.seq > {afterSeq} AND (scan.counted_at IS NULL OR (scan.counted_at >= {first} AND scan.counted_at < {end}))
            ) AS late
            """).ToListAsync(cancellation);
        return found[0] ?? 0;
    }

    internal static object Time(HeadcountDb db, Instant instant) => db is SqliteHeadcountDb ? InstantText.Of(instant) : instant.ToDateTimeOffset().UtcDateTime;
}
