using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Data.Tickets;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Gate;
using Headcount.Server.Problems;
using Headcount.Server.Tickets;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Manage;

/// <summary>One ticket changed.</summary>
internal sealed class TicketEndpoints(EventChanges changes, TimeProvider time)
{
    internal static readonly HashSet<string> Known = ["ticket_id", "ticket_type", "user_id", "status", "valid_from", "valid_until", "gates", "single_entry"];

    public async Task ChangeAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        var id = TicketPath.IdOf(context);
        var body = await Fields.ReadBodyAsync(context);
        var ticket = await changes.ChangeTicketsAsync(mailbox, async (db, ct) =>
        {
            var row = await db.Tickets.SingleOrDefaultAsync(ticket => ticket.EventId == mailbox.Settings.EventId && ticket.TicketId == id, ct)
                ?? throw new ProblemException(StatusCodes.Status404NotFound, ProblemCodes.NotFound, $"Event '{mailbox.Settings.Slug}' has no ticket '{Names.Excerpt(id)}'.");
            var fields = new Fields(body, Known);
            var before = row.UserId;
            Apply(fields, row, mailbox.Settings);
            if (row.UserId is { } given && given != before && (await Holders.StrangersAsync(db, row.EventId, [given], ct)).Count > 0) fields.Wrong("user_id", "is somebody whom your organisation does not know: an account, or a guest of another one");
            fields.ThrowIfWrong("The change");
            var newType = await MakeTypeAsync(db, row, ct);
            await MakeUserAsync(db, row, ct);
            row.UpdatedAt = Instant.FromDateTimeOffset(time.GetUtcNow());
            await db.SaveChangesAsync(ct);
            if (before is not null && before != row.UserId) await People.DropAsync(db, before, ct);
            var changed = row.ToTicket();
            return (changed, (IReadOnlyList<Ticket>)[changed], newType);
        }, context.RequestAborted);
        await context.AnswerAsync(TicketAnswer.Of(ticket, mailbox.Settings.Zone));
    }

    internal static void Apply(Fields fields, TicketRow row, EventSettings settings)
    {
        if (fields.Has("ticket_id") && fields.Text("ticket_id", TicketId.MaxLength) is { } id && id != row.TicketId) fields.Wrong("ticket_id", "cannot be changed; revoke the ticket and import another one");
        if (fields.Has("status"))
        {
            if (fields.Word("status", "valid", "revoked", "unpaid") is { } word && TicketAnswer.TryParse(word, out var status)) row.Status = status;
        }

        if (fields.Has("ticket_type")) row.TicketType = fields.Text("ticket_type", Names.MostType);
        if (fields.Has("user_id")) row.UserId = fields.Text("user_id", MostUserId);
        if (fields.Has("valid_from")) row.ValidFrom = fields.Time("valid_from", settings.Zone);
        if (fields.Has("valid_until")) row.ValidUntil = fields.Time("valid_until", settings.Zone);
        if (row.ValidFrom >= row.ValidUntil) fields.Wrong("valid_until", "is not after valid_from");
        if (fields.Has("single_entry")) row.SingleEntry = fields.Flag("single_entry") ?? false;
        if (!fields.Has("gates")) return;
        row.Gates = [.. fields.Texts("gates", EventForm.MostGates, GateName.MaxLength) ?? []];
        var missing = settings.Rules.Gates.Count == 0 ? null : row.Gates.FirstOrDefault(gate => !settings.Rules.Gates.Contains(gate));
        if (missing is not null) fields.Wrong("gates", $"'{Names.Excerpt(missing)}' is none of the event's gates");
    }

    private const int MostUserId = 128;

    internal static async Task<bool> MakeTypeAsync(HeadcountDb db, TicketRow row, CancellationToken cancellation)
    {
        if (row.TicketType is not { } type || await db.Set<TicketTypeRow>().AnyAsync(known => known.EventId == row.EventId && known.Name == type, cancellation)) return false;
        db.Add(new TicketTypeRow { EventId = row.EventId, Name = type });
        return true;
    }

    private async Task MakeUserAsync(HeadcountDb db, TicketRow row, CancellationToken cancellation)
    {
        if (row.UserId is not { } user || await db.Users.AnyAsync(known => known.UserId == user, cancellation)) return;
        db.Users.Add(new User { UserId = user, CreatedAt = Instant.FromDateTimeOffset(time.GetUtcNow()) });
    }
}
