namespace Headcount.Core;

public sealed partial class Admission
{
    /// <summary>Changes the state by one record of the log: the next one. Records that the state itself decided and records read back from a log go the same way.</summary>
    /// <exception cref="InvalidOperationException">The log is broken: a gap in <c>seq</c>, time that runs backwards, a record that takes back none. Nothing has changed; the state must not go on.</exception>
    public void Apply(LogRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Check(record);
        _isStream = record.ReceivedAt is null;
        switch (record)
        {
            case ScanRecord scan:
                ApplyScan(scan);
                break;
            case Annulment annulment:
                AppendAnnulment((int)(annulment.Annulled - 1), OtherTime(record, 0));
                break;
            case DayClosing closing:
                AppendClosing(closing.At.Microseconds, OtherTime(record, closing.At.Microseconds));
                break;
        }
    }

    private static long OtherTime(LogRecord record, long otherwise) => record.ReceivedAt?.Microseconds ?? otherwise;

    private void Check(LogRecord record)
    {
        if (record.Seq != LastSeq + 1) throw Broken(record, $"record {LastSeq + 1} was expected");
        if (LastSeq > 0 && record.ReceivedAt is null != _isStream) throw Broken(record, "either all records say when they were taken, or none does");
        if (record.ReceivedAt < LastReceivedAt) throw Broken(record, $"it was taken at {record.ReceivedAt}, before the record before it, {LastReceivedAt}");
        switch (record)
        {
            case ScanRecord { Outcome: ScanOutcome.None }:
                throw Broken(record, "it does not say what became of the scan");
            case DecidedScan { Outcome: ScanOutcome.Recorded } or RecordedFact { Outcome: ScanOutcome.Accepted }:
                throw Broken(record, "only facts are recorded, and only decisions accepted");
            case ScanRecord scan when scan.Outcome == ScanOutcome.Rejected == scan.CountedAt.HasValue:
                throw Broken(record, "a scan says when it counts exactly if it was let through");
            case ScanRecord scan when scan.Outcome != ScanOutcome.Rejected && scan.Reason != RefusalReason.None:
                throw Broken(record, "it was let through, and has a reason for a refusal");
            case ScanRecord scan when scan.CountedAt > scan.ReceivedAt:
                throw Broken(record, $"it counts at {scan.CountedAt}, after it was taken, {scan.ReceivedAt}");
            case DayClosing closing when closing.At > closing.ReceivedAt:
                throw Broken(record, $"it closes the day at {closing.At}, after it was taken, {closing.ReceivedAt}");
            case Annulment annulment when CanAnnul(annulment.Annulled) is AnnulmentProblem.NoSuchRecord or AnnulmentProblem.NotAScan:
                throw Broken(record, $"record {annulment.Annulled} is no scan that came before it");
        }
    }

    private static InvalidOperationException Broken(LogRecord record, string why) => new($"The log is broken at record {record.Seq}: {why}.");

    private void ApplyScan(ScanRecord record)
    {
        var scan = record.Scan;
        var ticket = _tickets.Intern(scan.TicketId.Value);
        var cell = _cells.NumberOf(_gates.Intern(scan.Gate.Value), _cells.TypeNumber(record.TicketType));
        var counted = (record.CountedAt ?? scan.Timestamp).Microseconds;
        var row = AppendScan(ticket, cell, counted, OtherTime(record, scan.Timestamp.Microseconds), FlagsOf(scan.Type, record.Outcome, record.Reason));
        if (record is DecidedScan { Outcome: ScanOutcome.Rejected } && KeyOf(scan) is { IsNone: false } key) _refused[key] = row;
    }

    private static HistoryFlags FlagsOf(ScanType type, ScanOutcome outcome, RefusalReason reason) =>
        HistoryFlags.Scan
        | (type == ScanType.Exit ? HistoryFlags.Exit : 0)
        | (outcome != ScanOutcome.Rejected ? HistoryFlags.LetThrough
            : reason == RefusalReason.AtCapacity && type == ScanType.Entry ? HistoryFlags.TurnedAway : 0);

    /// <summary>Takes a scan whose ticket, gate and type are known by their numbers.</summary>
    /// <param name="ticket">Its ticket.</param>
    /// <param name="cell">Its gate and its ticket's type.</param>
    /// <param name="counted">When it counts; of a refused one, anything.</param>
    /// <param name="other">Live, when it was taken; in a stream, its own timestamp.</param>
    /// <param name="flags">What it is.</param>
    private int AppendScan(int ticket, int cell, long counted, long other, HistoryFlags flags)
    {
        _scans++;
        var row = _history.Append(counted, other, ticket, cell, flags);
        if ((flags & HistoryFlags.LetThrough) != 0)
        {
            Insert(row, ticket, counted, LedgerRows.TypeOf((int)flags));
            if (counted > _latestCounted) _latestCounted = counted;
        }
        else if ((flags & HistoryFlags.TurnedAway) != 0)
        {
            ref var state = ref StateToChange(ticket);
            _history.Earlier(row) = state.Head;
            state.Head = row;
        }

        Want(row);
        Peak();
        return row;
    }

    private void AppendAnnulment(int annulled, long other)
    {
        _history.Append(other, other, annulled, 0, HistoryFlags.Annulment);
        if ((_history.Flags(annulled) & HistoryFlags.Annulled) != 0) return;
        if (_history.Counts(annulled)) Remove(annulled);
        _history.Flag(annulled, HistoryFlags.Annulled);
        if ((_history.Flags(annulled) & (HistoryFlags.LetThrough | HistoryFlags.TurnedAway)) != 0) WantAnew(_history.Ticket(annulled));
        Peak();
    }

    private void AppendClosing(long instant, long other)
    {
        var row = _history.Append(instant, other, 0, 0, HistoryFlags.Closing);
        var at = _closings.FindIndex(closing => _history.Compare(row, closing) < 0);
        _closings.Insert(at < 0 ? _closings.Count : at, row);
        if (instant > _latestClosing) _latestClosing = instant;
        if (instant > _latestCounted) _latestCounted = instant;
        _latestClosingRow = row;
        EndStays(row);
        for (var ticket = 0; ticket < _states.Length; ticket++) _states[ticket].Wanted = false;
        Theoretical = 0;
    }

    private void Want(int row)
    {
        var flags = _history.Flags(row);
        if ((flags & (HistoryFlags.LetThrough | HistoryFlags.TurnedAway)) == 0) return;
        ref var state = ref StateToChange(_history.Ticket(row));
        Want(ref state, (flags & HistoryFlags.Exit) == 0);
    }

    private void Want(ref TicketState state, bool wanted)
    {
        if (state.Wanted == wanted) return;
        state.Wanted = wanted;
        Theoretical += wanted ? 1 : -1;
    }

    // The ticket's records since the last closing, in order of the log: its latest decides.
    private void WantAnew(int ticket)
    {
        ref var state = ref StateToChange(ticket);
        var latest = _latestClosingRow;
        for (var row = state.Head; row >= 0; row = _history.Earlier(row))
        {
            if (row > latest && (_history.Flags(row) & HistoryFlags.Annulled) == 0) latest = row;
        }

        Want(ref state, latest > _latestClosingRow && _history.Type(latest) == ScanType.Entry);
    }

    private void Peak()
    {
        if (Actual > PeakActual) PeakActual = Actual;
        if (Theoretical > PeakTheoretical) PeakTheoretical = Theoretical;
    }
}
