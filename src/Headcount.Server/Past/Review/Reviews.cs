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

namespace Headcount.Server.Past.Review;

/// <summary>Something that is not right with a scan, and what became of it.</summary>
/// <param name="Seq">The record.</param>
/// <param name="Kind">The kind of anomaly by its code, or <c>refused</c>.</param>
/// <param name="Reason">Of a refusal: why, by its code.</param>
/// <param name="TicketId">Whose ticket.</param>
/// <param name="Gate">Where.</param>
/// <param name="At">When.</param>
/// <param name="EarlierGate">Where the scan was that it clashes with.</param>
/// <param name="EarlierAt">When that was.</param>
/// <param name="Word">What was said of it last; null = nobody has looked at it.</param>
public sealed record ReviewItem(long Seq, string Kind, string? Reason, string TicketId, string Gate, Instant At, string? EarlierGate, Instant? EarlierAt, ReviewRow? Word)
{
    public bool IsResolved => Word is { IsResolved: true };
}

/// <summary>A page of them, and where the next one begins; null = this is the last.</summary>
public sealed record ReviewPage(IReadOnlyList<ReviewItem> Items, ReviewPlace? Next);

/// <summary>Where a page begins: among anomalies in counted order, among refusals by number, the latest first.</summary>
public readonly record struct ReviewPlace(CountedPlace Counted, long BeforeSeq);

/// <summary>Anomalies and refusals, to be looked at and settled. Each call asks whether the caller may.</summary>
internal sealed class Reviews(EventDirectory directory, EventHost host, IWriteQueue writes, IDbReader reader, TimeProvider time)
{
    public const string Refused = "refused";
    public const int PageSize = 50;
    public const int MostNote = 500;

    // So many scans are looked at before the gates go on: a fraction of a millisecond.
    private const int ScansAtOnce = 1_024;

    /// <summary>A page of what is open, settled, or both (null).</summary>
    public async Task<ReviewPage> FindAsync(Caller caller, string slug, string? kind, bool? isResolved, ReviewPlace? after, CancellationToken cancellation)
    {
        var (listed, _) = directory.Admit(caller, slug, Right.Supervise);
        var mailbox = await host.OpenAsync(listed.EventId, cancellation) ?? throw EventDirectory.NoSuchEvent(slug);
        await using var db = reader.Open();
        var items = new List<ReviewItem>();
        var place = after ?? new ReviewPlace(new CountedPlace(Instant.Min, 0), long.MaxValue);
        ReviewPlace? next = place;
        while (next is { } start && items.Count < PageSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var (found, then) = kind == Refused ? await RefusalsAsync(db, listed.EventId, start, cancellation) : await AnomaliesAsync(mailbox, kind, start);
            var words = await WordsAsync(db, listed.EventId, found, cancellation);
            items.AddRange(found.Select(item => item with { Word = words.GetValueOrDefault((item.Seq, item.Kind)) }).Where(item => isResolved is null || item.IsResolved == isResolved));
            next = then;
        }

        return new ReviewPage(items, next);
    }

    /// <summary>Settles something, or opens it again, with a note.</summary>
    public async Task<ReviewRow> SayAsync(Caller caller, string slug, long seq, string kind, bool isResolved, string? note, CancellationToken cancellation)
    {
        var (listed, _) = directory.Admit(caller, slug, Right.Supervise);
        if (note?.Length > MostNote) throw new ProblemException(422, ProblemCodes.Malformed, $"A note has at most {MostNote} characters.");
        var row = new ReviewRow { EventId = listed.EventId, Seq = seq, Kind = kind, IsResolved = isResolved, Note = string.IsNullOrWhiteSpace(note) ? null : note.Trim(), At = time.GetUtcNow(), By = caller.Name };
        return await writes.WriteAsync(async (db, ct) =>
        {
            db.Reviews.Add(row);
            await db.SaveChangesAsync(ct);
            await db.NoteAsync(isResolved ? "resolved" : "reopened", "review", seq.ToString(CultureInfo.InvariantCulture), listed.EventId, null, [new FieldChange("kind", null, kind)], ct);
            return row;
        }, cancellation);
    }

    private static async Task<(List<ReviewItem>, ReviewPlace?)> AnomaliesAsync(EventMailbox mailbox, string? kind, ReviewPlace start)
    {
        var kinds = kind is not null && Codes.TryParseKind(kind, out var known) ? new HashSet<AnomalyKind> { known } : null;
        var piece = await mailbox.AskAsync(admission => admission.AnomaliesAfter(start.Counted, Instant.Max, ScansAtOnce, PageSize, kinds));
        return (
            [.. piece.Anomalies.Select(one => new ReviewItem(one.Position, one.Kind.Code(), null, one.TicketId.Value, one.Gate.Value, one.Timestamp, one.Earlier?.Gate.Value, one.Earlier?.Timestamp, null))],
            piece.Next is { } next ? start with { Counted = next } : null);
    }

    private static async Task<(List<ReviewItem>, ReviewPlace?)> RefusalsAsync(HeadcountDb db, long eventId, ReviewPlace start, CancellationToken cancellation)
    {
        var page = await LogSearch.FindAsync(db, new LogCriteria { EventId = eventId, Outcome = "rejected", BeforeSeq = start.BeforeSeq }, PageSize, cancellation);
        return (
            [.. page.Records.Select(one => (one.Entry.Seq, Scan: (ScanRecord)one.Entry.Record)).Select(one => new ReviewItem(
                one.Seq, Refused, one.Scan.Reason == RefusalReason.None ? "none" : one.Scan.Reason.Code(), one.Scan.Scan.TicketId.Value, one.Scan.Scan.Gate.Value, Gate.LogFilter.TimeOf(one.Scan), null, null, null))],
            page.IsFull ? start with { BeforeSeq = page.SearchedTo } : null);
    }

    private static async Task<Dictionary<(long, string), ReviewRow>> WordsAsync(HeadcountDb db, long eventId, List<ReviewItem> items, CancellationToken cancellation)
    {
        if (items.Count == 0) return [];
        var seqs = items.Select(item => item.Seq).Distinct().ToArray();
        var rows = await db.Reviews.AsNoTracking().Where(row => row.EventId == eventId && seqs.Contains(row.Seq)).OrderBy(row => row.ReviewId).ToListAsync(cancellation);
        var words = new Dictionary<(long, string), ReviewRow>();
        foreach (var row in rows) words[(row.Seq, row.Kind)] = row;
        return words;
    }
}
