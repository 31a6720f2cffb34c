namespace Headcount.Core;

public sealed partial class ScanLedger
{
    /// <summary>Does what can only be done once scans are in: finds repeats among scans out of order, takes annulled ones out, gives directions.</summary>
    private void Settle()
    {
        if (_settledRows == _rows.Count && _settledAnnulments == _annulledSeqs.Count) return;
        Annul();
        foreach (var ticket in _disordered) FlagRepeats(ticket);
        if (Mode == LedgerMode.Alternating) Alternate();
        _settledRows = _rows.Count;
        _settledAnnulments = _annulledSeqs.Count;
    }

    private int _settledAnnulments;

    private void Annul()
    {
        if (_annulledSeqs.Count == 0) return;
        for (var row = 0; row < _rows.Count; row++)
        {
            var seq = _rows.Seq(row);
            if (seq != 0 && _annulledSeqs.Contains(seq)) _rows.Flag(row, RowFlags.Annulled);
        }
    }

    private void FlagRepeats(int ticket)
    {
        var rows = RowsOf(ticket, RowFlags.Keyed | RowFlags.Repeated);
        if (rows.Count < 2) return;

        // Alike rows side by side, the first to arrive in front.
        rows.Sort(CompareContent);
        for (var i = 1; i < rows.Count; i++)
        {
            if (CompareAlike(rows[i - 1], rows[i]) != 0) continue;
            _rows.Flag(rows[i], RowFlags.Repeated);
            _repeated++;
            // The first of a run stays the one that the next is compared with.
            rows[i] = rows[i - 1];
        }
    }

    private int CompareContent(int one, int other)
    {
        var order = CompareAlike(one, other);
        return order != 0 ? order : one.CompareTo(other);
    }

    private int CompareAlike(int one, int other)
    {
        var order = _rows.Instant(one).CompareTo(_rows.Instant(other));
        if (order == 0) order = _rows.Gate(one).CompareTo(_rows.Gate(other));
        if (order == 0) order = _rows.DeviceOrGate(one).CompareTo(_rows.DeviceOrGate(other));
        if (order == 0) order = _rows.Seq(one).CompareTo(_rows.Seq(other));
        if (order == 0 && Mode != LedgerMode.Alternating) order = _rows.Type(one).CompareTo(_rows.Type(other));
        return order;
    }

    /// <summary>A ticket's scans go in, out, in, … in counted order.</summary>
    private void Alternate()
    {
        for (var ticket = 0; ticket < _tickets.Count; ticket++)
        {
            var exit = false;
            foreach (var row in CountedRowsOf(ticket))
            {
                _rows.SetExit(row, exit);
                exit = !exit;
            }
        }
    }

    /// <summary>The counted rows of a ticket in counted order.</summary>
    private List<int> CountedRowsOf(int ticket)
    {
        var rows = RowsOf(ticket, RowFlags.Uncounted);
        if (_ticketRows[ticket].IsUnsettled) rows.Sort(CompareCounted);
        return rows;
    }

    private int CompareCounted(int one, int other)
    {
        var order = _rows.Instant(one).CompareTo(_rows.Instant(other));
        return order != 0 ? order : one.CompareTo(other);
    }

    // One ticket at a time: the list is used again for the next.
    private readonly List<int> _rowsOfTicket = [];

    /// <summary>The rows of a ticket in order of arrival, but for those with any of the flags; good until the next call.</summary>
    private List<int> RowsOf(int ticket, RowFlags without)
    {
        var rows = _rowsOfTicket;
        rows.Clear();
        for (var row = _ticketRows[ticket].Latest; row >= 0; row = _rows.Earlier(row))
        {
            if ((_rows.Flags(row) & without) == 0) rows.Add(row);
        }

        rows.Reverse();
        return rows;
    }
}
