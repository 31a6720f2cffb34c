using System.Security.Cryptography;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Data.Tickets;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Gate;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Tickets;

/// <summary>What can be done with one ticket. Each call asks whether the caller may; a change holds from the next scan.</summary>
internal sealed class TicketService(TicketList list, EventChanges changes, IWriteQueue writes, TimeProvider time)
{
    // Without letters and digits that are taken for one another.
    private const string IdLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    private const int NewIdLength = 12;

    private Instant Now => time.GetUtcNow();

    /// <summary>Changes a ticket that is as it was read; otherwise nothing is changed, and whoever asks is told.</summary>
    public async Task ChangeAsync(Caller caller, string slug, string ticketId, TicketDraft was, TicketDraft draft, CancellationToken cancellation)
    {
        var (mailbox, _) = await list.AdmitAsync(caller, slug, Right.Organise, cancellation);
        draft = draft.Tidy();
        var (eventId, zone) = (mailbox.Settings.EventId, mailbox.Settings.Zone);
        await changes.ChangeTicketsAsync(mailbox, async (db, ct) =>
        {
            var row = await RowAsync(db, eventId, ticketId, slug, ct);
            var holder = row.UserId is { } userId ? await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.UserId == userId, ct) : null;
            if (TicketDraft.Of(row, holder, zone) != was) throw ChangedMeanwhile(ticketId);
            var fields = new Fields(draft.ToBody(was), TicketEndpoints.Known);
            TicketEndpoints.Apply(fields, row, mailbox.Settings);
            if (draft.Status == "valid" && was.Status == "revoked" && row.ReplacedBy is { } replacement) fields.Wrong("status", $"'{Names.Excerpt(replacement)}' was issued in its place; revoke that one first");
            CheckHolder(fields, draft);
            fields.ThrowIfWrong("The change");
            if (string.Equals(draft.Email, was.Email, StringComparison.OrdinalIgnoreCase)) draft = draft with { Email = was.Email };
            if ((draft.Name, draft.Email) != (was.Name, was.Email)) await SetHolderAsync(db, row, holder, was, draft, ct);
            var newType = await TicketEndpoints.MakeTypeAsync(db, row, ct);
            row.UpdatedAt = Now;
            await db.SaveChangesAsync(ct);
            if (holder is not null && row.UserId != holder.UserId) await People.DropAsync(db, holder.UserId, ct);
            return (true, (IReadOnlyList<Ticket>)[row.ToTicket()], newType);
        }, cancellation);
    }

    /// <summary>Revokes a ticket and issues another one in its place, with the same rights.</summary>
    /// <returns>The id of the new one.</returns>
    public async Task<string> ReissueAsync(Caller caller, string slug, string ticketId, string? newId, CancellationToken cancellation)
    {
        var (mailbox, _) = await list.AdmitAsync(caller, slug, Right.Organise, cancellation);
        var id = string.IsNullOrWhiteSpace(newId) ? RandomNumberGenerator.GetString(IdLetters, NewIdLength) : newId.Trim();
        if (!Names.IsTicketId(id)) throw Wrong("new_id", $"must have 1 to {TicketId.MaxLength} characters");
        var eventId = mailbox.Settings.EventId;
        return await changes.ChangeTicketsAsync(mailbox, async (db, ct) =>
        {
            var row = await RowAsync(db, eventId, ticketId, slug, ct);
            if (row.ReplacedBy is { } before) throw new ProblemException(409, ProblemCodes.Conflict, $"'{Names.Excerpt(before)}' was issued in its place already.");
            if (await db.Tickets.AnyAsync(ticket => ticket.EventId == eventId && ticket.TicketId == id, ct)) throw Wrong("new_id", "is another ticket's already");
            var next = new TicketRow
            {
                EventId = eventId, TicketId = id, UserId = row.UserId, TicketType = row.TicketType, Status = row.Status == TicketStatus.Unpaid ? TicketStatus.Unpaid : TicketStatus.Valid,
                ValidFrom = row.ValidFrom, ValidUntil = row.ValidUntil, Gates = [.. row.Gates], SingleEntry = row.SingleEntry, Replaces = row.TicketId, CreatedAt = Now, UpdatedAt = Now,
            };
            (row.Status, row.ReplacedBy, row.UpdatedAt) = (TicketStatus.Revoked, id, Now);
            db.Tickets.Add(next);
            await db.SaveChangesAsync(ct);
            return (id, (IReadOnlyList<Ticket>)[row.ToTicket(), next.ToTicket()], false);
        }, cancellation);
    }

    /// <summary>Writes a note on a ticket. Supervisors may: it is what they know that the gate should know.</summary>
    public async Task AddNoteAsync(Caller caller, string slug, string ticketId, string text, CancellationToken cancellation)
    {
        var (mailbox, _) = await list.AdmitAsync(caller, slug, Right.Supervise, cancellation);
        text = text.Trim();
        if (text.Length == 0) throw Wrong("note", "is needed");
        if (Names.Characters(text) > TicketLimits.MostNote) throw Wrong("note", $"has {Names.Characters(text)} characters; at most {TicketLimits.MostNote} are allowed");
        var eventId = mailbox.Settings.EventId;
        await writes.WriteAsync(async (db, ct) =>
        {
            await RowAsync(db, eventId, ticketId, slug, ct);
            if (await db.TicketNotes.CountAsync(note => note.EventId == eventId && note.TicketId == ticketId, ct) >= TicketLimits.MostNotes) throw Wrong("note", $"is one too many: a ticket has at most {TicketLimits.MostNotes}");
            db.TicketNotes.Add(new TicketNote { EventId = eventId, TicketId = ticketId, Note = text, By = caller.Name, At = Now });
            return await db.SaveChangesAsync(ct);
        }, cancellation);
    }

    /// <summary>Takes a note away: an organiser any, a supervisor their own.</summary>
    public async Task RemoveNoteAsync(Caller caller, string slug, long noteId, CancellationToken cancellation)
    {
        var (mailbox, there) = await list.AdmitAsync(caller, slug, Right.Supervise, cancellation);
        var eventId = mailbox.Settings.EventId;
        await writes.WriteAsync(async (db, ct) =>
        {
            if (await db.TicketNotes.SingleOrDefaultAsync(note => note.NoteId == noteId && note.EventId == eventId, ct) is not { } note) return 0;
            if (!there.MayOrganise && note.By != caller.Name) throw new ProblemException(403, ProblemCodes.Forbidden, new RequiredRightAttribute(Right.Organise).Missing);
            db.TicketNotes.Remove(note);
            return await db.SaveChangesAsync(ct);
        }, cancellation);
    }

    /// <summary>Scans a ticket by hand: a scan like any other, decided at the gates' own mailbox, and marked with who and why.</summary>
    public async Task<ScanRecord> ScanAsync(Caller caller, string slug, string ticketId, ScanType type, string gate, string reason, bool isOverride, CancellationToken cancellation)
    {
        var (mailbox, _) = await list.AdmitAsync(caller, slug, Right.Supervise, cancellation);
        var wrong = new SortedDictionary<string, string>(StringComparer.Ordinal);
        (gate, reason) = (gate.Trim(), reason.Trim());
        if (gate.Length == 0 || Names.Characters(gate) > GateName.MaxLength) wrong["gate"] = $"must have 1 to {GateName.MaxLength} characters";
        else if (mailbox.Settings.Rules.Gates.Count > 0 && !mailbox.Settings.Rules.Gates.Contains(gate)) wrong["gate"] = $"'{Names.Excerpt(gate)}' is none of the event's gates";
        if (WrongReason(reason) is { } why) wrong["reason"] = why;
        if (!Names.IsTicketId(ticketId)) wrong["ticket_id"] = "is no id of a ticket";
        if (wrong.Count > 0) throw new ProblemException(422, ProblemCodes.Malformed, "The scan cannot be taken.", wrong);
        var answer = await mailbox.SubmitAsync(new ScanRequest(new Scan(new TicketId(ticketId), new GateName(gate), type, Now))
        {
            ByHand = new HandScan(caller.Name, reason), Override = isOverride && type == ScanType.Entry ? new SupervisorOverride(caller.Name, reason) : null,
        });
        return answer.Kind is AnswerKind.Logged or AnswerKind.Repeated ? (ScanRecord)answer.Entry!.Record : throw ScanAnswers.Untaken(mailbox, answer.Kind);
    }

    /// <summary>Takes a scan back: everything is as if it had not been.</summary>
    public async Task AnnulAsync(Caller caller, string slug, long seq, string reason, CancellationToken cancellation)
    {
        var (mailbox, _) = await list.AdmitAsync(caller, slug, Right.Supervise, cancellation);
        if (WrongReason(reason.Trim()) is { } why) throw Wrong("annul-reason", why);
        var answer = await mailbox.AnnulAsync(seq, caller.Name, reason.Trim());
        if (answer.Problem != AnnulmentProblem.None) throw new ProblemException(409, ProblemCodes.Conflict, answer.Problem == AnnulmentProblem.AnnulledBefore ? $"Record {seq} was taken back already." : $"Record {seq} is no scan that can be taken back.");
        if (answer.Kind != AnswerKind.Logged) throw ScanAnswers.Untaken(mailbox, answer.Kind);
    }

    private async Task SetHolderAsync(HeadcountDb db, TicketRow row, User? holder, TicketDraft was, TicketDraft draft, CancellationToken cancellation)
    {
        if (draft is { Name: null, Email: null })
        {
            row.UserId = null;
            return;
        }

        // Whoever only loses something stays who they are, with all their tickets.
        if (holder is not null && (draft.Name is null || draft.Name == was.Name) && (draft.Email is null || draft.Email == was.Email))
        {
            await TakeAwayAsync(db, row, holder, draft, cancellation);
            return;
        }

        var assigned = await Holders.AssignAsync(db, row.EventId, [new GivenHolder(row.TicketId, null, draft.Name, draft.Email)], Now, cancellation);
        if (assigned.EmailsLeftOut > 0) throw Wrong("email", "is somebody else's on this server");
        row.UserId = assigned.UserIds[row.TicketId];
        if (row.UserId == holder?.UserId) await TakeAwayAsync(db, row, holder!, draft, cancellation);
    }

    // What was emptied in the form is taken away from the person.
    private static async Task TakeAwayAsync(HeadcountDb db, TicketRow row, User holder, TicketDraft draft, CancellationToken cancellation)
    {
        var (losesName, losesEmail) = (draft.Name is null && holder.Name is not null, draft.Email is null && holder.Email is not null);
        if (!losesName && !losesEmail) return;
        if (!await Holders.MayChangeAsync(db, row.EventId, holder.UserId, cancellation))
            throw Wrong(losesName ? "name" : "email", "belongs to an account, or to somebody whom another organisation knows, and stays; empty name and e-mail both to take the person off the ticket");
        var user = await db.Users.SingleAsync(one => one.UserId == holder.UserId, cancellation);
        if (losesName) user.Name = null;
        if (losesEmail) user.Email = null;
    }

    private static void CheckHolder(Fields fields, TicketDraft draft)
    {
        if (draft.Name is { } name && (Names.Characters(name) > Names.MostName ? $"has more than {Names.MostName} characters" : Names.WrongName(name)) is { } why) fields.Wrong("name", why);
        if (draft.Email is { } email && !People.IsEmail(email)) fields.Wrong("email", "is no e-mail address");
    }

    private static string? WrongReason(string reason) => reason.Length == 0 ? "is needed" : Names.Characters(reason) > ScanReading.MostReason ? $"has more than {ScanReading.MostReason} characters" : reason.Contains('\0', StringComparison.Ordinal) ? "holds U+0000" : null;

    private static async Task<TicketRow> RowAsync(HeadcountDb db, long eventId, string ticketId, string slug, CancellationToken cancellation) =>
        await db.Tickets.SingleOrDefaultAsync(ticket => ticket.EventId == eventId && ticket.TicketId == ticketId, cancellation)
        ?? throw new ProblemException(404, ProblemCodes.NotFound, $"Event '{slug}' has no ticket '{Names.Excerpt(ticketId)}'.");

    private static ProblemException ChangedMeanwhile(string ticketId) =>
        new(409, ProblemCodes.ChangedMeanwhile, $"Ticket '{Names.Excerpt(ticketId)}' was changed by somebody else since you read it, and nothing of yours was saved.");

    private static ProblemException Wrong(string field, string why) => new(422, ProblemCodes.Malformed, $"{field} {why}.", new Dictionary<string, string> { [field] = why });
}
