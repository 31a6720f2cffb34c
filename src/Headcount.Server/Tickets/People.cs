using System.IO.Compression;
using System.Text.Json;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Data.Tickets;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Gate;
using Headcount.Server.Manage;
using Headcount.Server.Past.Export;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Tickets;

/// <summary>What the law gives people: everything that is kept of them, and to be forgotten. The log keeps its scans, without a name.</summary>
internal sealed class People(TicketList list, EventDirectory directory, EventHost host, EventChanges changes, TicketHistory history, IDbReader reader, IWriteQueue writes, TimeProvider time)
{
    private const int LongestEmail = 254;

    private static readonly string[] ScanColumns = ["event", "seq", "ticket_id", "what", "at", "gate", "device", "outcome", "reason"];
    private static readonly JsonSerializerOptions Indented = new(Wire.Options) { WriteIndented = true };

    private Instant Now => time.GetUtcNow();

    public static bool IsEmail(string text) => text.Length <= LongestEmail && text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at == text.LastIndexOf('@') && at < text.Length - 1 && !text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter));

    /// <summary>Everything about the person of a ticket, at the events of the same organisation: <c>person.json</c> and <c>scans.csv</c>, as a ZIP file.</summary>
    public async Task<byte[]> ExportAsync(Caller caller, string slug, string ticketId, CancellationToken cancellation)
    {
        var (mailbox, _) = await list.AdmitAsync(caller, slug, Right.Organise, cancellation);
        await using var db = reader.Open();
        var row = await RowAsync(db, mailbox.Settings, ticketId, cancellation);
        var user = row.UserId is { } userId ? await db.Users.AsNoTracking().SingleOrDefaultAsync(one => one.UserId == userId, cancellation) : null;
        var tickets = user is null ? [row] : await TicketsOfAsync(db, mailbox.Settings.EventId, user.UserId, cancellation);
        var told = new List<object>();
        var scans = new List<IReadOnlyList<object?>>();
        foreach (var ticket in tickets)
        {
            var at = await host.OpenAsync(ticket.EventId, cancellation) ?? throw EventDirectory.NoSuchEvent(slug);
            var records = await history.FindAsync(ticket.EventId, ticket.TicketId, cancellation);
            told.Add(await TellAsync(db, at, ticket, cancellation));
            scans.AddRange(records.Select(entry => RowOf(at.Settings, entry)));
        }

        var person = new { exported_at = mailbox.Settings.Zone.Format(Now), user_id = user?.UserId, user?.Name, user?.Email, since = user is null ? null : mailbox.Settings.Zone.Format(user.CreatedAt), tickets = told };
        return await ZipAsync(JsonSerializer.SerializeToUtf8Bytes(person, Indented), ExportFiles.Csv([new ExportTable("scans", ScanColumns, scans)]), cancellation);
    }

    /// <summary>Forgets the person of a ticket at every event of the same organisation: their tickets are nobody's, notes on them go, and so does the person, unless they have an account or tickets elsewhere.</summary>
    /// <returns>How many tickets it was, and whether the person is still known for another reason.</returns>
    public async Task<(int Tickets, bool IsStillKnown)> EraseAsync(Caller caller, string slug, string ticketId, CancellationToken cancellation)
    {
        var (mailbox, _) = await list.AdmitAsync(caller, slug, Right.Organise, cancellation);
        string? userId;
        List<TicketRow> tickets;
        await using (var db = reader.Open())
        {
            var row = await RowAsync(db, mailbox.Settings, ticketId, cancellation);
            userId = row.UserId;
            tickets = userId is null ? [row] : await TicketsOfAsync(db, mailbox.Settings.EventId, userId, cancellation);
        }

        // The ticket that one started from comes last: should it break off, the others are still found from it.
        var started = mailbox.Settings.EventId;
        foreach (var ofEvent in tickets.GroupBy(ticket => ticket.EventId).OrderBy(group => group.Key == started))
        {
            if (await host.OpenAsync(ofEvent.Key, cancellation) is { } at) await ForgetAsync(at, [.. ofEvent.Select(ticket => ticket.TicketId)], "erased", isEachTold: true);
        }

        var isGone = userId is null || await writes.WriteAsync((db, ct) => DropAsync(db, userId, ct), CancellationToken.None);
        return (tickets.Count, !isGone);
    }

    /// <summary>Makes tickets nobody's, and takes the notes on them and on their records away. Their scans stay.</summary>
    /// <param name="mailbox">The event.</param>
    /// <param name="ticketIds">The tickets.</param>
    /// <param name="action">What it is called where changes are written down.</param>
    /// <param name="isEachTold">Whether every ticket is written down by itself.</param>
    public Task<int> ForgetAsync(EventMailbox mailbox, string[] ticketIds, string action, bool isEachTold = false) => changes.ChangeTicketsAsync(mailbox, async (db, ct) =>
    {
        var eventId = mailbox.Settings.EventId;
        var noted = await db.TicketNotes.Where(note => note.EventId == eventId && EF.Parameter(ticketIds).Contains(note.TicketId)).ExecuteDeleteAsync(ct);
        noted += await ReviewNotes.EraseAsync(db, eventId, ticketIds, ct);
        var named = await db.Tickets.Where(ticket => ticket.EventId == eventId && ticket.UserId != null && EF.Parameter(ticketIds).Contains(ticket.TicketId)).Select(ticket => ticket.TicketId).ToListAsync(ct);
        if (named.Count == 0)
        {
            if (noted > 0) await db.NoteAsync(action, "person", ticketIds[0], eventId, null, null, ct);
            return (0, (IReadOnlyList<Ticket>)[], false);
        }

        // Written down by the tickets; whose they were is what is to be forgotten.
        var nobodys = await TicketImport.UpsertAsync(db, eventId, [.. named.Select(id => new TicketChange(new Ticket(new TicketId(id)), TicketFields.UserId))], Now, ct, action, isEachTold ? static _ => null : null);
        return (named.Count, nobodys.Tickets, false);
    }, CancellationToken.None);

    /// <summary>Takes a person out of <c>users</c> who has neither a ticket nor an account nor a membership left.</summary>
    public static async Task<bool> DropAsync(HeadcountDb db, string userId, CancellationToken cancellation)
    {
        if (await AccountHolders.In(db).AnyAsync(user => user.UserId == userId, cancellation) || await db.Tickets.AnyAsync(ticket => ticket.UserId == userId, cancellation)) return false;
        await db.Users.Where(user => user.UserId == userId).ExecuteDeleteAsync(cancellation);
        return true;
    }

    // Only where the same organisation knows them: what somebody did at another's events is not this one's to tell.
    private async Task<List<TicketRow>> TicketsOfAsync(HeadcountDb db, long eventId, string userId, CancellationToken cancellation)
    {
        var organisation = directory.TryFind(eventId, out var listed) ? listed.OrganisationId : 0;
        return await db.Tickets.AsNoTracking().Where(ticket => ticket.UserId == userId && db.Events.Any(one => one.EventId == ticket.EventId && one.OrganisationId == organisation))
            .OrderBy(ticket => ticket.EventId).ThenBy(ticket => ticket.TicketId).Take(TicketLimits.MostOfPerson).ToListAsync(cancellation);
    }

    private static async Task<object> TellAsync(HeadcountDb db, EventMailbox at, TicketRow ticket, CancellationToken cancellation)
    {
        var zone = at.Settings.Zone;
        var notes = await db.TicketNotes.AsNoTracking().Where(note => note.EventId == ticket.EventId && note.TicketId == ticket.TicketId).OrderBy(note => note.NoteId).ToListAsync(cancellation);
        var stays = await Data.Log.TicketStays.FindAsync(db, ticket.EventId, ticket.TicketId, cancellation);
        return new
        {
            @event = at.Settings.Slug, event_name = at.Settings.Name, zone = zone.Id, ticket = TicketAnswer.Of(ticket.ToTicket(), zone), ticket.Replaces, ticket.ReplacedBy,
            created_at = zone.Format(ticket.CreatedAt), updated_at = zone.Format(ticket.UpdatedAt),
            stays = stays.Select(stay => new { entered_at = zone.Format(stay.EnteredAt), stay.EntryGate, left_at = stay.LeftAt is { } left ? zone.Format(left) : null, stay.ExitGate }),
            notes = notes.Select(note => new { at = zone.Format(note.At), note.By, note.Note }),
        };
    }

    private static object?[] RowOf(EventSettings settings, LogEntry entry) => entry.Record switch
    {
        ScanRecord scan => [settings.Slug, entry.Seq, scan.Scan.TicketId.Value, scan.Scan.Type.Code(), settings.Zone.Format(scan.CountedAt ?? scan.Scan.Timestamp), scan.Scan.Gate.Value, scan.Scan.DeviceId?.Value, scan.Outcome.ToString().ToLowerInvariant(), scan.Reason == RefusalReason.None ? entry.Note : scan.Reason.Code()],
        Annulment annulment => [settings.Slug, entry.Seq, null, "annulled", settings.Zone.Format(annulment.ReceivedAt!.Value), null, null, null, $"{annulment.Annulled}"],
        _ => [settings.Slug, entry.Seq, null, null, null, null, null, null, null],
    };

    private static async Task<byte[]> ZipAsync(byte[] person, byte[] scans, CancellationToken cancellation)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in new[] { ("person.json", person), ("scans.csv", scans) })
            {
                await using var entry = zip.CreateEntry(name).Open();
                await entry.WriteAsync(bytes, cancellation);
            }
        }

        return file.ToArray();
    }

    private static async Task<TicketRow> RowAsync(HeadcountDb db, EventSettings settings, string ticketId, CancellationToken cancellation) =>
        await db.Tickets.AsNoTracking().SingleOrDefaultAsync(ticket => ticket.EventId == settings.EventId && ticket.TicketId == ticketId, cancellation)
        ?? throw new ProblemException(404, ProblemCodes.NotFound, $"Event '{settings.Slug}' has no ticket '{Names.Excerpt(ticketId)}'.");
}
