namespace Headcount.Core;

/// <summary>A scan of a ledger and its place in the input, counting every element from 1.</summary>
public readonly record struct LedgerScan(long Position, Scan Scan);

public sealed partial class ScanLedger
{
    private string?[] _nameTexts = [];

    /// <summary>The scans in order of arrival: refused ones too, repeats and annulled ones not.</summary>
    public IEnumerable<LedgerScan> InArrivalOrder()
    {
        Settle();
        for (var row = 0; row < _rows.Count; row++)
        {
            if ((_rows.Flags(row) & (RowFlags.Repeated | RowFlags.Annulled)) == 0) yield return ScanAt(row);
        }
    }

    /// <summary>The scans that count, in counted order: by instant, ties by arrival.</summary>
    public IEnumerable<LedgerScan> InCountedOrder()
    {
        Settle();
        var rows = new List<int>(_rows.Count);
        for (var row = 0; row < _rows.Count; row++)
        {
            if ((_rows.Flags(row) & RowFlags.Uncounted) == 0) rows.Add(row);
        }

        rows.Sort(CompareCounted);
        foreach (var row in rows) yield return ScanAt(row);
    }

    private LedgerScan ScanAt(int row)
    {
        var flags = _rows.Flags(row);
        var device = _rows.Device(row);
        var seq = _rows.Seq(row);
        return new LedgerScan(_rows.Position(row), new Scan(
            new TicketId(Mode == LedgerMode.Anonymous ? "" : TicketText(_rows.Ticket(row))), new GateName(NameText(_rows.Gate(row))), _rows.Type(row), new Instant(_rows.Instant(row)),
            device < 0 ? null : new DeviceId(NameText(device)))
        {
            Outcome = (flags & RowFlags.Rejected) != 0 ? ScanOutcome.Rejected : (flags & RowFlags.Recorded) != 0 ? ScanOutcome.Recorded : ScanOutcome.None,
            Seq = seq == 0 ? null : seq,
        });
    }

    private string TicketText(int ticket) => _tickets.Decode(ticket);

    // Gates and devices are few, and named in every answer.
    private string NameText(int name)
    {
        if (name >= _nameTexts.Length) Array.Resize(ref _nameTexts, Math.Max(name + 1, _names.Count));
        return _nameTexts[name] ??= _names.Decode(name);
    }
}
