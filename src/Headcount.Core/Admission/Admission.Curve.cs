namespace Headcount.Core;

/// <summary>Where the curve of the day stands just after everything that happened at one instant.</summary>
/// <param name="At">The instant.</param>
/// <param name="Occupancy">Tickets present then.</param>
/// <param name="Entries">Stays opened so far.</param>
/// <param name="Exits">Stays closed by an exit so far.</param>
public readonly record struct CurvePoint(Instant At, long Occupancy, long Entries, long Exits);

/// <summary>A piece of the curve.</summary>
/// <param name="Start">Where the curve stands at the instant after which the piece begins.</param>
/// <param name="Changes">The instants after it at which a scan counted or a stay ended, in order.</param>
/// <param name="IsLast">Whether nothing comes after the piece before the end that was asked for; otherwise go on after its last change.</param>
public sealed record CurvePiece(CurvePoint Start, IReadOnlyList<CurvePoint> Changes, bool IsLast);

/// <summary>A piece of the list of anomalies.</summary>
/// <param name="Anomalies">What was found, in counted order; positions are numbers of records.</param>
/// <param name="Next">After which scan to go on; null = there is nothing more.</param>
public sealed record AnomalyPiece(IReadOnlyList<Anomaly> Anomalies, CountedPlace? Next);

/// <summary>A place in counted order: a scan that counts.</summary>
/// <param name="At">When it counts.</param>
/// <param name="Seq">Its number; 0 = before all scans at that instant.</param>
public readonly record struct CountedPlace(Instant At, long Seq);

public sealed partial class Admission
{
    /// <summary>When the first and the last scan count that count now; null where there is none.</summary>
    public (Instant First, Instant Last)? CountedRange() => Order.Range() is { } range ? (new Instant(range.First), new Instant(range.Last)) : null;

    /// <summary>The curve of the day, a piece at a time: so that a long day can be asked for while gates wait between two pieces.</summary>
    /// <param name="after">Changes after this instant only.</param>
    /// <param name="until">None after this one.</param>
    /// <param name="most">How many changes at the most; 1 or more.</param>
    public CurvePiece CurveAfter(Instant after, Instant until, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        var (occupancy, entries, exits) = Order.TotalsAt(after.Microseconds);
        var start = new CurvePoint(after, occupancy, entries, exits);
        var changes = new List<CurvePoint>();
        foreach (var change in Order.TotalsAfter(after.Microseconds))
        {
            if (change.Instant > until.Microseconds) break;
            if (changes.Count == most) return new CurvePiece(start, changes, IsLast: false);
            changes.Add(new CurvePoint(new Instant(change.Instant), change.Occupancy, change.Entries, change.Exits));
        }

        return new CurvePiece(start, changes, IsLast: true);
    }

    /// <summary>Which scans that count are not right, a piece at a time: the same that <see cref="ScanLedger.Anomalies"/> finds in the log, tickets that are unknown now among them.</summary>
    /// <param name="after">Scans after this place only.</param>
    /// <param name="until">None that count after this instant.</param>
    /// <param name="mostScans">How many scans are looked at, at the most; 1 or more.</param>
    /// <param name="mostFound">After how many anomalies it is enough; 1 or more. Those of one scan stay together.</param>
    /// <param name="kinds">The kinds to look for; null = all.</param>
    public AnomalyPiece AnomaliesAfter(CountedPlace after, Instant until, int mostScans, int mostFound, IReadOnlySet<AnomalyKind>? kinds = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostScans, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostFound, 1);
        var found = new List<Anomaly>();
        var looked = 0;
        var last = -1;
        foreach (var row in Order.ScansAfter(after.At.Microseconds, (int)Math.Min(int.MaxValue, after.Seq - 1)))
        {
            if (_history.Instant(row) > until.Microseconds) break;
            if (looked++ == mostScans || found.Count >= mostFound) return new AnomalyPiece(found, new CountedPlace(new Instant(_history.Instant(last)), last + 1));
            AddAnomalies(row, found, kinds);
            last = row;
        }

        return new AnomalyPiece(found, null);
    }

    private void AddAnomalies(int row, List<Anomaly> found, IReadOnlySet<AnomalyKind>? kinds)
    {
        if (Wanted(AnomalyKind.UnknownTicket) && _termsOf(TicketAt(row)) is null) Add(AnomalyKind.UnknownTicket, -1);
        switch (_history.StepOf(row))
        {
            case Step.DuplicateEntry when Wanted(AnomalyKind.DuplicateEntry):
                Add(AnomalyKind.DuplicateEntry, _history.Link(row));
                break;
            case Step.ExitWithoutEntry when Wanted(AnomalyKind.ExitWithoutEntry):
                Add(AnomalyKind.ExitWithoutEntry, _history.CountedAtOrBefore(_history.Earlier(row)));
                break;
            case Step.Opened when Wanted(AnomalyKind.RapidReentry) && ExitBefore(row) is >= 0 and var exit:
                if (_history.Instant(row) - _history.Instant(exit) < _rules.ReentryWindow.Ticks / TimeSpan.TicksPerMicrosecond) Add(AnomalyKind.RapidReentry, exit);
                break;
        }

        bool Wanted(AnomalyKind kind) => kinds is null || kinds.Contains(kind);

        void Add(AnomalyKind kind, int earlier) => found.Add(new Anomaly(row + 1, kind, TicketAt(row), GateAt(row), new Instant(_history.Instant(row)),
            earlier < 0 ? null : new EarlierScan(earlier + 1, GateAt(earlier), new Instant(_history.Instant(earlier)))));
    }

    // The ticket's latest exit scan before one of its rows, as it counts.
    private int ExitBefore(int row)
    {
        var at = _history.Earlier(row);
        while (at >= 0 && !(_history.Counts(at) && _history.Type(at) == ScanType.Exit)) at = _history.Earlier(at);
        return at;
    }

    private TicketId TicketAt(int row) => new(_tickets.Decode(_history.Ticket(row)));

    private GateName GateAt(int row) => new(GateName(_cells.GateOf(_history.Cell(row))));
}
