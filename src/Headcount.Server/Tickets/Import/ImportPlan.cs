using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Data.Tickets;
using Headcount.Engine;
using Headcount.Server.Languages;
using Headcount.Server.Manage;
using Headcount.Server.Office;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Tickets.Import;

/// <summary>What a row would change of a ticket that is there.</summary>
public sealed record PlannedChange(int Row, string TicketId, IReadOnlyList<(string Field, string From, string To)> Fields);

/// <summary>What a list would do, before anything of it is done.</summary>
public sealed class ImportPlan
{
    /// <summary>How many changes are shown one by one.</summary>
    public const int MostShown = 20;

    private readonly List<ImportedRow> _rows = [];
    private readonly List<RefusedRow> _refused = [];
    private readonly List<PlannedChange> _shown = [];
    private readonly List<string> _new = [];
    private readonly SortedSet<string> _newTypes = new(StringComparer.Ordinal);

    /// <summary>The rows that are to be written.</summary>
    public IReadOnlyList<ImportedRow> Rows => _rows;

    public int New { get; private set; }

    public int Changed { get; private set; }

    public int Unchanged { get; private set; }

    /// <summary>How many numbers of persons are not taken, because they are people's whom the organisation does not know.</summary>
    public int UserIdsLeftOut { get; private set; }

    public IReadOnlyList<RefusedRow> Refused => _refused;

    /// <summary>The first changes.</summary>
    public IReadOnlyList<PlannedChange> Shown => _shown;

    /// <summary>The first new tickets.</summary>
    public IReadOnlyList<string> FirstNew => _new;

    /// <summary>Types that the event lacks, and that are made.</summary>
    public IReadOnlyCollection<string> NewTypes => _newTypes;

    internal static async Task<ImportPlan> MakeAsync(ImportSheet sheet, ImportField[] fields, EventSettings settings, IDbReader reader, CancellationToken cancellation)
    {
        var plan = new ImportPlan();
        var reading = new ImportReading(settings, fields);
        foreach (var rows in sheet.Rows.Chunk(TicketImport.ChunkSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var understood = new List<ImportedRow>(rows.Length);
            foreach (var row in rows)
            {
                var (read, refused) = reading.Read(row);
                if (read is not null) understood.Add(read);
                if (refused is not null) plan._refused.Add(refused);
            }

            await using var db = reader.Open();
            await plan.CompareAsync(db, settings, understood, cancellation);
        }

        return plan;
    }

    private async Task CompareAsync(HeadcountDb db, EventSettings settings, List<ImportedRow> rows, CancellationToken cancellation)
    {
        string[] ids = [.. rows.Select(row => row.Holder.TicketId)];
        var known = (await (from ticket in db.Tickets.AsNoTracking()
                            where ticket.EventId == settings.EventId && EF.Parameter(ids).Contains(ticket.TicketId)
                            join user in db.Users on ticket.UserId equals user.UserId into users
                            from holder in users.DefaultIfEmpty()
                            select new { Ticket = ticket, Name = (string?)holder!.Name, Email = (string?)holder!.Email }).ToListAsync(cancellation)).ToDictionary(row => row.Ticket.TicketId, StringComparer.Ordinal);
        var strangers = await Holders.StrangersAsync(db, settings.EventId, [.. rows.Select(row => row.Holder.UserId).OfType<string>()], cancellation);
        foreach (var read in rows)
        {
            var isStranger = read.Holder.UserId is { } person && strangers.Contains(person);
            if (isStranger) UserIdsLeftOut++;
            var row = isStranger ? read with { Holder = read.Holder with { UserId = null } } : read;
            var type = row.Change.Ticket.TicketType;
            if (!known.TryGetValue(row.Holder.TicketId, out var before))
            {
                if (type is not null && !settings.Rules.TicketTypes.ContainsKey(type)) _newTypes.Add(type);
                New++;
                if (_new.Count < MostShown) _new.Add(row.Holder.TicketId);
                _rows.Add(row);
                continue;
            }

            // An old list must not make a ticket good again in whose place another one was issued.
            if (before.Ticket.ReplacedBy is { } replacement && row.Revives(before.Ticket.Status, replacement))
            {
                _refused.Add(new RefusedRow(row.Row, Names.Excerpt(row.Holder.TicketId), Words.Of("import.why.replaced", Names.Excerpt(replacement))));
                continue;
            }

            var changes = Differences(row, before.Ticket, before.Name, before.Email, settings.Zone);
            if (changes.Count == 0)
            {
                Unchanged++;
                continue;
            }

            if (type is not null && !settings.Rules.TicketTypes.ContainsKey(type)) _newTypes.Add(type);
            Changed++;
            if (_shown.Count < MostShown) _shown.Add(new PlannedChange(row.Row, row.Holder.TicketId, changes));
            _rows.Add(row with { SeenAt = before.Ticket.UpdatedAt });
        }
    }

    private static List<(string Field, string From, string To)> Differences(ImportedRow row, TicketRow before, string? name, string? email, Zone zone)
    {
        var (ticket, given) = row.Change;
        var found = new List<(string, string, string)>();
        Compare(TicketFields.TicketType, "type", before.TicketType, ticket.TicketType);
        Compare(TicketFields.Status, "status", TicketAnswer.WordOf(before.Status), TicketAnswer.WordOf(ticket.Status));
        Compare(TicketFields.ValidFrom, "valid_from", Say(before.ValidFrom), Say(ticket.ValidFrom));
        Compare(TicketFields.ValidUntil, "valid_until", Say(before.ValidUntil), Say(ticket.ValidUntil));
        Compare(TicketFields.Gates, "gates", string.Join(", ", before.Gates), string.Join(", ", ticket.Gates));
        Compare(TicketFields.SingleEntry, "single_entry", before.SingleEntry ? "1" : "0", ticket.SingleEntry ? "1" : "0");
        if (row.Holder.Name is { } newName && newName != name) found.Add(("name", name ?? "–", newName));
        if (row.Holder.Email is { } newEmail && !string.Equals(newEmail, email, StringComparison.OrdinalIgnoreCase)) found.Add(("email", email ?? "–", newEmail));
        if (row.Holder.UserId is { } newUser && newUser != before.UserId) found.Add(("user_id", before.UserId ?? "–", newUser));
        return found;

        void Compare(TicketFields field, string called, string? from, string? to)
        {
            if ((given & field) != 0 && (from ?? "") != (to ?? "")) found.Add((called, string.IsNullOrEmpty(from) ? "–" : from, string.IsNullOrEmpty(to) ? "–" : to));
        }

        string? Say(Instant? instant) => instant is { } known ? LocalTime.Say(known, zone) : null;
    }
}
