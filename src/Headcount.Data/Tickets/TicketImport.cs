using Headcount.Core;
using Headcount.Data.Audit;
using Headcount.Data.Postgres;
using Headcount.Data.Sqlite;

namespace Headcount.Data.Tickets;

/// <summary>Which fields of a ticket are given; the others stay as they are on a ticket that is known.</summary>
[Flags]
public enum TicketFields
{
    None = 0,
    TicketType = 1 << 0,
    UserId = 1 << 1,
    Status = 1 << 2,
    ValidFrom = 1 << 3,
    ValidUntil = 1 << 4,
    Gates = 1 << 5,
    SingleEntry = 1 << 6,
    All = (1 << 7) - 1,
}

/// <summary>A ticket to be taken in.</summary>
/// <param name="Ticket">The ticket; what is not given, a ticket that is new has as it stands here.</param>
/// <param name="Given">What is given.</param>
public readonly record struct TicketChange(Ticket Ticket, TicketFields Given);

/// <summary>What came of an import.</summary>
/// <param name="Tickets">Every ticket of it once, whole, as it is now: for <c>EventMailbox.ChangeTicketsAsync</c>. In no particular order.</param>
/// <param name="NewTypes">Ticket types that were made for it.</param>
public sealed record ImportedTickets(IReadOnlyList<Ticket> Tickets, IReadOnlyList<string> NewTypes);

/// <summary>Takes tickets in by the thousand.</summary>
public static class TicketImport
{
    /// <summary>How many at a time are a good measure: on SQLite scans wait for about 20 ms behind so many.</summary>
    public const int ChunkSize = 2_000;

    /// <summary>Puts tickets in or changes them. Call it inside <see cref="IWriteQueue.WriteAsync{T}"/>, with the context given there.</summary>
    /// <param name="db">The context of the change.</param>
    /// <param name="eventId">The event.</param>
    /// <param name="changes">The tickets; of one that is given twice, what is given later holds.</param>
    /// <param name="now">The time of the change.</param>
    /// <param name="cancellation">Stops it; the transaction is rolled back.</param>
    /// <param name="action">What it is called where changes are written down.</param>
    /// <param name="each">What changed of each ticket, where each is to be written down by itself; null = all of them in one line.</param>
    /// <remarks>Types that the event lacks are made; people that <c>users</c> lacks get a bare row there.</remarks>
    public static async Task<ImportedTickets> UpsertAsync(HeadcountDb db, long eventId, IReadOnlyList<TicketChange> changes, Instant now, CancellationToken cancellation, string action = "imported", Func<string, IReadOnlyList<FieldChange>?>? each = null)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(changes);
        var merged = Merge(changes);
        var imported = await (db switch
        {
            SqliteHeadcountDb sqlite => SqliteTicketImport.UpsertAsync(sqlite, eventId, merged, now, cancellation),
            PostgresHeadcountDb postgres => PostgresTicketImport.UpsertAsync(postgres, eventId, merged, now, cancellation),
            _ => throw new ArgumentException($"{db.GetType().Name} is no database that tickets are kept in.", nameof(db)),
        });
        if (each is not null)
            await db.NoteEachAsync(action, "ticket", merged.Select(change => (change.Ticket.TicketId.Value, each(change.Ticket.TicketId.Value))), eventId, cancellation);
        else if (merged.Length > 0)
            await db.NoteAsync(action, "ticket", merged.Length == 1 ? merged[0].Ticket.TicketId.Value : $"{merged[0].Ticket.TicketId.Value} … {merged[^1].Ticket.TicketId.Value}", eventId, null,
                [new FieldChange("count", null, merged.Length.ToString(System.Globalization.CultureInfo.InvariantCulture))], cancellation);
        return imported;
    }

    // One row a ticket, in one order, so that two imports that meet do not wait for each other.
    private static TicketChange[] Merge(IReadOnlyList<TicketChange> changes)
    {
        var merged = new Dictionary<TicketId, TicketChange>(changes.Count);
        foreach (var change in changes)
            merged[change.Ticket.TicketId] = merged.TryGetValue(change.Ticket.TicketId, out var earlier) ? Merge(earlier, change) : change;
        var rows = merged.Values.ToArray();
        Array.Sort(rows, (one, other) => string.CompareOrdinal(one.Ticket.TicketId.Value, other.Ticket.TicketId.Value));
        return rows;
    }

    private static TicketChange Merge(TicketChange earlier, TicketChange later)
    {
        var ticket = earlier.Ticket;
        var given = later.Ticket;
        return new TicketChange(ticket with
        {
            TicketType = Has(TicketFields.TicketType) ? given.TicketType : ticket.TicketType,
            UserId = Has(TicketFields.UserId) ? given.UserId : ticket.UserId,
            Status = Has(TicketFields.Status) ? given.Status : ticket.Status,
            ValidFrom = Has(TicketFields.ValidFrom) ? given.ValidFrom : ticket.ValidFrom,
            ValidUntil = Has(TicketFields.ValidUntil) ? given.ValidUntil : ticket.ValidUntil,
            Gates = Has(TicketFields.Gates) ? given.Gates : ticket.Gates,
            SingleEntry = Has(TicketFields.SingleEntry) ? given.SingleEntry : ticket.SingleEntry,
        }, earlier.Given | later.Given);

        bool Has(TicketFields field) => (later.Given & field) != 0;
    }

    internal static IEnumerable<string> TypesOf(IEnumerable<TicketChange> changes) =>
        changes.Select(change => change.Ticket.TicketType).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    internal static IEnumerable<string> UsersOf(IEnumerable<TicketChange> changes) =>
        changes.Select(change => change.Ticket.UserId).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
}
