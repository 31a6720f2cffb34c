using System.Runtime.InteropServices;

namespace Headcount.Core;

public sealed partial class ScanLedger
{
    private int _settledRows = -1;
    private int _settledAnnulments;

    // The rows of the tickets whose rows came out of order, ticket by ticket, each in counted order; where each ticket's begin.
    private int[] _order = [];
    private int[] _orderStarts = [0];

    // One ticket at a time: it is used again for the next.
    private readonly List<int> _rowsOfTicket = [];

    private const int MostInsertionSorted = 32;

    /// <summary>Does what can only be done once scans are in: takes annulled ones out, brings order into tickets without, finds repeats there, gives directions.</summary>
    private void Settle()
    {
        if (!_closingsAreSorted) _closings.Sort();
        _closingsAreSorted = true;
        if (_settledRows == _rows.Count && _settledAnnulments == _annulledSeqs.Count) return;
        Annul();
        Order();
        for (var i = 0; i < _disordered.Count; i++)
        {
            if (i + 1 < _disordered.Count) Prefetch(OrderedRows(i + 1));
            var rows = OrderedRows(i);
            if (SortByTime(rows)) FlagRepeats(rows);
        }

        if (Mode == LedgerMode.Alternating) Alternate();
        _settledRows = _rows.Count;
        _settledAnnulments = _annulledSeqs.Count;
    }

    private void Annul()
    {
        if (_annulledSeqs.Count == 0) return;
        for (var row = 0; row < _rows.Count; row++)
        {
            var seq = _rows.Seq(row);
            if (seq != 0 && _annulledSeqs.Contains(seq)) _rows.Flag(row, RowFlags.Annulled);
        }
    }

    // How many tickets' rows are followed at once: to the row before, memory answers late, and for all of them at the same time.
    private const int FollowedAtOnce = 16;

    // How many tickets are put in order at a time.
    private const int OrderedAtATime = 4096;

    // Puts the rows of each disordered ticket together, in order of arrival.
    private void Order()
    {
        if (_disordered.Count == 0) return;
        _orderStarts = new int[_disordered.Count + 1];
        var order = new int[Math.Max(64, _disordered.Count * 4)];
        var followed = new FollowedRow[64];
        for (var first = 0; first < _disordered.Count; first += OrderedAtATime)
        {
            var end = Math.Min(first + OrderedAtATime, _disordered.Count);
            var found = Follow(first, end, ref followed);
            foreach (ref readonly var one in found) _orderStarts[one.Disordered + 1]++;
            for (var i = first; i < end; i++) _orderStarts[i + 1] += _orderStarts[i];
            if (_orderStarts[end] > order.Length) Array.Resize(ref order, Math.Max(_orderStarts[end], (int)Math.Min(order.Length * 2L, Array.MaxLength)));
            Place(found, order, first, end);
        }

        _order = order;
    }

    // A row, and which of the disordered tickets it is of.
    private readonly record struct FollowedRow(int Disordered, int Row);

    // The rows of some tickets, of each the latest first.
    private ReadOnlySpan<FollowedRow> Follow(int first, int end, ref FollowedRow[] found)
    {
        Span<FollowedRow> at = stackalloc FollowedRow[FollowedAtOnce];
        var (count, active) = (0, 0);
        while (true)
        {
            for (; active < FollowedAtOnce && first < end; first++) at[active++] = Fetched(first, _ticketRows[_disordered[first]].Latest);
            if (active == 0) return found.AsSpan(0, count);
            if (count + active > found.Length) Array.Resize(ref found, found.Length * 2);
            for (var i = active - 1; i >= 0; i--)
            {
                found[count++] = at[i];
                var earlier = _rows.Earlier(at[i].Row);
                at[i] = earlier >= 0 ? Fetched(at[i].Disordered, earlier) : at[--active];
            }
        }

        FollowedRow Fetched(int disordered, int row)
        {
            _rows.Prefetch(row);
            return new FollowedRow(disordered, row);
        }
    }

    private void Place(ReadOnlySpan<FollowedRow> found, int[] order, int first, int end)
    {
        Span<int> ends = _orderStarts.AsSpan(first + 1, end - first).ToArray();
        foreach (ref readonly var one in found) order[--ends[one.Disordered - first]] = one.Row;
    }

    private Span<int> OrderedRows(int disordered) => _order.AsSpan(_orderStarts[disordered], _orderStarts[disordered + 1] - _orderStarts[disordered]);

    // By instant; rows of one instant stay in order of arrival. True where there may be such.
    private bool SortByTime(Span<int> rows)
    {
        if (rows.Length > MostInsertionSorted)
        {
            rows.Sort(CompareCounted);
            return true;
        }

        Span<long> instants = stackalloc long[rows.Length];
        for (var i = 0; i < rows.Length; i++) instants[i] = _rows.Instant(rows[i]);
        for (var i = 1; i < rows.Length; i++)
        {
            var (instant, row) = (instants[i], rows[i]);
            var at = i;
            for (; at > 0 && instants[at - 1] > instant; at--) (instants[at], rows[at]) = (instants[at - 1], rows[at - 1]);
            (instants[at], rows[at]) = (instant, row);
        }

        for (var i = 1; i < instants.Length; i++)
        {
            if (instants[i] == instants[i - 1]) return true;
        }

        return false;
    }

    // Among rows of one instant, the first to arrive of those that are alike stands.
    private void FlagRepeats(ReadOnlySpan<int> rows)
    {
        for (var start = 0; start < rows.Length;)
        {
            var end = start + 1;
            while (end < rows.Length && _rows.Instant(rows[end]) == _rows.Instant(rows[start])) end++;
            if (end - start > 1) FlagAlike(rows[start..end]);
            start = end;
        }
    }

    private void FlagAlike(ReadOnlySpan<int> rows)
    {
        var alike = _rowsOfTicket;
        alike.Clear();
        foreach (var row in rows)
        {
            if ((_rows.Flags(row) & (RowFlags.Keyed | RowFlags.Repeated)) == 0) alike.Add(row);
        }

        if (alike.Count > 2) alike.Sort(CompareContent);
        for (var i = 1; i < alike.Count; i++)
        {
            if (CompareAlike(alike[i - 1], alike[i]) != 0) continue;
            _rows.Flag(alike[i], RowFlags.Repeated);
            _repeated++;
        }
    }

    private int CompareContent(int one, int other)
    {
        var order = CompareAlike(one, other);
        return order != 0 ? order : one.CompareTo(other);
    }

    private int CompareAlike(int one, int other)
    {
        var order = _rows.Gate(one).CompareTo(_rows.Gate(other));
        if (order == 0) order = _rows.DeviceOrGate(one).CompareTo(_rows.DeviceOrGate(other));
        if (order == 0) order = _rows.Seq(one).CompareTo(_rows.Seq(other));
        if (order == 0 && Mode != LedgerMode.Alternating) order = (int)_rows.Type(one) - (int)_rows.Type(other);
        return order;
    }

    /// <summary>A ticket's scans go in, out, in, … in counted order.</summary>
    private void Alternate()
    {
        for (var i = 0; i < _disordered.Count; i++) Alternate(OrderedRows(i));
        for (var ticket = 0; ticket < _tickets.Count; ticket++)
        {
            if (!_ticketRows[ticket].IsUnsettled) Alternate(RowsInArrivalOrder(ticket));
        }
    }

    private void Alternate(ReadOnlySpan<int> rows)
    {
        var exit = false;
        foreach (var row in rows)
        {
            if ((_rows.Flags(row) & RowFlags.Uncounted) != 0) continue;
            _rows.SetExit(row, exit);
            exit = !exit;
        }
    }

    private int CompareCounted(int one, int other)
    {
        var order = _rows.Instant(one).CompareTo(_rows.Instant(other));
        return order != 0 ? order : one.CompareTo(other);
    }

    /// <summary>The rows of a ticket in order of arrival; good until the next call.</summary>
    private ReadOnlySpan<int> RowsInArrivalOrder(int ticket)
    {
        var rows = _rowsOfTicket;
        rows.Clear();
        for (var row = _ticketRows[ticket].Latest; row >= 0; row = _rows.Earlier(row)) rows.Add(row);
        rows.Reverse();
        return CollectionsMarshal.AsSpan(rows);
    }
}
