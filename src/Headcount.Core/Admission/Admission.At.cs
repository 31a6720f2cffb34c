namespace Headcount.Core;

/// <summary>A time over which more people were inside than the venue allows.</summary>
/// <param name="From">From when (inclusive).</param>
/// <param name="Until">Until when (exclusive); null = it still is so.</param>
/// <param name="Peak">The greatest occupancy in it.</param>
public readonly record struct OverCapacity(Instant From, Instant? Until, long Peak);

public sealed partial class Admission
{
    // Built when it is first asked for, and kept up from then on.
    private CountedOrder Order => _order ??= new CountedOrder(_history, IndexGrain);

    /// <summary>How finely the index of time is divided.</summary>
    internal CountedOrder.Grain IndexGrain { get; init; } = CountedOrder.Grain.Usual;

    /// <summary>How many were inside at an instant, and where they had come in.</summary>
    /// <param name="at">The instant; a stay is half-open: present at the instant of the entry, gone at that of the exit.</param>
    /// <param name="asOfSeq">Null: with all that is known now. Otherwise as the log stood after that record; 0 = empty. This walks the whole log.</param>
    /// <exception cref="ArgumentOutOfRangeException">The log has no record of that number.</exception>
    public OccupancyReport At(Instant at, long? asOfSeq = null)
    {
        if (asOfSeq is not { } seq || seq == LastSeq)
            return Order.At(at.Microseconds).Report(new Intake(_scans, 0, 0, 0), at, _cells, GateName);
        ArgumentOutOfRangeException.ThrowIfNegative(seq, nameof(asOfSeq));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seq, LastSeq, nameof(asOfSeq));
        return AsOf((int)seq).At(at);
    }

    /// <summary>How many were inside at an instant: the number alone.</summary>
    public long OccupancyAt(Instant at) => Order.OccupancyAt(at.Microseconds);

    /// <summary>The last record that was taken at or before an instant, for <c>as_of</c>; 0 = none.</summary>
    /// <exception cref="InvalidOperationException">The records are of a stream, and do not say when they were taken.</exception>
    public long SeqAt(Instant receivedAt)
    {
        if (_isStream) throw new InvalidOperationException("The scans of a stream do not say when they were taken.");
        var (low, high) = (0, _history.Count);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (_history.Other(middle) <= receivedAt.Microseconds)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>When, since an instant, more people were inside than the capacity that holds now: what facts that come late may bring to light.</summary>
    public IReadOnlyList<OverCapacity> CapacityExceeded(Instant from)
    {
        var found = new List<OverCapacity>();
        Note(from.Microseconds, Order.OccupancyAt(from.Microseconds));
        foreach (var (instant, occupancy) in Order.After(from.Microseconds)) Note(instant, occupancy);
        return found;

        void Note(long instant, long occupancy)
        {
            var isOpen = found.Count > 0 && found[^1].Until is null;
            if (occupancy > _rules.Capacity)
            {
                if (isOpen)
                    found[^1] = found[^1] with { Peak = Math.Max(found[^1].Peak, occupancy) };
                else
                    found.Add(new OverCapacity(new Instant(instant), null, occupancy));
            }
            else if (isOpen)
            {
                found[^1] = found[^1] with { Until = new Instant(instant) };
            }
        }
    }

    /// <summary>The same venue after its first records only.</summary>
    private Admission AsOf(int records)
    {
        var then = new Admission(_rules, _termsOf, _tickets, _gates, _cells, _isStream);
        for (var row = 0; row < records; row++)
        {
            var flags = _history.Flags(row) & ~(HistoryFlags.Annulled | HistoryFlags.First);
            if ((flags & HistoryFlags.Scan) != 0)
                then.AppendScan(_history.Ticket(row), _history.Cell(row), _history.Instant(row), _history.Other(row), flags);
            else if ((flags & HistoryFlags.Closing) != 0)
                then.AppendClosing(_history.Instant(row), _history.Other(row));
            else
                then.AppendAnnulment(_history.Ticket(row), _history.Other(row));
        }

        return then;
    }
}
