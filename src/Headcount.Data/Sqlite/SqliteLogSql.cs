using Headcount.Core;
using Headcount.Data.Log;

namespace Headcount.Data.Sqlite;

/// <summary>A row of the log, to SQLite and back.</summary>
internal static class SqliteLogSql
{
    public const string Insert =
        $"INSERT INTO scan_log ({LogRow.Columns}, event_id) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22)";

    // The last column says at once that everything rare is null, as it is in most rows.
    public const string Read = $"SELECT {LogRow.Columns}, COALESCE(reason, warnings, override_by, override_reason, annuls, noted_by, note) IS NULL FROM scan_log WHERE event_id = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4";

    /// <summary>Binds a row to <see cref="Insert"/>; its event stays bound from row to row.</summary>
    public static void Bind(SqliteStatement statement, in LogRow row)
    {
        statement.BindAnew();
        statement.Bind(1, row.Seq);
        statement.Bind(2, row.Outcome);
        statement.Bind(3, row.IsFact ? 1L : 0L);
        statement.Bind(4, row.TicketId);
        statement.Bind(5, row.TicketType);
        statement.Bind(6, row.Gate);
        statement.Bind(7, row.ScanType);
        statement.Bind(8, row.CountedAt);
        statement.Bind(9, row.ScanTime);
        statement.Bind(10, row.ReceivedAt);
        statement.Bind(11, row.DeviceId);
        statement.Bind(12, row.ScanId);
        statement.Bind(13, row.Reason);
        statement.Bind(14, row.Warnings);
        statement.Bind(15, row.OverrideBy);
        statement.Bind(16, row.OverrideReason);
        statement.Bind(17, row.Annuls);
        statement.Bind(18, row.NotedBy);
        statement.Bind(19, row.Note);
        statement.Bind(20, row.Occupancy);
        statement.Bind(21, row.Capacity);
    }

    public static LogRow Row(SqliteStatement statement, TextPool pool)
    {
        var row = new LogRow
        {
            Seq = statement.Number(0),
            Outcome = pool.Get(statement.Bytes(1)),
            IsFact = statement.Number(2) != 0,
            TicketId = statement.TextOrNull(3),
            TicketType = statement.Pooled(4, pool),
            Gate = statement.Pooled(5, pool),
            ScanType = statement.Pooled(6, pool),
            CountedAt = statement.TimeOrNull(7),
            ScanTime = statement.TimeOrNull(8),
            ReceivedAt = InstantText.Parse(statement.Bytes(9)),
            DeviceId = statement.Pooled(10, pool),
            ScanId = statement.TextOrNull(11),
            Occupancy = statement.Number(19),
            Capacity = statement.Number(20),
        };
        if (statement.Number(LogRow.ColumnCount) == 0) ReadRare(statement, pool, ref row);
        return row;
    }

    private static void ReadRare(SqliteStatement statement, TextPool pool, ref LogRow row)
    {
        row.Reason = statement.Pooled(12, pool);
        row.Warnings = statement.Pooled(13, pool);
        row.OverrideBy = statement.Pooled(14, pool);
        row.OverrideReason = statement.TextOrNull(15);
        row.Annuls = statement.IsNull(16) ? null : statement.Number(16);
        row.NotedBy = statement.Pooled(17, pool);
        row.Note = statement.TextOrNull(18);
    }
}
