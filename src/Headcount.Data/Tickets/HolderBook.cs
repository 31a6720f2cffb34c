using Headcount.Core;
using Headcount.Data.Model;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Tickets;

/// <summary>The people that a stretch of a list is about, as the database has them, and what the list makes of them.</summary>
internal sealed class HolderBook
{
    private readonly Dictionary<string, Person> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Person> _byEmail = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _ofTickets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _assigned = new(StringComparer.Ordinal);
    private readonly HashSet<Person> _changed = [];
    private IReadOnlySet<string> _strangers = new HashSet<string>();

    public IReadOnlyDictionary<string, string> Assigned => _assigned;

    public IReadOnlyList<Person> Changed => [.. _changed];

    public int EmailsLeftOut { get; private set; }

    public int UserIdsLeftOut { get; private set; }

    /// <summary>People who had tickets and have none any more.</summary>
    public IReadOnlyList<string> Ticketless => [.. _byId.Values.Where(person => person is { HadTickets: true, Tickets: 0 }).Select(person => person.UserId)];

    public static async Task<HolderBook> ReadAsync(HeadcountDb db, long eventId, IReadOnlyList<GivenHolder> holders, CancellationToken cancellation)
    {
        var book = new HolderBook();
        var organisation = await db.Events.Where(one => one.EventId == eventId).Select(one => one.OrganisationId).SingleAsync(cancellation);
        string[] tickets = [.. holders.Select(one => one.TicketId)];
        foreach (var ticket in await db.Tickets.AsNoTracking().Where(one => one.EventId == eventId && one.UserId != null && EF.Parameter(tickets).Contains(one.TicketId)).Select(one => new { one.TicketId, one.UserId }).ToListAsync(cancellation))
            book._ofTickets[ticket.TicketId] = ticket.UserId!;
        string[] ids = [.. holders.Select(one => one.UserId).OfType<string>().Concat(book._ofTickets.Values).Distinct(StringComparer.Ordinal)];
        book._strangers = await Holders.StrangersAsync(db, eventId, [.. holders.Select(one => one.UserId).OfType<string>()], cancellation);
        string[] emails = [.. holders.Select(one => one.Email).OfType<string>().Distinct(StringComparer.Ordinal)];
        await book.ReadAsync(db, db.Users.Where(user => EF.Parameter(ids).Contains(user.UserId)), organisation, cancellation);
        await book.ReadAsync(db, db.Users.Where(user => EF.Parameter(emails).Contains(user.Email)), organisation, cancellation);
        return book;
    }

    public void Assign(GivenHolder given)
    {
        if (given.UserId is { } id && _strangers.Contains(id)) (given, UserIdsLeftOut) = (given with { UserId = null }, UserIdsLeftOut + 1);
        if (given is { UserId: null, Name: null, Email: null }) return;
        var person = PersonOf(given);
        _assigned[given.TicketId] = person.UserId;
        if (_ofTickets.TryGetValue(given.TicketId, out var before) && before != person.UserId && _byId.TryGetValue(before, out var left)) left.Tickets--;
        if (before != person.UserId) person.Tickets++;
        _ofTickets[given.TicketId] = person.UserId;
        if (!person.IsOurs) return;
        if (given.Name is { } name && person.Name != name) (person.Name, _) = (name, _changed.Add(person));
        if (given.Email is not { } email || string.Equals(person.Email, email, StringComparison.OrdinalIgnoreCase)) return;
        if (_byEmail.ContainsKey(email))
        {
            EmailsLeftOut++;
            return;
        }

        if (person.Email is { } old) _byEmail.Remove(old);
        _byEmail[email] = person;
        (person.Email, _) = (email, _changed.Add(person));
    }

    private Person PersonOf(GivenHolder given)
    {
        if (given.UserId is { } id) return _byId.TryGetValue(id, out var named) ? named : Make(id);
        var known = _ofTickets.TryGetValue(given.TicketId, out var owner) ? _byId.GetValueOrDefault(owner) : null;
        if (known is not null && (Says(known, given) || known is { IsOurs: true, Tickets: <= 1 })) return known;
        if (given.Email is { } email && _byEmail.TryGetValue(email, out var addressed) && addressed.IsOurs && (given.Name is null || addressed.Name is null || addressed.Name == given.Name)) return addressed;
        return Make("p-" + Guid.NewGuid().ToString("N"));
    }

    private static bool Says(Person person, GivenHolder given) => (given.Name is null || given.Name == person.Name) && (given.Email is null || string.Equals(given.Email, person.Email, StringComparison.OrdinalIgnoreCase));

    private Person Make(string id)
    {
        var made = new Person(id) { IsOurs = true };
        _byId[id] = made;
        _changed.Add(made);
        return made;
    }

    private async Task ReadAsync(HeadcountDb db, IQueryable<User> users, long organisation, CancellationToken cancellation)
    {
        var accounts = AccountHolders.In(db);
        var found = await users.AsNoTracking().Select(user => new
        {
            user.UserId, user.Name, user.Email, Tickets = db.Tickets.Count(ticket => ticket.UserId == user.UserId),
            IsAccount = accounts.Any(account => account.UserId == user.UserId),
            IsElsewhere = db.Tickets.Any(ticket => ticket.UserId == user.UserId && db.Events.Any(one => one.EventId == ticket.EventId && one.OrganisationId != organisation)),
        }).ToListAsync(cancellation);
        foreach (var one in found)
        {
            if (_byId.ContainsKey(one.UserId)) continue;
            var person = new Person(one.UserId) { Name = one.Name, Email = one.Email, Tickets = one.Tickets, HadTickets = one.Tickets > 0, IsOurs = !one.IsAccount && !one.IsElsewhere };
            _byId[one.UserId] = person;
            if (person.Email is { } email) _byEmail[email] = person;
        }
    }

    /// <summary>Somebody.</summary>
    internal sealed class Person(string userId)
    {
        public string UserId => userId;

        public string? Name { get; set; }

        public string? Email { get; set; }

        /// <summary>How many tickets are theirs.</summary>
        public int Tickets { get; set; }

        public bool HadTickets { get; init; }

        /// <summary>Whether a list of this organisation may change them.</summary>
        public bool IsOurs { get; init; }
    }
}
