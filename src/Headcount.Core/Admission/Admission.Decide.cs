namespace Headcount.Core;

public sealed partial class Admission
{
    private static readonly long Tolerance = ClockTolerance.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Decides a scan that asks to be let through now. Nothing changes.</summary>
    /// <exception cref="ArgumentException">It says when it was taken where earlier records do not, or the other way round.</exception>
    public Decision Decide(Attempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var scan = attempt.Scan;
        var received = Received(attempt.ReceivedAt);
        var ticket = _tickets.Find(scan.TicketId.Value);
        var state = StateOf(ticket);
        var time = received is { } at ? TimeLive(scan.Timestamp.Microseconds, at) : new CountedTime(scan.Timestamp.Microseconds, 0);
        var counted = NotBefore(time.Instant, in state);
        var terms = _termsOf(scan.TicketId);
        var verdict = Judge(in state, terms, _rules.OfType(terms?.TicketType), received is null ? scan.Timestamp.Microseconds : counted, scan.Gate, scan.Type, attempt);
        var accepted = verdict.Reason == RefusalReason.None;
        return new Decision
        {
            Scan = scan,
            Outcome = accepted ? ScanOutcome.Accepted : ScanOutcome.Rejected,
            Reason = verdict.Reason,
            Warnings = attempt.Noted | time.Warning | verdict.Warnings,
            CountedAt = accepted ? new Instant(counted) : null,
            ReceivedAt = received,
            TicketType = terms?.TicketType,
            Override = (verdict.Warnings & ScanWarnings.CapacityOverride) != 0 ? attempt.Override : null,
        };
    }

    /// <summary>Says what is to be noted on a fact, seen from where it belongs in the past. It is never refused. Nothing changes.</summary>
    /// <exception cref="ArgumentException">It says when it was taken where earlier records do not, or the other way round.</exception>
    public Decision Decide(ReportedScan fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        var scan = fact.Scan;
        var received = Received(fact.ReceivedAt);
        var timestamp = scan.Timestamp.Microseconds;
        var counted = Math.Min(timestamp, received?.Microseconds ?? timestamp);
        var terms = _termsOf(scan.TicketId);
        var warnings = fact.Noted | (received is { } at && timestamp - at.Microseconds > Tolerance ? ScanWarnings.ClockAhead : 0);
        if (!fact.WasRefused)
        {
            warnings |= AdmissionPolicy.Note(new Circumstances
            {
                Rules = _rules,
                Terms = terms,
                Standing = StandingAt(_tickets.Find(scan.TicketId.Value), counted, scan.Type),
                At = new Instant(counted),
                Gate = scan.Gate,
                Type = scan.Type,
                Actual = counted >= _latestCounted ? Actual : Order.OccupancyAt(counted),
                Code = fact.Code,
            });
            if (WasRefusedLive(scan)) warnings |= ScanWarnings.ContradictsRefusal;
        }

        return new Decision
        {
            Scan = scan,
            Outcome = fact.WasRefused ? ScanOutcome.Rejected : ScanOutcome.Recorded,
            Reason = fact.WasRefused ? fact.Reason : RefusalReason.None,
            Warnings = warnings,
            CountedAt = fact.WasRefused ? null : new Instant(counted),
            ReceivedAt = received,
            TicketType = terms?.TicketType,
            IsFact = true,
        };
    }

    /// <summary>Whether a scan can be taken back, and if not, why not.</summary>
    public AnnulmentProblem CanAnnul(long seq)
    {
        if (seq < 1 || seq > LastSeq) return AnnulmentProblem.NoSuchRecord;
        var flags = _history.Flags((int)seq - 1);
        if ((flags & HistoryFlags.Scan) == 0) return AnnulmentProblem.NotAScan;
        return (flags & HistoryFlags.Annulled) != 0 ? AnnulmentProblem.AnnulledBefore : AnnulmentProblem.None;
    }

    /// <summary>The record that takes back a scan.</summary>
    /// <exception cref="InvalidOperationException"><see cref="CanAnnul"/> says that it cannot be.</exception>
    public Annulment Annul(long seq, Instant? receivedAt = null)
    {
        var problem = CanAnnul(seq);
        if (problem != AnnulmentProblem.None) throw new InvalidOperationException($"Record {seq} cannot be annulled: {problem}.");
        return new Annulment(LastSeq + 1, Received(receivedAt), seq);
    }

    /// <summary>The record that closes the day at an instant; one that is still to come is cut back to now, <paramref name="receivedAt"/>.</summary>
    public DayClosing CloseDay(Instant at, Instant? receivedAt = null)
    {
        var received = Received(receivedAt);
        return new DayClosing(LastSeq + 1, received, at > received ? received.Value : at);
    }

    private Verdict Judge(in TicketState state, TicketTerms? terms, TicketTypeRules? typeRules, long at, GateName gate, ScanType type, Attempt attempt) =>
        AdmissionPolicy.Judge(new Circumstances
        {
            Rules = _rules,
            Terms = terms,
            Standing = new TicketStanding(
                type == ScanType.Exit ? state.Walk.EndsWithEntry : state.Walk.IsPresent,
                state.Walk.EverEntered,
                LatestExitNotAfter(in state, at) is var exit && exit == TicketState.NoExit ? null : new Instant(exit)),
            At = new Instant(at),
            Gate = gate,
            Type = type,
            Actual = Actual + attempt.Held,
            Overridden = attempt.Override is not null,
            Code = attempt.Code,
        }, typeRules);

    private readonly record struct CountedTime(long Instant, ScanWarnings Warning);

    private static CountedTime TimeLive(long timestamp, Instant receivedAt)
    {
        var ahead = timestamp - receivedAt.Microseconds;
        if (ahead > Tolerance) return new CountedTime(receivedAt.Microseconds, ScanWarnings.ClockAhead);
        if (ahead < -Tolerance) return new CountedTime(receivedAt.Microseconds, ScanWarnings.ClockBehind);
        return new CountedTime(Math.Min(timestamp, receivedAt.Microseconds), 0);
    }

    // What is decided now is true now: nothing of the ticket counts later, and no closing comes after it.
    private long NotBefore(long instant, in TicketState state) =>
        Math.Max(Math.Max(instant, _latestClosing), state.Walk.LatestRow < 0 ? long.MinValue : _history.Instant(state.Walk.LatestRow));

    /// <summary>When a record is taken: the host's clock may step back, the log's time does not.</summary>
    private Instant? Received(Instant? receivedAt)
    {
        if (_history.Count > 0 && receivedAt is null != _isStream)
        {
            throw new ArgumentException(_isStream
                ? "The records so far do not say when they were taken, so that this one cannot either."
                : "Every record so far says when it was taken, so that this one must.");
        }

        return receivedAt < LastReceivedAt ? LastReceivedAt : receivedAt;
    }

    private bool WasRefusedLive(Scan scan)
    {
        var key = KeyOf(scan);
        return !key.IsNone && _refused.TryGetValue(key, out var row) && (_history.Flags(row) & HistoryFlags.Annulled) == 0;
    }

    /// <summary>How a ticket stood just before a scan at an instant in the past, the latest there.</summary>
    private TicketStanding StandingAt(int ticket, long instant, ScanType type)
    {
        var state = StateOf(ticket);
        var before = state.Walk.LatestRow;
        while (before >= 0 && _history.Instant(before) > instant) before = _history.CountedAtOrBefore(_history.Earlier(before));
        var present = before >= 0 && _history.Type(before) == ScanType.Entry
            && (type == ScanType.Exit || ClosingAfter(before) is var closing && (closing < 0 || _history.Instant(closing) > instant));
        var exit = LatestExitNotAfter(in state, instant);
        return new TicketStanding(
            present,
            state.FirstEntry >= 0 && _history.Instant(state.FirstEntry) <= instant,
            exit == TicketState.NoExit ? null : new Instant(exit));
    }

    private long LatestExitNotAfter(in TicketState state, long instant)
    {
        if (state.LatestExit <= instant) return state.LatestExit;
        return LatestExitIn(state.Head, instant);
    }

    private long LatestExitIn(int head, long instant)
    {
        var latest = TicketState.NoExit;
        for (var row = head; row >= 0; row = _history.Earlier(row))
        {
            if (!_history.Counts(row) || _history.Type(row) != ScanType.Exit) continue;
            var exit = OwnTime(row);
            if (exit <= instant && exit > latest) latest = exit;
        }

        return latest;
    }

    // Live, a scan's time for re-entry is when it counts; in a stream, its own timestamp.
    private long OwnTime(int row) => _isStream ? _history.Other(row) : _history.Instant(row);
}
