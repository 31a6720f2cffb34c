using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Streams;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Manage;

/// <summary>Puts tickets into the database, new ones and known ones; of known ones, what is not said stays as it is.</summary>
internal static class TicketUpsert
{
    public static async Task<((long Created, long Updated, IReadOnlyList<string> NewTypes) Result, IReadOnlyList<Ticket> Tickets, bool NewTypes)> RunAsync(
        HeadcountDb db, long eventId, IReadOnlyCollection<GivenTicket> given, Instant now, CancellationToken cancellation)
    {
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        var ids = given.Select(ticket => ticket.TicketId.Value).ToList();
        var known = await db.Tickets.Where(row => row.EventId == eventId && ids.Contains(row.TicketId)).ToDictionaryAsync(row => row.TicketId, StringComparer.Ordinal, cancellation);
        var newTypes = await MakeTypesAsync(db, eventId, given, cancellation);
        await MakeUsersAsync(db, given, now, cancellation);
        var rows = new List<TicketRow>(given.Count);
        foreach (var ticket in given)
        {
            if (!known.TryGetValue(ticket.TicketId.Value, out var row))
            {
                row = new TicketRow { EventId = eventId, TicketId = ticket.TicketId.Value, CreatedAt = now };
                db.Tickets.Add(row);
            }

            Apply(ticket, row, now);
            rows.Add(row);
        }

        db.ChangeTracker.DetectChanges();
        await db.SaveChangesAsync(cancellation);
        return ((given.Count - known.Count, known.Count, newTypes), rows.ConvertAll(row => row.AsTicket()), newTypes.Count > 0);
    }

    private static void Apply(GivenTicket ticket, TicketRow row, Instant now)
    {
        row.TicketType = ticket.TicketType ?? row.TicketType;
        row.UserId = ticket.UserId ?? row.UserId;
        row.Status = ticket.Status ?? row.Status;
        row.ValidFrom = ticket.ValidFrom ?? row.ValidFrom;
        row.ValidUntil = ticket.ValidUntil ?? row.ValidUntil;
        if (ticket.Gates is { } gates) row.Gates = [.. gates.Select(gate => gate.Value)];
        row.SingleEntry = ticket.SingleEntry ?? row.SingleEntry;
        row.UpdatedAt = now;
    }

    private static async Task<List<string>> MakeTypesAsync(HeadcountDb db, long eventId, IEnumerable<GivenTicket> given, CancellationToken cancellation)
    {
        var named = given.Select(ticket => ticket.TicketType).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var types = db.Set<TicketTypeRow>();
        var known = await types.Where(type => type.EventId == eventId && named.Contains(type.Name)).Select(type => type.Name).ToListAsync(cancellation);
        var made = named.Except(known, StringComparer.Ordinal).ToList();
        types.AddRange(made.Select(name => new TicketTypeRow { EventId = eventId, Name = name }));
        return made;
    }

    private static async Task MakeUsersAsync(HeadcountDb db, IEnumerable<GivenTicket> given, Instant now, CancellationToken cancellation)
    {
        var named = given.Select(ticket => ticket.UserId).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (named.Count == 0) return;
        var known = await db.Users.Where(user => named.Contains(user.UserId)).Select(user => user.UserId).ToListAsync(cancellation);
        db.Users.AddRange(named.Except(known, StringComparer.Ordinal).Select(id => new User { UserId = id, CreatedAt = now }));
    }
}
