using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Headcount.Core;
using Headcount.Data.Log;
using Headcount.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Tickets;

/// <summary>Lists tickets a page at a time: along the index of the order that is asked for, or of the rarest of the words that are looked for.</summary>
public static class TicketSearch
{
    /// <summary>How many tickets a search finds at the most: whoever typed one letter types another.</summary>
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
        var query = PageQuery(db, criteria, await WordsAsync(db, criteria, cancellation), await StatusesAsync(db, criteria, cancellation), order, isDescending, after, most, withHolder: true);
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
        await using var command = CountQuery(criteria, await WordsAsync(db, criteria, cancellation), await StatusesAsync(db, criteria, cancellation)).ToCommand(db);
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
                var query = PageQuery(db, criteria, await WordsAsync(db, criteria, cancellation), await StatusesAsync(db, criteria, cancellation), order, isDescending, after, ChunkSize, withHolder: false);
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
    internal static TicketQuery PageQuery(HeadcountDb db, TicketCriteria criteria, IReadOnlyList<string> words, IReadOnlyList<string>? statuses, TicketOrder order, bool isDescending, TicketPlace? after, int most, bool withHolder)
    {
        var query = new TicketQuery();
        var key = order switch
        {
            TicketOrder.Name => words.Count > 0 ? NameKey : "w.word", TicketOrder.Type => "COALESCE(t.ticket_type, '')", TicketOrder.Status => "t.status", TicketOrder.Changed => "t.updated_at", _ => "t.ticket_id",
        };
        query.Sql.Append(CultureInfo.InvariantCulture, $"SELECT {key}, t.ticket_id").Append(withHolder ? ", t.ticket_type, t.status, t.user_id, u.name, u.email, t.updated_at" : "");
        From(query, criteria, words, statuses, order == TicketOrder.Name && words.Count == 0, withHolder);
        Where(query, criteria, statuses, "t");
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
    internal static TicketQuery CountQuery(TicketCriteria criteria, IReadOnlyList<string> words, IReadOnlyList<string>? statuses)
    {
        var query = new TicketQuery();
        query.Sql.Append("SELECT COUNT(*)");
        From(query, criteria, words, statuses, byName: false, withHolder: false);
        Where(query, criteria, statuses, "t");
        return query;
    }

    /// <summary>The words of a search, the one that the fewest tickets have first: along it the search goes.</summary>
    internal static async Task<IReadOnlyList<string>> WordsAsync(HeadcountDb db, TicketCriteria criteria, CancellationToken cancellation)
    {
        var words = criteria.Search is { } search ? SearchText.Words(search) : [];
        if (words.Count < 2) return words;
        await using var command = RarityQuery(criteria.EventId, words).ToCommand(db);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return [.. words.Select((word, i) => (Word: word, Tickets: Convert.ToInt64(row.GetValue(i), CultureInfo.InvariantCulture))).OrderBy(one => one.Tickets).Select(one => one.Word)];
    }

    /// <summary>How many tickets have each word; of a common one so many are counted as a search may find.</summary>
    internal static TicketQuery RarityQuery(long eventId, IReadOnlyList<string> words)
    {
        var query = new TicketQuery();
        query.Add("event", eventId);
        query.Sql.Append("SELECT ");
        for (var i = 0; i < words.Count; i++)
        {
            query.Sql.Append(i == 0 ? "" : ", ").Append("(SELECT COUNT(*) FROM (");
            Stretches(query, words[i], "1", i.ToString(CultureInfo.InvariantCulture));
            query.Sql.Append(CultureInfo.InvariantCulture, $" LIMIT {MostFound}) AS m)");
        }

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
    private static void From(TicketQuery query, TicketCriteria criteria, IReadOnlyList<string> words, IReadOnlyList<string>? statuses, bool byName, bool withHolder)
    {
        query.Add("event", criteria.EventId);
        query.Sql.Append(" FROM ");
        if (words.Count > 0) Hits(query, criteria, words, statuses);
        query.Sql.Append(byName ? "ticket_words w CROSS JOIN tickets t" : "tickets t").Append(withHolder ? " LEFT JOIN users u ON u.user_id = t.user_id" : "").Append(" WHERE t.event_id = @event");
        if (words.Count > 0) query.Sql.Append(" AND t.ticket_id = f.ticket_id");
        if (byName) query.Sql.Append(" AND t.ticket_id = w.ticket_id AND w.event_id = @event AND w.word >= ' ' AND w.word < '!'");
    }

    // The ticket whose id it is, and those that have all the words and pass the filters: only of what passes everything is the rest cut off.
    private static void Hits(TicketQuery query, TicketCriteria criteria, IReadOnlyList<string> words, IReadOnlyList<string>? statuses)
    {
        query.Add("typed", criteria.Search!.Trim());
        query.Sql.Append("(SELECT ticket_id FROM tickets WHERE event_id = @event AND ticket_id = @typed UNION ALL SELECT ticket_id FROM (SELECT DISTINCT hits.ticket_id FROM (");
        Stretches(query, words[0], "ticket_id", "0");
        var isFiltered = criteria.Types is not null || statuses is not null;
        query.Sql.Append(") AS hits").Append(isFiltered ? " CROSS JOIN tickets c WHERE c.event_id = @event AND c.ticket_id = hits.ticket_id AND hits.ticket_id <> @typed" : " WHERE hits.ticket_id <> @typed");
        for (var i = 1; i < words.Count; i++) Has(query, words[i], i);
        if (isFiltered) Where(query, criteria, statuses, "c");
        query.Sql.Append(CultureInfo.InvariantCulture, $" LIMIT {MostFound}) AS m) AS f CROSS JOIN ");
    }

    private static void Has(TicketQuery query, string word, int number)
    {
        query.Sql.Append(" AND EXISTS (SELECT 1 FROM ticket_words o WHERE o.event_id = @event AND o.ticket_id = hits.ticket_id AND (");
        var stretches = SearchText.Stretches(word);
        for (var form = 0; form < stretches.Count; form++)
        {
            query.Sql.Append(form == 0 ? "" : " OR ").Append(CultureInfo.InvariantCulture, $"o.word >= @from{number}x{form} AND o.word < @until{number}x{form}");
            query.Add($"from{number}x{form}", stretches[form].From);
            query.Add($"until{number}x{form}", stretches[form].Until);
        }

        query.Sql.Append("))");
    }

    // What begins with a word, one form of it after the other.
    private static void Stretches(TicketQuery query, string word, string what, string number)
    {
        var stretches = SearchText.Stretches(word);
        for (var form = 0; form < stretches.Count; form++)
        {
            query.Sql.Append(form == 0 ? "" : " UNION ALL ").Append(CultureInfo.InvariantCulture, $"SELECT {what} FROM ticket_words WHERE event_id = @event AND word >= @from{number}x{form} AND word < @until{number}x{form}");
            query.Add($"from{number}x{form}", stretches[form].From);
            query.Add($"until{number}x{form}", stretches[form].Until);
        }
    }

    private static void Where(TicketQuery query, TicketCriteria criteria, IReadOnlyList<string>? statuses, string alias)
    {
        if (criteria.Types is { } types) In(query, $"COALESCE({alias}.ticket_type, '')", "type", types);
        if (statuses is not null) In(query, $"{alias}.status", "status", statuses);
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

    /// <summary>Gives a parameter its value; one that is used twice has it already.</summary>
    public void Add(string name, object value)
    {
        if (!_values.Exists(given => given.Name == name)) _values.Add((name, value));
    }

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
