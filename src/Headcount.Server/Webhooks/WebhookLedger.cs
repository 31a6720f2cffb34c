using System.Collections.Concurrent;
using Headcount.Core;
using Headcount.Data;
using Headcount.Engine;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Webhooks;

/// <summary>Writes down, in one transaction, deliveries made from the log with the places they reach, and how attempts went.</summary>
/// <remarks>So nothing is written on the path of a scan, nothing is lost with the process, and what webhooks cost the database does not depend on how many scans there are.
/// What is written is written by the desk's loop; others only say what there is.</remarks>
internal sealed class WebhookLedger(IWriteQueue writes, IScanLog log, WebhookLines lines, WebhookSender sender, DeliveryBook book, WebhookLimits limits)
{
    private readonly ConcurrentDictionary<long, long> _lastSeq = [];
    private readonly List<WebhookAttempt> _attempts = [];

    /// <summary>Whether there was more than was written.</summary>
    public bool HasMore { get; private set; }

    /// <summary>How far the log of an event goes.</summary>
    public void Follow(long eventId, long seq) => _lastSeq[eventId] = seq;

    /// <summary>The last record of an event that is known of; null = it was not asked yet.</summary>
    public long? LastSeq(long eventId) => _lastSeq.TryGetValue(eventId, out var seq) ? seq : null;

    /// <summary>Writes how attempts went.</summary>
    public async Task WriteAttemptsAsync(CancellationToken cancellation)
    {
        sender.TakeAttempts(_attempts);
        if (_attempts.Count == 0) return;
        await writes.WriteAsync(async (db, ct) =>
        {
            foreach (var attempt in Latest()) await attempt.WriteAsync(db, ct);
            return true;
        }, cancellation);
        _attempts.Clear();
    }

    private IEnumerable<WebhookAttempt> Latest() => _attempts.GroupBy(attempt => attempt.DeliveryId).Select(group => group.Last());

    /// <summary>Writes everything that there is to write.</summary>
    public async Task WriteAsync(CancellationToken cancellation)
    {
        sender.TakeAttempts(_attempts);
        var pieces = await ReadLogAsync(cancellation);
        var places = pieces.Where(piece => piece.Rows.Count > 0 || piece.Cursor - piece.Line.WrittenCursor >= limits.PlaceInterval).ToList();
        if (_attempts.Count + places.Count > 0) await WriteAsync(places, cancellation);

        // Deliveries first: what waits for the records before it may go once the cursor has moved.
        foreach (var piece in pieces) piece.Line.MoveCursor(piece.Cursor);
    }

    private async Task WriteAsync(IReadOnlyList<LogPiece> places, CancellationToken cancellation)
    {
        var added = await writes.WriteAsync(async (db, ct) =>
        {
            foreach (var attempt in Latest()) await attempt.WriteAsync(db, ct);
            var rows = await DeliveryBook.SaveAsync(db, [.. places.SelectMany(piece => piece.Rows).Select(item => (book.Row(item.Row.WebhookId, item.Row.Topic, item.Row.Body), item.Seq))], ct);
            foreach (var piece in places) await db.Webhooks.Where(row => row.WebhookId == piece.Line.WebhookId).ExecuteUpdateAsync(set => set.SetProperty(row => row.CursorSeq, piece.Cursor), ct);
            return rows;
        }, cancellation);
        _attempts.Clear();
        foreach (var delivery in added) lines.Queue(delivery);
        foreach (var piece in places) piece.Line.WrittenCursor = piece.Cursor;
    }

    private async Task<List<LogPiece>> ReadLogAsync(CancellationToken cancellation)
    {
        var pieces = new List<LogPiece>();
        var reading = new LogReading(log, book, limits);
        HasMore = false;
        foreach (var line in lines.All)
        {
            // Of an event that nobody opened yet it is not known how far its log goes: it is read until it ends.
            var last = LastSeq(line.EventId);
            var (piece, end) = await reading.NextAsync(line, last ?? long.MaxValue, cancellation);
            if (piece is not null) pieces.Add(piece);
            if (end is { } found && last is null) _lastSeq.TryAdd(line.EventId, found);
            HasMore |= piece is not null && piece.Cursor < (LastSeq(line.EventId) ?? long.MaxValue) && piece.Rows.Count + line.Ready(limits.MostWaiting) < limits.MostWaiting;
        }

        return pieces;
    }

    /// <summary>Deletes what is over, and has been kept for a while for those who want to see or repeat it.</summary>
    public async Task SweepAsync(Instant now, CancellationToken cancellation)
    {
        var before = now + -limits.Kept;
        await writes.WriteAsync((db, ct) => db.WebhookDeliveries.Where(row => row.DeliveredAt < before || row.FailedAt < before).ExecuteDeleteAsync(ct), cancellation);
        foreach (var line in lines.All)
        {
            await writes.WriteAsync(async (db, ct) =>
            {
                var over = db.WebhookDeliveries.Where(row => row.WebhookId == line.WebhookId && (row.DeliveredAt != null || row.FailedAt != null));
                var oldest = await over.OrderByDescending(row => row.DeliveryId).Skip(limits.MostKept).Select(row => (long?)row.DeliveryId).FirstOrDefaultAsync(ct);
                return oldest is null ? 0 : await over.Where(row => row.DeliveryId <= oldest).ExecuteDeleteAsync(ct);
            }, cancellation);
        }
    }
}
