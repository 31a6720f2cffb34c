using Headcount.Core;
using Headcount.Data.Log;
using Headcount.Engine;
using Npgsql;
using NpgsqlTypes;

namespace Headcount.Data.Postgres;

/// <summary>Rows of the log, to PostgreSQL and back. Times go as PostgreSQL's own number, microseconds since 2000.</summary>
internal static class PostgresLogSql
{
    private const long Epoch2000 = 946_684_800_000_000;

    // One statement is one transaction and one round trip.
    public const string Insert = $"""
        INSERT INTO scan_log (event_id, {LogRow.Columns})
        SELECT $22::bigint, * FROM unnest($1::bigint[], $2::text[], $3::boolean[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[],
            $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::bigint[], $18::text[], $19::text[], $20::bigint[], $21::bigint[])
        """;

    public const string Read = $"SELECT {LogRow.Columns} FROM scan_log WHERE event_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4";

    private const NpgsqlDbType Text = NpgsqlDbType.Array | NpgsqlDbType.Text;
    private const NpgsqlDbType Number = NpgsqlDbType.Array | NpgsqlDbType.Bigint;
    private const NpgsqlDbType Time = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz;

    /// <summary>The parameters of <see cref="Insert"/>.</summary>
    public static void AddRows(NpgsqlParameterCollection parameters, long eventId, IReadOnlyList<LogEntry> entries)
    {
        var rows = new LogRow[entries.Count];
        for (var i = 0; i < rows.Length; i++) rows[i] = LogRow.Of(entries[i]);
        Add(parameters, Number, Array.ConvertAll(rows, row => row.Seq));
        Add(parameters, Text, Array.ConvertAll(rows, row => row.Outcome));
        Add(parameters, NpgsqlDbType.Array | NpgsqlDbType.Boolean, Array.ConvertAll(rows, row => row.IsFact));
        Add(parameters, Text, Array.ConvertAll(rows, row => row.TicketId));
        Add(parameters, Text, Array.ConvertAll(rows, row => row.TicketType));
        Add(parameters, Text, Array.ConvertAll(rows, row => row.Gate));
        Add(parameters, Text, Array.ConvertAll(rows, row => row.ScanType));
        Add(parameters, Time, Array.ConvertAll(rows, row => Raw(row.CountedAt)));
        Add(parameters, Time, Array.ConvertAll(rows, row => Raw(row.ScanTime)));
        Add(parameters, Time, Array.ConvertAll(rows, row => Raw(row.ReceivedAt)));
        Add(parameters, Text, Array.ConvertAll(rows, row => row.DeviceId));
        Add(parameters, Text, Array.ConvertAll(rows, row => row.ScanId));
        Add(parameters, Text, Array.ConvertAll(rows, row => row.Reason));
        Add(parameters, Text, Array.ConvertAll(rows, row => row.Warnings));
        Add(parameters, Text, Array.ConvertAll(rows, row => row.OverrideBy));
        Add(parameters, Text, Array.ConvertAll(rows, row => row.OverrideReason));
        Add(parameters, Number, Array.ConvertAll(rows, row => row.Annuls));
        Add(parameters, Text, Array.ConvertAll(rows, row => row.NotedBy));
        Add(parameters, Text, Array.ConvertAll(rows, row => row.Note));
        Add(parameters, Number, Array.ConvertAll(rows, row => row.Occupancy));
        Add(parameters, Number, Array.ConvertAll(rows, row => row.Capacity));
        parameters.Add(new NpgsqlParameter<long> { TypedValue = eventId });
    }

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

    public static Instant? TimeOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : new Instant(row.GetFieldValue<long>(column) + Epoch2000);

    public static string? TextOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static void Add<T>(NpgsqlParameterCollection parameters, NpgsqlDbType type, T[] values) =>
        parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = type });
}
