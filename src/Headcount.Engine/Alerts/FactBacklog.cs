using Headcount.Core;

namespace Headcount.Engine.Alerts;

/// <summary>Scans that arrive long after they were made, many at once: devices that were offline are coming back, and the figures of the past are changing.</summary>
internal sealed class FactBacklog(AlertBook book, AlertThresholds thresholds)
{
    private static readonly AlertSubject Subject = new(AlertKind.FactBacklog);

    private readonly SlidingCount _late = new(thresholds.LateWithin);
    private Instant _since;
    private Instant? _oldest;
    private long _total;

    public void Open(Instant now)
    {
        _since = now;
        _oldest = book.Find(Subject)?.From;
    }

    /// <summary>A fact came.</summary>
    public void Take(RecordedFact record, Instant at)
    {
        if (at - record.Scan.Timestamp <= thresholds.LateAfter) return;
        _late.Add(at);
        _total++;
        if (_oldest is not { } oldest || record.Scan.Timestamp < oldest) _oldest = record.Scan.Timestamp;
        if (_total <= thresholds.LateFacts || book.IsActive(Subject) || _late.At(at) is var late && late <= thresholds.LateFacts) return;
        book.Raise(Subject, at,
            $"{AlertBook.Number(late)} scans more than {thresholds.LateAfter.TotalMinutes:0} minutes old arrived within {thresholds.LateWithin.TotalSeconds:0} seconds up to {book.Time(at, at)}, the oldest of {book.Time(_oldest.Value, at)}.",
            _oldest);
    }

    public void Tick(Instant now)
    {
        if (_total == 0 && !book.IsActive(Subject)) return;
        var late = _late.At(now);
        if (late <= thresholds.LateOver && now - _since >= thresholds.LateWithin && book.IsActive(Subject))
        {
            var oldest = _oldest is { } instant ? $", the oldest of {book.Time(instant, now)}" : "";
            book.Clear(Subject, now, $"Over at {book.Time(now, now)}: {AlertBook.Number(_total)} in all{oldest}.");
        }

        if (late > 0 || book.IsActive(Subject)) return;
        (_total, _oldest) = (0, null);
    }
}
