using Headcount.Core;

namespace Headcount.Data.Verification;

/// <summary>The last scan of every ticket that counts and was not taken back, from the records of a log.</summary>
internal sealed class LastScans
{
    private readonly List<(TicketId Ticket, Instant At, long Seq)> _scans = [];
    private readonly HashSet<long> _takenBack = [];

    public void Take(LogRecord record)
    {
        switch (record)
        {
            case ScanRecord { CountedAt: { } at } scan:
                _scans.Add((scan.Scan.TicketId, at, scan.Seq));
                break;
            case Annulment annulment:
                _takenBack.Add(annulment.Annulled);
                break;
        }
    }

    public IEnumerable<(TicketId Ticket, long Seq)> Found()
    {
        var last = new Dictionary<TicketId, (Instant At, long Seq)>();
        foreach (var (ticket, at, seq) in _scans)
        {
            if (_takenBack.Contains(seq)) continue;
            if (!last.TryGetValue(ticket, out var known) || (at, seq).CompareTo(known) > 0) last[ticket] = (at, seq);
        }

        return last.Select(scan => (scan.Key, scan.Value.Seq));
    }
}
