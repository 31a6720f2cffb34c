namespace Headcount.Core;

/// <summary>Admission in one pass over a stream by arrival, with nothing kept but how each ticket stands.</summary>
/// <remarks>
/// It decides by <see cref="AdmissionPolicy"/> and counts by <see cref="TicketWalk"/>, as <see cref="Admission"/> does, and gives the same numbers for attempts
/// that nobody received. What it leaves out is the history: a stream brings no fact, takes nothing back and is not asked about its past, so that a
/// scan costs no memory and a ticket 40 bytes. One thread.
/// </remarks>
/// <param name="rules">What the venue allows.</param>
/// <param name="tickets">How many tickets there are.</param>
/// <param name="exitsOf">Of a ticket, the instants of its exit scans before the one that is being taken; asked once, and only of a ticket whose exits came out of order.</param>
internal sealed class StreamAdmission(AdmissionRules rules, int tickets, Func<int, IEnumerable<long>> exitsOf)
{
    private readonly State[] _states = NewStates(tickets);

    // The exits of the few tickets whose exits came out of order.
    private readonly Dictionary<int, SortedSet<long>> _exits = [];
    private long _latestClosing = long.MinValue;
    private int _scans;

    private struct State
    {
        public TicketWalk Walk;
        public long LatestExit;

        // When its latest scan counts: arrival is the order, so never before the one before it, nor before a closing.
        public long LatestCounted;
        public bool Wanted;
    }

    /// <summary>A ticket's terms and what its type allows: looked up once for all tickets that share them.</summary>
    internal sealed record KnownTerms(TicketTerms? Terms, TicketTypeRules? TypeRules);

    public long Actual { get; private set; }

    public long Theoretical { get; private set; }

    public long PeakActual { get; private set; }

    public long PeakTheoretical { get; private set; }

    public long Admitted { get; private set; }

    public long Released { get; private set; }

    /// <summary>Decides the next scan by arrival, and takes it.</summary>
    public Verdict Take(int ticket, GateName gate, KnownTerms known, ScanType type, long timestamp)
    {
        ref var state = ref _states[ticket];
        var verdict = AdmissionPolicy.Judge(new Circumstances
        {
            Rules = rules,
            Terms = known.Terms,
            Standing = new TicketStanding(type == ScanType.Exit ? state.Walk.EndsWithEntry : state.Walk.IsPresent, state.Walk.EverEntered, LatestExit(in state, ticket, type, timestamp)),
            At = new Instant(timestamp),
            Gate = gate,
            Type = type,
            Actual = Actual,
        }, known.TypeRules);
        if (verdict.Reason == RefusalReason.None) LetThrough(ref state, ticket, type, timestamp);
        if (verdict.Reason is RefusalReason.None or RefusalReason.AtCapacity) Want(ref state, type == ScanType.Entry);
        PeakActual = Math.Max(PeakActual, Actual);
        PeakTheoretical = Math.Max(PeakTheoretical, Theoretical);
        return verdict;
    }

    /// <summary>Closes the day: every stay ends that was open at the instant.</summary>
    public void CloseDay(long instant)
    {
        _latestClosing = Math.Max(_latestClosing, instant);
        if (Actual == 0 && Theoretical == 0) return;
        Theoretical = 0;
        foreach (ref var state in _states.AsSpan())
        {
            state.Wanted = false;
            if (!state.Walk.IsPresent || state.LatestCounted > instant) continue;
            state.Walk.EndStay();
            Actual--;
        }
    }

    private void LetThrough(ref State state, int ticket, ScanType type, long timestamp)
    {
        state.LatestCounted = Math.Max(Math.Max(timestamp, state.LatestCounted), _latestClosing);
        if (type == ScanType.Exit)
        {
            state.LatestExit = state.Walk.LatestExit < 0 ? timestamp : Math.Max(state.LatestExit, timestamp);
            if (_exits.TryGetValue(ticket, out var exits)) exits.Add(timestamp);

            // A real exit of a stay that was ended by a closing takes its place.
            if (state.Walk.EndsWithEntry && !state.Walk.IsPresent)
            {
                state.Walk.OpenRow = state.Walk.LatestRow;
                Actual++;
            }
        }

        switch (state.Walk.Take(_scans++, type))
        {
            case Step.Opened:
                Admitted++;
                Actual++;
                break;
            case Step.Closed:
                Released++;
                Actual--;
                break;
        }
    }

    private void Want(ref State state, bool wanted)
    {
        if (state.Wanted == wanted) return;
        state.Wanted = wanted;
        Theoretical += wanted ? 1 : -1;
    }

    private Instant? LatestExit(in State state, int ticket, ScanType type, long timestamp)
    {
        if (type == ScanType.Exit || state.Walk.LatestExit < 0) return null;
        if (state.LatestExit <= timestamp) return new Instant(state.LatestExit);
        if (!_exits.TryGetValue(ticket, out var exits)) _exits.Add(ticket, exits = [.. exitsOf(ticket)]);
        return exits.Min > timestamp ? null : new Instant(exits.GetViewBetween(exits.Min, timestamp).Max);
    }

    private static State[] NewStates(int tickets)
    {
        var states = new State[tickets];
        Array.Fill(states, new State { Walk = TicketWalk.Fresh, LatestCounted = long.MinValue });
        return states;
    }
}
