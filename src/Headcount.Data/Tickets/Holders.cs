using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Data.Postgres;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Headcount.Data.Tickets;

/// <summary>Whose a ticket is, as a list of tickets says; what it does not say is null.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="UserId">Their number, where the list has one.</param>
/// <param name="Name">Their name.</param>
/// <param name="Email">Their address; in small letters.</param>
public sealed record GivenHolder(string TicketId, string? UserId, string? Name, string? Email);

/// <summary>What became of holders.</summary>
/// <param name="UserIds">The person of each ticket that was given one.</param>
/// <param name="EmailsLeftOut">How many addresses were not taken, because somebody else on this server has them.</param>
/// <param name="Ticketless">People whose last ticket is somebody else's from now on.</param>
/// <param name="UserIdsLeftOut">How many numbers were not taken, because they are people's whom the organisation does not know.</param>
public sealed record AssignedHolders(IReadOnlyDictionary<string, string> UserIds, int EmailsLeftOut, IReadOnlyList<string> Ticketless, int UserIdsLeftOut);

/// <summary>Finds or makes the people whose tickets are. Nobody's account, and nobody whom another organisation knows, is ever changed by a list.</summary>
public static class Holders
{
    /// <summary>Gives tickets their people. Call it inside <see cref="IWriteQueue.WriteAsync{T}"/>, before the tickets are written with what it returns.</summary>
    /// <remarks>Who has a ticket already stays its person, under the new name; who has other tickets besides keeps their name, and the ticket gets a person of its own.
    /// Two tickets with the same address and the same name are one person's.</remarks>
    public static async Task<AssignedHolders> AssignAsync(HeadcountDb db, long eventId, IReadOnlyList<GivenHolder> holders, Instant now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(holders);
        var book = await HolderBook.ReadAsync(db, eventId, holders, cancellation);
        foreach (var holder in holders) book.Assign(holder);
        await SaveAsync(db, book.Changed, now, cancellation);
        return new AssignedHolders(book.Assigned, book.EmailsLeftOut, book.Ticketless, book.UserIdsLeftOut);
    }

    /// <summary>Those of some people whom the organisation of an event does not know: no ticket of it may become theirs by their number alone, for it would tell their name and address.</summary>
    /// <remarks>Known is who has a ticket or a membership of the organisation; and whoever is not there yet, or is there as a bare number, is free to be taken.</remarks>
    public static async Task<IReadOnlySet<string>> StrangersAsync(HeadcountDb db, long eventId, IReadOnlyCollection<string> userIds, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(userIds);
        if (userIds.Count == 0) return new HashSet<string>();
        string[] ids = [.. userIds.Distinct(StringComparer.Ordinal)];
        var organisation = await db.Events.Where(one => one.EventId == eventId).Select(one => one.OrganisationId).SingleAsync(cancellation);
        var accounts = AccountHolders.In(db);
        var strangers = await db.Users.Where(user => EF.Parameter(ids).Contains(user.UserId)
            && !db.Tickets.Any(ticket => ticket.UserId == user.UserId && db.Events.Any(one => one.EventId == ticket.EventId && one.OrganisationId == organisation))
            && !db.Members.Any(member => member.UserId == user.UserId && member.OrganisationId == organisation)
            && (user.Name != null || user.Email != null || db.Tickets.Any(ticket => ticket.UserId == user.UserId) || accounts.Any(account => account.UserId == user.UserId)))
            .Select(user => user.UserId).ToListAsync(cancellation);
        return strangers.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Whether the organisation of an event may change somebody's name and address: nobody's account, and nobody whom another one knows.</summary>
    public static async Task<bool> MayChangeAsync(HeadcountDb db, long eventId, string userId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(db);
        var organisation = await db.Events.Where(one => one.EventId == eventId).Select(one => one.OrganisationId).SingleAsync(cancellation);
        return !await AccountHolders.In(db).AnyAsync(user => user.UserId == userId, cancellation)
            && !await db.Tickets.AnyAsync(ticket => ticket.UserId == userId && db.Events.Any(one => one.EventId == ticket.EventId && one.OrganisationId != organisation), cancellation);
    }

    private static async Task SaveAsync(HeadcountDb db, IReadOnlyList<HolderBook.Person> people, Instant now, CancellationToken cancellation)
    {
        if (people.Count == 0) return;
        const string onConflict = "ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, email = excluded.email";
        if (db is PostgresHeadcountDb)
        {
            var connection = (NpgsqlConnection)db.Database.GetDbConnection();
            await using var command = new NpgsqlCommand($"INSERT INTO users (user_id, name, email, security_stamp, created_at) SELECT id, name, email, '', $4 FROM unnest($1::text[], $2::text[], $3::text[]) AS g (id, name, email) {onConflict}", connection, (NpgsqlTransaction?)db.Database.CurrentTransaction?.GetDbTransaction())
            {
                Parameters =
                {
                    new NpgsqlParameter<string[]> { TypedValue = [.. people.Select(one => one.UserId)] }, new NpgsqlParameter<string?[]> { TypedValue = [.. people.Select(one => one.Name)] },
                    new NpgsqlParameter<string?[]> { TypedValue = [.. people.Select(one => one.Email)] }, new NpgsqlParameter<DateTime> { TypedValue = now.ToDateTimeOffset().UtcDateTime },
                },
            };
            await command.ExecuteNonQueryAsync(cancellation);
            return;
        }

        using var add = new Sqlite.SqliteStatement((SqliteConnection)db.Database.GetDbConnection(), $"INSERT INTO users (user_id, name, email, security_stamp, created_at) VALUES (?1, ?2, ?3, '', ?4) {onConflict}");
        foreach (var person in people)
        {
            add.BindAnew();
            add.Bind(1, person.UserId);
            add.Bind(2, person.Name);
            add.Bind(3, person.Email);
            add.Bind(4, now);
            add.Run();
        }
    }
}
