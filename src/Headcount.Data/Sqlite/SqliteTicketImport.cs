using System.Text.Json;
using Headcount.Core;
using Headcount.Data.Log;
using Headcount.Data.Tickets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Sqlite;

/// <summary>Tickets by the thousand, on SQLite: one prepared statement, run for each.</summary>
internal static class SqliteTicketImport
{
    // ?12: the fields that are given, as bits of TicketFields.
    private const string Sql = $"""
        INSERT INTO tickets (event_id, ticket_id, ticket_type, user_id, status, valid_from, valid_until, gates, single_entry, created_at, updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        ON CONFLICT (event_id, ticket_id) DO UPDATE SET
            ticket_type  = CASE WHEN ?12 & 1  THEN excluded.ticket_type  ELSE ticket_type  END,
            user_id      = CASE WHEN ?12 & 2  THEN excluded.user_id      ELSE user_id      END,
            status       = CASE WHEN ?12 & 4  THEN excluded.status       ELSE status       END,
            valid_from   = CASE WHEN ?12 & 8  THEN excluded.valid_from   ELSE valid_from   END,
            valid_until  = CASE WHEN ?12 & 16 THEN excluded.valid_until  ELSE valid_until  END,
            gates        = CASE WHEN ?12 & 32 THEN excluded.gates        ELSE gates        END,
            single_entry = CASE WHEN ?12 & 64 THEN excluded.single_entry ELSE single_entry END,
            updated_at   = excluded.updated_at
        RETURNING {TicketColumns.List}
        """;

    public static Task<ImportedTickets> UpsertAsync(SqliteHeadcountDb db, long eventId, TicketChange[] changes, Instant now, CancellationToken cancellation)
    {
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        AddUsers(connection, changes, now);
        var newTypes = AddTypes(connection, eventId, changes);
        using var upsert = new SqliteStatement(connection, Sql);
        var pool = new TextPool();
        var tickets = new List<Ticket>(changes.Length);
        upsert.Bind(1, eventId);
        upsert.Bind(10, now);
        upsert.Bind(11, now);
        foreach (var (ticket, given) in changes)
        {
            cancellation.ThrowIfCancellationRequested();
            upsert.Bind(2, ticket.TicketId.Value);
            upsert.Bind(3, ticket.TicketType);
            upsert.Bind(4, ticket.UserId);
            upsert.Bind(5, TicketColumns.Word(ticket.Status));
            upsert.Bind(6, ticket.ValidFrom);
            upsert.Bind(7, ticket.ValidUntil);
            upsert.Bind(8, ticket.Gates.Count == 0 ? "[]" : JsonSerializer.Serialize(ticket.Gates.Select(gate => gate.Value)));
            upsert.Bind(9, ticket.SingleEntry ? 1L : 0L);
            upsert.Bind(12, (long)given);
            while (upsert.Step()) tickets.Add(SqliteEventSource.Ticket(upsert, pool));
        }

        return Task.FromResult(new ImportedTickets(tickets, newTypes));
    }

    private static void AddUsers(SqliteConnection connection, TicketChange[] changes, Instant now)
    {
        using var add = new SqliteStatement(connection, "INSERT INTO users (user_id, security_stamp, created_at) VALUES (?1, '', ?2) ON CONFLICT DO NOTHING");
        add.Bind(2, now);
        foreach (var user in TicketImport.UsersOf(changes))
        {
            add.Bind(1, user);
            add.Run();
        }
    }

    private static List<string> AddTypes(SqliteConnection connection, long eventId, TicketChange[] changes)
    {
        using var add = new SqliteStatement(connection, """
            INSERT INTO ticket_types (event_id, name, "override", gates, single_entry) VALUES (?1, ?2, 0, '[]', 0) ON CONFLICT DO NOTHING RETURNING name
            """);
        var added = new List<string>();
        add.Bind(1, eventId);
        foreach (var type in TicketImport.TypesOf(changes))
        {
            add.Bind(2, type);
            while (add.Step()) added.Add(type);
        }

        return added;
    }
}
