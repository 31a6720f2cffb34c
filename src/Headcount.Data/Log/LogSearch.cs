using System.Data.Common;
using System.Globalization;
using System.Text;
using Headcount.Core;
using Headcount.Data.Sqlite;
using Headcount.Engine;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Log;

/// <summary>Which records of an event's log are looked for; what is null asks for nothing.</summary>
public sealed record LogCriteria
{
    public required long EventId { get; init; }

    /// <summary>Only earlier records: where the page before ended.</summary>
    public long BeforeSeq { get; init; } = long.MaxValue;

    /// <summary>Only later records.</summary>
    public long AfterSeq { get; init; }

    public string? TicketId { get; init; }

    public string? Gate { get; init; }

    public string? DeviceId { get; init; }

    /// <summary><see cref="Ticket.UnknownType"/> asks for scans whose ticket had none.</summary>
    public string? TicketType { get; init; }

    public ScanType? Type { get; init; }

    /// <summary><c>accepted</c>, <c>rejected</c>, <c>recorded</c>, <c>annulled</c> or <c>closed</c>.</summary>
    public string? Outcome { get; init; }

    public string? Reason { get; init; }

    /// <summary>Only what counts, or would have, at this instant or later.</summary>
    public Instant? From { get; init; }

    /// <summary>Only what counts, or would have, before this instant.</summary>
    public Instant? Until { get; init; }

    /// <summary>Only facts that came later than their time.</summary>
    public bool IsLate { get; init; }

    /// <summary>Only what somebody did by hand: overrides, annulments, closings, scans of the office.</summary>
    public bool IsByHand { get; init; }

    /// <summary>Only scans that were taken back.</summary>
    public bool IsTakenBack { get; init; }
}

/// <summary>A record that was found.</summary>
/// <param name="Entry">The record.</param>
/// <param name="IsFact">Whether it was decided elsewhere.</param>
/// <param name="TakenBackBy">The record that takes it back; null = none.</param>
public sealed record FoundRecord(LogEntry Entry, bool IsFact, long? TakenBackBy);

/// <summary>A page of records, the latest first.</summary>
/// <param name="Records">What was found.</param>
/// <param name="SearchedTo">Everything from this record on was looked at; 1 = all. Go on before it.</param>
/// <param name="IsFull">Whether the page ended because it was full.</param>
public sealed record FoundPage(IReadOnlyList<FoundRecord> Records, long SearchedTo, bool IsFull);

/// <summary>Looks records of the log up, the latest first, a page at a time: always along an index, and never through more of the log at once than a page may cost.</summary>
public static class LogSearch
{
    /// <summary>How many records one query looks through, where no index leads straight to what is looked for.</summary>
    public const int Window = 20_000;

    /// <summary>How many records one page may look through.</summary>
    public const int MostLookedAt = 200_000;

    /// <summary>How late a fact is that counts as late.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromMinutes(5);

    private static readonly string Columns = string.Join(", ", LogRow.Columns.Split(", ").Select(column => "s." + column));

    /// <summary>The next page.</summary>
    public static async Task<FoundPage> FindAsync(HeadcountDb db, LogCriteria criteria, int most, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(criteria);
        await db.Database.OpenConnectionAsync(cancellation);
        var narrowed = await NarrowAsync(db, criteria, cancellation);
        if (!IsWalked(narrowed))
        {
            var page = await QueryAsync(db, narrowed, 0, narrowed.BeforeSeq, most, cancellation);
            return new FoundPage(page, page.Count == most ? page[^1].Entry.Seq : 1, page.Count == most);
        }

        var found = new List<FoundRecord>();
        var before = narrowed.BeforeSeq == long.MaxValue ? await LastSeqAsync(db, criteria.EventId, cancellation) + 1 : narrowed.BeforeSeq;
        for (var looked = 0; before > narrowed.AfterSeq + 1 && looked < MostLookedAt; looked += Window)
        {
            cancellation.ThrowIfCancellationRequested();
            var low = Math.Max(narrowed.AfterSeq + 1, before - Window);
            found.AddRange(await QueryAsync(db, narrowed, low, before, most - found.Count, cancellation));
            if (found.Count == most) return new FoundPage(found, found[^1].Entry.Seq, IsFull: true);
            before = low;
        }

        return new FoundPage(found, before <= narrowed.AfterSeq + 1 ? 1 : before, IsFull: false);
    }

    /// <summary>The query of one page, as it is sent, with the values of its parameters; for the plan of which a test asks.</summary>
    internal static (string Sql, IReadOnlyList<(string Name, object Value)> Values) QueryOf(HeadcountDb db, LogCriteria criteria, long low, long before, int most)
    {
        var isSqlite = db is SqliteHeadcountDb;
        var values = new List<(string, object)> { ("event", criteria.EventId), ("low", Math.Max(low, criteria.AfterSeq + 1)), ("before", before), ("most", most) };
        var sql = new StringBuilder($"SELECT {Columns}, (SELECT MIN(b.seq) FROM scan_log b WHERE b.event_id = s.event_id AND b.annuls = s.seq) FROM ");

        // A plus keeps a column from being looked up in an index that would mean a walk through the whole log.
        if (criteria.TicketId is { } ticketId)
        {
            values.Add(("ticket", ticketId));
            sql.Append("scan_log s WHERE s.ticket_id = @ticket AND +s.event_id = @event AND +s.seq >= @low AND +s.seq < @before");
        }
        else if (criteria.IsTakenBack)
        {
            sql.Append("scan_log a JOIN scan_log s ON s.event_id = a.event_id AND s.seq = a.annuls WHERE a.event_id = @event AND a.annuls IS NOT NULL AND a.annuls >= @low AND a.annuls < @before");
        }
        else
        {
            sql.Append("scan_log s");
            if (isSqlite && IndexOf(criteria) is { } index) sql.Append(" INDEXED BY ").Append(index);
            sql.Append(" WHERE s.event_id = @event AND s.seq >= @low AND s.seq < @before");
        }

        AddConditions(db, criteria, sql, values);
        sql.Append(criteria.TicketId is not null ? " ORDER BY +s.seq DESC" : criteria.IsTakenBack ? " ORDER BY a.annuls DESC" : " ORDER BY s.seq DESC").Append(" LIMIT @most");
        return (sql.ToString(), values);
    }

    // Whether what is looked for may be anywhere, so that the log is walked in windows along its key.
    private static bool IsWalked(LogCriteria criteria) => criteria.TicketId is null && !criteria.IsTakenBack && IndexOf(criteria) is null;

    private static string? IndexOf(LogCriteria criteria) => criteria.IsByHand ? "ix_scan_log_by_hand" : criteria.Outcome == LogWords.Rejected || criteria.Reason is not null ? "ix_scan_log_rejected" : null;

    private static void AddConditions(HeadcountDb db, LogCriteria criteria, StringBuilder sql, List<(string, object)> values)
    {
        void Equal(string column, string name, object? value)
        {
            if (value is null) return;
            sql.Append(CultureInfo.InvariantCulture, $" AND s.{column} = @{name}");
            values.Add((name, value));
        }

        if (criteria.IsByHand) sql.Append(" AND (s.override_by IS NOT NULL OR s.noted_by IS NOT NULL)");
        if (criteria.Reason is not null) sql.Append(" AND s.outcome = 'rejected'");
        if (criteria.Outcome == LogWords.Rejected)
            sql.Append(criteria.Reason is null ? " AND s.outcome = 'rejected'" : "");
        else
            Equal("outcome", "outcome", criteria.Outcome);
        Equal("reason", "reason", criteria.Reason);
        Equal("gate", "gate", criteria.Gate);
        Equal("device_id", "device", criteria.DeviceId);
        Equal("scan_type", "type", criteria.Type is { } type ? type == ScanType.Entry ? LogWords.Entry : LogWords.Exit : null);
        if (criteria.TicketType == Ticket.UnknownType)
            sql.Append(" AND s.ticket_id IS NOT NULL AND COALESCE(s.ticket_type, 'unknown') = 'unknown'");
        else
            Equal("ticket_type", "tickettype", criteria.TicketType);

        // What was refused counts never; it has the time at which it would have.
        const string When = "COALESCE(s.counted_at, CASE WHEN s.is_fact AND s.scan_time < s.received_at THEN s.scan_time ELSE s.received_at END)";
        if (criteria.From is { } from)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND {When} >= @from");
            values.Add(("from", LateRecords.Time(db, from)));
        }

        if (criteria.Until is { } until)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND {When} < @until");
            values.Add(("until", LateRecords.Time(db, until)));
        }

        if (!criteria.IsLate) return;
        sql.Append(db is SqliteHeadcountDb
            ? " AND s.is_fact AND julianday(s.received_at) - julianday(s.scan_time) > 5.0 / 1440"
            : " AND s.is_fact AND s.received_at - s.scan_time > interval '5 minutes'");
    }

    // Nothing counts after it was received, and that never decreases along seq: the time says between which records to look.
    private static async Task<LogCriteria> NarrowAsync(HeadcountDb db, LogCriteria criteria, CancellationToken cancellation)
    {
        if (criteria.From is null && criteria.Until is null) return criteria;
        var last = await LastSeqAsync(db, criteria.EventId, cancellation);
        var after = criteria.From is { } from ? await LastReceivedBeforeAsync(db, criteria.EventId, from, last, cancellation) : 0;
        var through = last;
        if (criteria.Until is { } until)
        {
            var atOnce = await LastReceivedBeforeAsync(db, criteria.EventId, until + Admission.ClockTolerance, last, cancellation);
            if (atOnce < last) through = Math.Max(atOnce, await LateRecords.LastAsync(db, criteria.EventId, atOnce, criteria.From ?? Instant.Min, until, cancellation));
        }

        return criteria with { AfterSeq = Math.Max(criteria.AfterSeq, after), BeforeSeq = Math.Min(criteria.BeforeSeq, through + 1) };
    }

    private static async Task<long> LastReceivedBeforeAsync(HeadcountDb db, long eventId, Instant instant, long last, CancellationToken cancellation)
    {
        var (low, high) = (0L, last);
        while (low < high)
        {
            var middle = low + (high - low + 1) / 2;
            if (await ReceivedAtAsync(db, eventId, middle, cancellation) < instant)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    private static async Task<Instant?> ReceivedAtAsync(HeadcountDb db, long eventId, long seq, CancellationToken cancellation)
    {
        await using var command = Command(db, "SELECT received_at FROM scan_log WHERE event_id = @event AND seq = @seq", [("event", eventId), ("seq", seq)]);
        return await command.ExecuteScalarAsync(cancellation) is { } value ? TimeOf(value) : null;
    }

    private static async Task<long> LastSeqAsync(HeadcountDb db, long eventId, CancellationToken cancellation)
    {
        await using var command = Command(db, "SELECT seq FROM scan_log WHERE event_id = @event ORDER BY seq DESC LIMIT 1", [("event", eventId)]);
        return await command.ExecuteScalarAsync(cancellation) is long seq ? seq : 0;
    }

    private static async Task<List<FoundRecord>> QueryAsync(HeadcountDb db, LogCriteria criteria, long low, long before, int most, CancellationToken cancellation)
    {
        var (sql, values) = QueryOf(db, criteria, low, before, most);
        await using var command = Command(db, sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<FoundRecord>();
        while (await reader.ReadAsync(cancellation))
        {
            var row = RowOf(reader);
            found.Add(new FoundRecord(row.ToEntry(), row.IsFact, reader.IsDBNull(LogRow.ColumnCount) ? null : reader.GetInt64(LogRow.ColumnCount)));
        }

        return found;
    }

    private static DbCommand Command(HeadcountDb db, string sql, IReadOnlyList<(string Name, object Value)> values)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // Made of constants; every value is a parameter.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static LogRow RowOf(DbDataReader reader) => new()
    {
        Seq = reader.GetInt64(0), Outcome = reader.GetString(1), IsFact = Convert.ToBoolean(reader.GetValue(2), CultureInfo.InvariantCulture), TicketId = Text(reader, 3), TicketType = Text(reader, 4), Gate = Text(reader, 5),
        ScanType = Text(reader, 6), CountedAt = Time(reader, 7), ScanTime = Time(reader, 8), ReceivedAt = Time(reader, 9)!.Value, DeviceId = Text(reader, 10), ScanId = Text(reader, 11), Reason = Text(reader, 12),
        Warnings = Text(reader, 13), OverrideBy = Text(reader, 14), OverrideReason = Text(reader, 15), Annuls = reader.IsDBNull(16) ? null : reader.GetInt64(16), NotedBy = Text(reader, 17), Note = Text(reader, 18),
        Occupancy = reader.GetInt64(19), Capacity = reader.GetInt64(20),
    };

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static Instant? Time(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : TimeOf(reader.GetValue(column));

    private static Instant TimeOf(object value) => value is DateTime time
        ? Instant.FromDateTimeOffset(new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)))
        : InstantText.Parse(Encoding.UTF8.GetBytes((string)value));
}
