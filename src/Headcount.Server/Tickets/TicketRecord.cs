using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Log;
using Headcount.Data.Model;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Gate;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Tickets;

/// <summary>Everything about one ticket.</summary>
public sealed record TicketRecord
{
    public required string TicketId { get; init; }

    /// <summary>The ticket; null = the register lacks it, and only the log knows it.</summary>
    public TicketRow? Row { get; init; }

    /// <summary>Whose it is; null = nobody's that we know.</summary>
    public User? Holder { get; init; }

    /// <summary>Its stay now; null = it is outside.</summary>
    public Stay? Inside { get; init; }

    /// <summary>Its records in the log, the latest last.</summary>
    public required IReadOnlyList<LogEntry> History { get; init; }

    public required IReadOnlyList<TicketStay> Stays { get; init; }

    public required IReadOnlyList<TicketNote> Notes { get; init; }

    /// <summary>What else its person has at this event.</summary>
    public required IReadOnlyList<string> Others { get; init; }
}

/// <summary>Reads everything about one ticket, for whoever may look tickets up.</summary>
internal sealed class TicketRecords(TicketList list, TicketHistory history, IDbReader reader)
{
    private const int MostOthers = 50;

    public async Task<TicketRecord> FindAsync(Caller caller, string slug, string ticketId, CancellationToken cancellation)
    {
        var (mailbox, there) = await list.AdmitAsync(caller, slug, Right.Supervise, cancellation);
        if (!Names.IsTicketId(ticketId)) throw Unknown(slug, ticketId);
        var (eventId, id) = (mailbox.Settings.EventId, new TicketId(ticketId));
        await using var db = reader.Open();
        var row = await db.Tickets.AsNoTracking().SingleOrDefaultAsync(ticket => ticket.EventId == eventId && ticket.TicketId == ticketId, cancellation);
        var entries = await history.FindAsync(eventId, ticketId, cancellation);
        if (row is null && entries.Count == 0) throw Unknown(slug, ticketId);
        var holder = row?.UserId is { } userId ? await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.UserId == userId, cancellation) : null;
        if (holder is not null && !there.MayOrganise) holder = new User { UserId = "", Name = holder.Name };
        return new TicketRecord
        {
            TicketId = ticketId, Row = row, Holder = holder, History = entries,
            Inside = await mailbox.AskAsync(admission => admission.StayOf(id)),
            Stays = await TicketStays.FindAsync(db, eventId, ticketId, cancellation),
            Notes = await db.TicketNotes.AsNoTracking().Where(note => note.EventId == eventId && note.TicketId == ticketId).OrderByDescending(note => note.NoteId).ToListAsync(cancellation),
            Others = row?.UserId is not { } whose ? [] : await db.Tickets.AsNoTracking().Where(ticket => ticket.UserId == whose && ticket.EventId == eventId && ticket.TicketId != ticketId).OrderBy(ticket => ticket.TicketId).Select(ticket => ticket.TicketId).Take(MostOthers).ToListAsync(cancellation),
        };
    }

    private static ProblemException Unknown(string slug, string ticketId) => new(404, ProblemCodes.NotFound, $"Event '{slug}' has no ticket '{Names.Excerpt(ticketId)}'.");
}
