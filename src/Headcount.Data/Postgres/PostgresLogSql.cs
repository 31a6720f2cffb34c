using Headcount.Core;
using Headcount.Data.Log;
using Npgsql;

namespace Headcount.Data.Postgres;

/// <summary>Rows of the log as PostgreSQL gives them back. Times come as PostgreSQL's own number, microseconds since 2000.</summary>
internal static class PostgresLogSql
{
    private const long Epoch2000 = 946_684_800_000_000;

    public const string Read = $"SELECT {LogRow.Columns} FROM scan_log WHERE event_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4";

    public static LogRow Row(NpgsqlDataReader row, LogNames names) => new()
    {
        Seq = row.GetInt64(0),
        Outcome = names.Get(row.GetString(1)),
        IsFact = row.GetBoolean(2),
        TicketId = TextOrNull(row, 3),
        TicketType = names.Get(TextOrNull(row, 4)),
        Gate = names.Get(TextOrNull(row, 5)),
        ScanType = names.Get(TextOrNull(row, 6)),
        CountedAt = TimeOrNull(row, 7),
        ScanTime = TimeOrNull(row, 8),
        ReceivedAt = new Instant(row.GetFieldValue<long>(9) + Epoch2000),
        DeviceId = names.Get(TextOrNull(row, 10)),
        ScanId = TextOrNull(row, 11),
        Reason = names.Get(TextOrNull(row, 12)),
        Warnings = names.Get(TextOrNull(row, 13)),
        OverrideBy = TextOrNull(row, 14),
        OverrideReason = TextOrNull(row, 15),
        Annuls = row.IsDBNull(16) ? null : row.GetInt64(16),
        NotedBy = TextOrNull(row, 17),
        Note = TextOrNull(row, 18),
        Occupancy = row.GetInt64(19),
        Capacity = row.GetInt64(20),
    };

    public static long? Raw(Instant? instant) => instant?.Microseconds - Epoch2000;

    public static Instant? TimeOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : TimeOf(row.GetFieldValue<long>(column));

    // The database's own infinities, which its driver makes of the first and the last moment of the calendar, and what other programs write outside of it.
    private static Instant TimeOf(long raw) => raw <= Instant.Min.Microseconds - Epoch2000 ? Instant.Min : raw >= Instant.Max.Microseconds - Epoch2000 ? Instant.Max : new Instant(raw + Epoch2000);

    public static string? TextOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
