using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Headcount.Core;
using Headcount.Data.Log;
using Headcount.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Tickets;

/// <summary>Lists tickets a page at a time: along the index of the order that is asked for, or of the words that are looked for.</summary>
public static class TicketSearch
{
    /// <summary>How many tickets a search goes through at the most: whoever typed one letter types another.</summary>
    public const int MostFound = 20_000;

    /// <summary>How many ids are read at once where all are needed.</summary>
    public const int ChunkSize = 2_000;

    private const string NameKey = "(SELECT n.word FROM ticket_words n WHERE n.event_id = t.event_id AND n.ticket_id = t.ticket_id AND n.word >= ' ' AND n.word < '!')";

    /// <summary>The next page.</summary>
    public static async Task<IReadOnlyList<ListedTicket>> FindAsync(HeadcountDb db, TicketCriteria criteria, TicketOrder order, bool isDescending, TicketPlace? after, int most, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(criteria);
        await db.Database.OpenConnectionAsync(cancellation);
        var query = PageQuery(db, criteria, await StatusesAsync(db, criteria, cancellation), order, isDescending, after, most, withHolder: true);
        await using var command = query.ToCommand(db);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<ListedTicket>();
        while (await rows.ReadAsync(cancellation))
        {
            found.Add(new ListedTicket
            {
                Place = PlaceOf(rows, order), TicketId = rows.GetString(1), TicketType = Text(rows, 2), Status = TicketColumns.ParseStatus(rows.GetString(3)),
                UserId = Text(rows, 4), Name = Text(rows, 5), Email = Text(rows, 6), UpdatedAt = TimeOf(rows.GetValue(7)),
            });
        }

        return found;
    }

    /// <summary>Tickets by their ids, in no particular order.</summary>
    public static async Task<IReadOnlyList<ListedTicket>> ByIdsAsync(HeadcountDb db, long eventId, string[] ticketIds, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(db);
        var rows = await (from ticket in db.Tickets.AsNoTracking()
                          where ticket.EventId == eventId && EF.Parameter(ticketIds).Contains(ticket.TicketId)
                          join user in db.Users on ticket.UserId equals user.UserId into users
                          from holder in users.DefaultIfEmpty()
                          select new { Ticket = ticket, Name = (string?)holder!.Name, Email = (string?)holder!.Email }).ToListAsync(cancellation);
        return rows.ConvertAll(row => new ListedTicket
        {
            TicketId = row.Ticket.TicketId, TicketType = row.Ticket.TicketType, Status = row.Ticket.Status, UserId = row.Ticket.UserId, Name = row.Name, Email = row.Email, UpdatedAt = row.Ticket.UpdatedAt, Place = new TicketPlace("", row.Ticket.TicketId),
        });
    }

    /// <summary>How many there are; of a search at most <see cref="MostFound"/> are counted.</summary>
    public static async Task<long> CountAsync(HeadcountDb db, TicketCriteria criteria, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(criteria);
        await db.Database.OpenConnectionAsync(cancellation);
        await using var command = CountQuery(db, criteria, await StatusesAsync(db, criteria, cancellation)).ToCommand(db);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellation), CultureInfo.InvariantCulture);
    }

    /// <summary>All that are looked for, in order and in chunks. Each chunk is a query of its own: nobody is held up however long it takes.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<TicketPlace>> PlacesAsync(IDbReader reader, TicketCriteria criteria, TicketOrder order, bool isDescending, TicketPlace? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(criteria);
        while (true)
        {
            var places = new List<TicketPlace>(ChunkSize);
            await using (var db = reader.Open())
            {
                await db.Database.OpenConnectionAsync(cancellation);
                var query = PageQuery(db, criteria, await StatusesAsync(db, criteria, cancellation), order, isDescending, after, ChunkSize, withHolder: false);
                await using var command = query.ToCommand(db);
                await using var rows = await command.ExecuteReaderAsync(cancellation);
                while (await rows.ReadAsync(cancellation)) places.Add(PlaceOf(rows, order));
            }

            if (places.Count > 0) yield return places;
            if (places.Count < ChunkSize) yield break;
            after = places[^1];
        }
    }

    /// <summary>The query of a page as it is sent; a test asks for its plan.</summary>
    internal static TicketQuery PageQuery(HeadcountDb db, TicketCriteria criteria, IReadOnlyList<string>? statuses, TicketOrder order, bool isDescending, TicketPlace? after, int most, bool withHolder)
    {
        var query = new TicketQuery();
        var words = criteria.Search is { } search ? SearchText.Words(search) : [];
        var key = order switch
        {
            TicketOrder.Name => words.Count > 0 ? NameKey : "w.word", TicketOrder.Type => "COALESCE(t.ticket_type, '')", TicketOrder.Status => "t.status", TicketOrder.Changed => "t.updated_at", _ => "t.ticket_id",
        };
        query.Sql.Append(CultureInfo.InvariantCulture, $"SELECT {key}, t.ticket_id").Append(withHolder ? ", t.ticket_type, t.status, t.user_id, u.name, u.email, t.updated_at" : "");
        From(query, criteria.EventId, words, order == TicketOrder.Name && words.Count == 0, withHolder);
        Where(query, criteria, statuses, words);
        var (than, way) = isDescending ? ("<", "DESC") : (">", "ASC");
        if (after is { } place)
        {
            query.Add("afterid", place.TicketId);
            if (order == TicketOrder.Id)
            {
                query.Sql.Append(CultureInfo.InvariantCulture, $" AND t.ticket_id {than} @afterid");
            }
            else
            {
                query.Add("afterkey", order == TicketOrder.Changed ? LateRecords.Time(db, new Instant(long.Parse(place.Key, CultureInfo.InvariantCulture))) : place.Key);
                query.Sql.Append(CultureInfo.InvariantCulture, $" AND ({key}, {TicketOf(order, words)}) {than} (@afterkey, @afterid)");
            }
        }

        query.Sql.Append(order == TicketOrder.Id ? $" ORDER BY t.ticket_id {way}" : $" ORDER BY {key} {way}, {TicketOf(order, words)} {way}").Append(" LIMIT @most");
        query.Add("most", most);
        return query;
    }

    /// <summary>The query of a count as it is sent.</summary>
    internal static TicketQuery CountQuery(HeadcountDb db, TicketCriteria criteria, IReadOnlyList<string>? statuses)
    {
        var query = new TicketQuery();
        var words = criteria.Search is { } search ? SearchText.Words(search) : [];
        query.Sql.Append("SELECT COUNT(*)");
        From(query, criteria.EventId, words, byName: false, withHolder: false);
        Where(query, criteria, statuses, words);
        return query;
    }

    /// <summary>The words of the database that mean the status that is asked for: other programs write words of their own. Null = every one.</summary>
    internal static async Task<IReadOnlyList<string>?> StatusesAsync(HeadcountDb db, TicketCriteria criteria, CancellationToken cancellation)
    {
        if (criteria.Status is not { } status) return null;

        // From word to word along the index, and not through all tickets.
        const string sql = """
            WITH RECURSIVE words (word) AS (
                SELECT MIN(status) FROM tickets WHERE event_id = @event
                UNION ALL
                SELECT (SELECT MIN(t.status) FROM tickets t WHERE t.event_id = @event AND t.status > words.word) FROM words WHERE words.word IS NOT NULL
            )
            SELECT word FROM words WHERE word IS NOT NULL
            """;
        var query = new TicketQuery();
        query.Sql.Append(sql);
        query.Add("event", criteria.EventId);
        await using var command = query.ToCommand(db);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<string>();
        while (await rows.ReadAsync(cancellation))
        {
            if (rows.GetString(0) is var word && TicketColumns.ParseStatus(word) == status) found.Add(word);
        }

        return found;
    }

    // In the index of words, what follows the word is the ticket's id there.
    private static string TicketOf(TicketOrder order, IReadOnlyList<string> words) => order == TicketOrder.Name && words.Count == 0 ? "w.ticket_id" : "t.ticket_id";

    // CROSS JOIN: SQLite goes from left to right then, and PostgreSQL as it likes.
    private static void From(TicketQuery query, long eventId, IReadOnlyList<string> words, bool byName, bool withHolder)
    {
        query.Add("event", eventId);
        query.Sql.Append(" FROM ");
        if (words.Count > 0)
        {
            var stretches = SearchText.Stretches(words[0]);
            for (var i = 0; i < stretches.Count; i++)
            {
                query.Sql.Append(i == 0 ? "(SELECT DISTINCT ticket_id FROM (" : " UNION ALL ").Append(CultureInfo.InvariantCulture, $"SELECT ticket_id FROM ticket_words WHERE event_id = @event AND word >= @from{i} AND word < @until{i}");
                query.Add($"from{i}", stretches[i].From);
                query.Add($"until{i}", stretches[i].Until);
            }

            query.Sql.Append(CultureInfo.InvariantCulture, $") AS hits LIMIT {MostFound}) AS f CROSS JOIN ");
        }

        query.Sql.Append(byName ? "ticket_words w CROSS JOIN tickets t" : "tickets t").Append(withHolder ? " LEFT JOIN users u ON u.user_id = t.user_id" : "").Append(" WHERE t.event_id = @event");
        if (words.Count > 0) query.Sql.Append(" AND t.ticket_id = f.ticket_id");
        if (byName) query.Sql.Append(" AND t.ticket_id = w.ticket_id AND w.event_id = @event AND w.word >= ' ' AND w.word < '!'");
    }

    private static void Where(TicketQuery query, TicketCriteria criteria, IReadOnlyList<string>? statuses, IReadOnlyList<string> words)
    {
        for (var i = 1; i < words.Count; i++)
        {
            query.Sql.Append(" AND EXISTS (SELECT 1 FROM ticket_words o WHERE o.event_id = @event AND o.ticket_id = t.ticket_id AND (");
            var stretches = SearchText.Stretches(words[i]);
            for (var form = 0; form < stretches.Count; form++)
            {
                query.Sql.Append(form == 0 ? "" : " OR ").Append(CultureInfo.InvariantCulture, $"o.word >= @from{i}x{form} AND o.word < @until{i}x{form}");
                query.Add($"from{i}x{form}", stretches[form].From);
                query.Add($"until{i}x{form}", stretches[form].Until);
            }

            query.Sql.Append("))");
        }

        if (criteria.Types is { } types) In(query, "COALESCE(t.ticket_type, '')", "type", types);
        if (statuses is not null) In(query, "t.status", "status", statuses);
    }

    private static void In(TicketQuery query, string column, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            query.Sql.Append(" AND 1 = 0");
            return;
        }

        query.Sql.Append(CultureInfo.InvariantCulture, $" AND {column} IN (");
        for (var i = 0; i < values.Count; i++)
        {
            query.Sql.Append(i == 0 ? "@" : ", @").Append(CultureInfo.InvariantCulture, $"{name}{i}");
            query.Add($"{name}{i}", values[i]);
        }

        query.Sql.Append(')');
    }

    private static TicketPlace PlaceOf(DbDataReader row, TicketOrder order) =>
        new(order == TicketOrder.Changed ? TimeOf(row.GetValue(0)).Microseconds.ToString(CultureInfo.InvariantCulture) : row.GetString(0), row.GetString(1));

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    internal static Instant TimeOf(object value) => value is DateTime time
        ? Instant.FromDateTimeOffset(new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)))
        : InstantText.Parse(Encoding.UTF8.GetBytes((string)value));
}

/// <summary>A query that is put together, with the values of its parameters.</summary>
internal sealed class TicketQuery
{
    private readonly List<(string Name, object Value)> _values = [];

    public StringBuilder Sql { get; } = new();

    public void Add(string name, object value) => _values.Add((name, value));

    public DbCommand ToCommand(HeadcountDb db, string before = "")
    {
        var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // Made of constants; every value is a parameter.
        command.CommandText = before + Sql;
#pragma warning restore CA2100
        foreach (var (name, value) in _values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
