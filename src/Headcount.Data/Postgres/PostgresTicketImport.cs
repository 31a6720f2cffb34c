using System.Text;
using Headcount.Core;
using Headcount.Data.Log;
using Headcount.Data.Tickets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Headcount.Data.Postgres;

/// <summary>Tickets by the thousand, on PostgreSQL: one statement for all of them.</summary>
internal static class PostgresTicketImport
{
    private const NpgsqlDbType Text = NpgsqlDbType.Array | NpgsqlDbType.Text;
    private const NpgsqlDbType Time = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz;

    // mask: the fields that are given, as bits of TicketFields. What they become is worked out before the insert: ON CONFLICT does not see the mask.
    private const string Sql = $"""
        WITH given AS (
            SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::text[], $9::boolean[], $10::integer[])
                AS g (ticket_id, ticket_type, user_id, status, valid_from, valid_until, gates, single_entry, mask)
        ), merged AS (
            SELECT
                g.ticket_id,
                CASE WHEN t.ticket_id IS NULL OR g.mask & 1 <> 0 THEN g.ticket_type ELSE t.ticket_type END AS ticket_type,
                CASE WHEN t.ticket_id IS NULL OR g.mask & 2 <> 0 THEN g.user_id ELSE t.user_id END AS user_id,
                CASE WHEN t.ticket_id IS NULL OR g.mask & 4 <> 0 THEN g.status ELSE t.status END AS status,
                CASE WHEN t.ticket_id IS NULL OR g.mask & 8 <> 0 THEN g.valid_from ELSE t.valid_from END AS valid_from,
                CASE WHEN t.ticket_id IS NULL OR g.mask & 16 <> 0 THEN g.valid_until ELSE t.valid_until END AS valid_until,
                CASE WHEN t.ticket_id IS NULL OR g.mask & 32 <> 0 THEN g.gates::text[] ELSE t.gates END AS gates,
                CASE WHEN t.ticket_id IS NULL OR g.mask & 64 <> 0 THEN g.single_entry ELSE t.single_entry END AS single_entry
            FROM given g
            LEFT JOIN (SELECT * FROM tickets WHERE event_id = $1 AND ticket_id = ANY ($2) FOR UPDATE) t ON t.ticket_id = g.ticket_id
        )
        INSERT INTO tickets (event_id, ticket_id, ticket_type, user_id, status, valid_from, valid_until, gates, single_entry, created_at, updated_at)
        SELECT $1, ticket_id, ticket_type, user_id, status, valid_from, valid_until, gates, single_entry, $11, $11 FROM merged ORDER BY ticket_id
        ON CONFLICT (event_id, ticket_id) DO UPDATE SET
            ticket_type = excluded.ticket_type, user_id = excluded.user_id, status = excluded.status, valid_from = excluded.valid_from,
            valid_until = excluded.valid_until, gates = excluded.gates, single_entry = excluded.single_entry, updated_at = excluded.updated_at
        RETURNING {TicketColumns.List}
        """;

    public static async Task<ImportedTickets> UpsertAsync(PostgresHeadcountDb db, long eventId, TicketChange[] changes, Instant now, CancellationToken cancellation)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var transaction = (NpgsqlTransaction?)db.Database.CurrentTransaction?.GetDbTransaction();

        // Imports into one event go one after the other: what one reads of a ticket, no other changes before it is written.
        await using (var turn = new NpgsqlCommand("SELECT 1 FROM events WHERE event_id = $1 FOR NO KEY UPDATE", connection, transaction) { Parameters = { Of(eventId) } })
            await turn.ExecuteNonQueryAsync(cancellation);
        await AddUsersAsync(connection, transaction, changes, now, cancellation);
        var newTypes = await AddTypesAsync(connection, transaction, eventId, changes, cancellation);

        await using var upsert = new NpgsqlCommand(Sql, connection, transaction)
        {
            Parameters =
            {
                Of(eventId),
                Of(Text, changes, change => change.Ticket.TicketId.Value),
                Of(Text, changes, change => change.Ticket.TicketType),
                Of(Text, changes, change => change.Ticket.UserId),
                Of(Text, changes, change => TicketColumns.Word(change.Ticket.Status)),
                Of(Time, changes, change => PostgresLogSql.Raw(change.Ticket.ValidFrom)),
                Of(Time, changes, change => PostgresLogSql.Raw(change.Ticket.ValidUntil)),
                Of(Text, changes, change => ArrayText(change.Ticket.Gates)),
                Of(NpgsqlDbType.Array | NpgsqlDbType.Boolean, changes, change => change.Ticket.SingleEntry),
                Of(NpgsqlDbType.Array | NpgsqlDbType.Integer, changes, change => (int)change.Given),
                Of(now),
            },
        };
        await using var rows = await upsert.ExecuteReaderAsync(cancellation);
        var names = new LogNames();
        var tickets = new List<Ticket>(changes.Length);
        while (await rows.ReadAsync(cancellation)) tickets.Add(PostgresEventSource.Ticket(rows, names));
        return new ImportedTickets(tickets, newTypes);
    }

    private static async Task AddUsersAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, TicketChange[] changes, Instant now, CancellationToken cancellation)
    {
        const string sql = "INSERT INTO users (user_id, security_stamp, created_at) SELECT id, '', $2 FROM unnest($1::text[]) AS id ON CONFLICT DO NOTHING";
        await using var add = new NpgsqlCommand(sql, connection, transaction) { Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. TicketImport.UsersOf(changes)] }, Of(now) } };
        await add.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<List<string>> AddTypesAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, long eventId, TicketChange[] changes, CancellationToken cancellation)
    {
        const string sql = """
            INSERT INTO ticket_types (event_id, name, "override", gates, single_entry)
            SELECT $1, name, false, '{}', false FROM unnest($2::text[]) AS name ON CONFLICT DO NOTHING RETURNING name
            """;
        await using var add = new NpgsqlCommand(sql, connection, transaction) { Parameters = { Of(eventId), new NpgsqlParameter<string[]> { TypedValue = [.. TicketImport.TypesOf(changes)] } } };
        await using var rows = await add.ExecuteReaderAsync(cancellation);
        var added = new List<string>();
        while (await rows.ReadAsync(cancellation)) added.Add(rows.GetString(0));
        return added;
    }

    private static NpgsqlParameter<long> Of(long value) => new() { TypedValue = value };

    private static NpgsqlParameter<long> Of(Instant instant) => new() { TypedValue = PostgresLogSql.Raw(instant)!.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter<T[]> Of<T>(NpgsqlDbType type, TicketChange[] changes, Converter<TicketChange, T> field) =>
        new() { TypedValue = Array.ConvertAll(changes, field), NpgsqlDbType = type };

    /// <summary>A list as PostgreSQL writes an array: a list of lists cannot be handed over otherwise.</summary>
    private static string ArrayText(IReadOnlyList<GateName> gates)
    {
        if (gates.Count == 0) return "{}";
        var text = new StringBuilder("{");
        foreach (var gate in gates)
        {
            if (text.Length > 1) text.Append(',');
            text.Append('"').Append(gate.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }

        return text.Append('}').ToString();
    }
}
