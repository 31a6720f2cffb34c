using System.Globalization;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Audit;
using Headcount.Data.Log;
using Headcount.Data.Model;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Past.Audit;

/// <summary>Which changes are looked for; what is null asks for nothing.</summary>
public sealed record AuditCriteria
{
    public string? By { get; init; }

    public string? Subject { get; init; }

    public string? Action { get; init; }

    public string? Which { get; init; }

    public Instant? From { get; init; }

    public Instant? Until { get; init; }
}

/// <summary>One change, or one scan by hand.</summary>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="Via">By which way.</param>
/// <param name="Action">What was done.</param>
/// <param name="Subject">With what kind of thing.</param>
/// <param name="Which">Which of them.</param>
/// <param name="Changes">From what to what.</param>
/// <param name="Place">Where the next page begins.</param>
public sealed record AuditLine(Instant At, string By, string Via, string Action, string Subject, string Which, IReadOnlyList<FieldChange> Changes, AuditPlace Place);

/// <summary>A place among the changes, the latest first; at one instant changes come before scans.</summary>
public readonly record struct AuditPlace(long At, bool IsScan, long Number)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At}.{(IsScan ? 1 : 0)}.{Number}");

    public static AuditPlace? Parse(string? text)
    {
        var parts = text?.Split('.') ?? [];
        return parts.Length == 3 && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var at) && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var number) ? new AuditPlace(at, parts[1] == "1", number) : null;
    }
}

/// <summary>Who changed what: changes from the table <c>audit</c>, overrides and what else was done by hand from the log itself, in one list.</summary>
internal sealed class AuditLog(EventDirectory directory, IDbReader reader)
{
    /// <summary>How many lines a page has.</summary>
    public const int PageSize = 50;

    /// <summary>How many lines one file may have.</summary>
    public const int MostExported = 100_000;

    /// <summary>The subjects of what was done by hand at a gate.</summary>
    public const string ScanSubject = "scan";

    /// <summary>A page of what concerns one event.</summary>
    public async Task<IReadOnlyList<AuditLine>> OfEventAsync(Caller caller, string slug, AuditCriteria criteria, AuditPlace? after, int most, CancellationToken cancellation)
    {
        var (listed, _) = directory.Admit(caller, slug, Right.Organise);
        await using var db = reader.Open();
        var changes = await ChangesAsync(db.Audit.AsNoTracking().Where(row => row.EventId == listed.EventId), criteria, after, most, cancellation);
        var scans = criteria.Subject is null or ScanSubject ? await ByHandAsync(db, listed.EventId, criteria, after, most, cancellation) : [];
        return [.. changes.Concat(scans).OrderByDescending(line => line.At.Microseconds).ThenBy(line => line.Place.IsScan).ThenByDescending(line => line.Place.Number).Take(most)];
    }

    /// <summary>A page of what concerns an organisation and no single event; with null, the whole server.</summary>
    public async Task<IReadOnlyList<AuditLine>> OfOrganisationAsync(Caller caller, long? organisationId, AuditCriteria criteria, AuditPlace? after, int most, CancellationToken cancellation)
    {
        var may = organisationId is { } id ? caller.At(id).May(Right.Own) : caller.May(Right.Administer);
        if (!may) throw new ProblemException(403, ProblemCodes.Forbidden, new RequiredRightAttribute(organisationId is null ? Right.Administer : Right.Own).Missing);
        await using var db = reader.Open();
        return await ChangesAsync(db.Audit.AsNoTracking().Where(row => row.EventId == null && row.OrganisationId == organisationId), criteria, after, most, cancellation);
    }

    private static async Task<List<AuditLine>> ChangesAsync(IQueryable<AuditRow> rows, AuditCriteria criteria, AuditPlace? after, int most, CancellationToken cancellation)
    {
        if (criteria.Subject == ScanSubject) return [];
        if (criteria.By is { } by) rows = rows.Where(row => row.By == by);
        if (criteria.Subject is { } subject) rows = rows.Where(row => row.Subject == subject);
        if (criteria.Action is { } action) rows = rows.Where(row => row.Action == action);
        if (criteria.Which is { } which) rows = rows.Where(row => row.SubjectId == which);
        if (criteria.From is { } from) rows = rows.Where(row => row.At >= from);
        if (criteria.Until is { } until) rows = rows.Where(row => row.At < until);
        if (after is { } place)
        {
            var at = new Instant(place.At);
            rows = place.IsScan ? rows.Where(row => row.At < at) : rows.Where(row => row.At <= at && !(row.At == at && row.AuditId >= place.Number));
        }

        var found = await rows.OrderByDescending(row => row.At).ThenByDescending(row => row.AuditId).Take(most).ToListAsync(cancellation);
        return found.ConvertAll(row => new AuditLine(row.At, row.By, row.Via, row.Action, row.Subject, row.SubjectId, FieldChange.Read(row.Changes), new AuditPlace(row.At.Microseconds, false, row.AuditId)));
    }

    private static async Task<List<AuditLine>> ByHandAsync(HeadcountDb db, long eventId, AuditCriteria criteria, AuditPlace? after, int most, CancellationToken cancellation)
    {
        var lines = new List<AuditLine>();
        var before = after is { IsScan: true } place ? place.Number : long.MaxValue;
        while (lines.Count < most)
        {
            var page = await LogSearch.FindAsync(db, new LogCriteria { EventId = eventId, IsByHand = true, BeforeSeq = before }, most, cancellation);
            foreach (var record in page.Records)
            {
                var line = LineOf(record.Entry);
                if (after is { } shown && line.At.Microseconds > shown.At || line.At >= criteria.Until) continue;
                if (line.At < criteria.From) return lines;
                if ((criteria.By is null || line.By == criteria.By) && (criteria.Action is null || line.Action == criteria.Action) && (criteria.Which is null || line.Which == criteria.Which)) lines.Add(line);
            }

            if (!page.IsFull) break;
            before = page.SearchedTo;
        }

        return lines;
    }

    private static AuditLine LineOf(LogEntry entry)
    {
        var place = new AuditPlace(entry.Record.ReceivedAt!.Value.Microseconds, true, entry.Seq);
        var at = entry.Record.ReceivedAt.Value;
        FieldChange[] note = entry.Note is { } text ? [new FieldChange("reason", null, text)] : [];
        return entry.Record switch
        {
            Annulment annulment => new AuditLine(at, entry.By ?? "", "log", "annulled", ScanSubject, annulment.Annulled.ToString(CultureInfo.InvariantCulture), note, place),
            DayClosing closing => new AuditLine(at, entry.By ?? "", "log", "day_closed", ScanSubject, entry.Seq.ToString(CultureInfo.InvariantCulture), [new FieldChange("at", null, Zone.Utc.Format(closing.At))], place),
            ScanRecord { Override: { } word } scan => new AuditLine(at, word.By, "log", "override", ScanSubject, scan.Scan.TicketId.Value, [new FieldChange("reason", null, word.Reason), .. ScanOf(scan)], place),
            ScanRecord scan => new AuditLine(at, entry.By ?? "", "log", "by_hand", ScanSubject, scan.Scan.TicketId.Value, [.. note, .. ScanOf(scan)], place),
            _ => throw new InvalidOperationException($"Record {entry.Seq} is of no kind that is known."),
        };
    }

    private static FieldChange[] ScanOf(ScanRecord scan) => [new("scan_type", null, scan.Scan.Type.Code()), new("gate", null, scan.Scan.Gate.Value), new("outcome", null, scan.Outcome.Code())];
}
