using Headcount.Core;

namespace Headcount.Engine.Alerts;

/// <summary>Many tickets that nobody knows in a short time: forged ones, another event's, or a register that was not imported.</summary>
internal sealed class UnknownBurst(AlertBook book, AlertThresholds thresholds)
{
    private static readonly AlertSubject Subject = new(AlertKind.UnknownBurst);

    private readonly SlidingCount _unknown = new(thresholds.UnknownWithin);
    private readonly SlidingCount _all = new(thresholds.UnknownShareWithin);
    private readonly Queue<string> _gates = new();
    private Instant _since;

    public void Open(Instant now) => _since = now;

    /// <summary>A scan was decided here.</summary>
    public void Take(DecidedScan record, Instant at)
    {
        _all.Add(at);
        if (record.Reason != RefusalReason.UnknownTicket) return;
        _unknown.Add(at);
        if (_gates.Count == thresholds.UnknownTickets) _gates.Dequeue();
        _gates.Enqueue(record.Scan.Gate.Value);
        if (_gates.Count < thresholds.UnknownTickets || book.IsActive(Subject)) return;

        var (unknown, all) = (_unknown.At(at), _all.At(at));
        if (unknown < thresholds.UnknownTickets || unknown * 100L <= (long)all * thresholds.UnknownSharePercent) return;
        var most = _gates.GroupBy(gate => gate, StringComparer.Ordinal).MaxBy(gate => gate.Count())!;
        var where = most.Count() == _gates.Count ? $"all at gate {most.Key}" : $"most of them at gate {most.Key}";
        book.Raise(Subject, at, $"{unknown} tickets that the register lacks were refused within {thresholds.UnknownWithin.TotalSeconds:0} seconds up to {book.Time(at, at)}, {where}.");
    }

    public void Tick(Instant now)
    {
        if (!book.IsActive(Subject) || now - _since < thresholds.UnknownWithin || _unknown.At(now) > thresholds.UnknownOver) return;
        book.Clear(Subject, now, $"Over at {book.Time(now, now)}.");
    }
}
