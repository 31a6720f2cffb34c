namespace Headcount.Core;

/// <summary>How a ticket stands as things are known: what a gate must know to decide on its next scan.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="EnteredAt">When the stay began that it is in; null = it is not inside.</param>
/// <param name="Gate">Where it came in; null = it is not inside.</param>
/// <param name="EverEntered">Whether it was ever inside.</param>
/// <param name="LeftAt">Its latest exit scan, of any kind; null = none.</param>
public sealed record TicketPresence(TicketId TicketId, Instant? EnteredAt, GateName? Gate, bool EverEntered, Instant? LeftAt)
{
    /// <summary>Whether it is inside.</summary>
    public bool IsInside => EnteredAt is not null;
}

/// <summary>A piece of the list of tickets that were ever scanned.</summary>
/// <param name="Tickets">The tickets.</param>
/// <param name="Next">After which to go on; null = there is nothing more.</param>
public sealed record PresencePiece(IReadOnlyList<TicketPresence> Tickets, int? Next);

public sealed partial class Admission
{
    /// <summary>How a ticket stands now; of one that was never let through, that it is not inside.</summary>
    public TicketPresence PresenceOf(TicketId ticket) => PresenceOf(ticket, StateOf(_tickets.Find(ticket.Value)));

    /// <summary>Every ticket that was ever let through, a piece at a time: so that all can be told while gates wait between two pieces. What changes meanwhile is told as it is when its piece comes.</summary>
    /// <param name="next">Where to go on, as the piece before says; 0 = from the start.</param>
    /// <param name="most">How many tickets to look at, at the most; 1 or more.</param>
    public PresencePiece PresenceFrom(int next, int most)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(next);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        var count = Math.Min(_states.Length, _tickets.Count);
        var found = new List<TicketPresence>();
        var end = Math.Min(count, next + most);
        for (var number = next; number < end; number++)
        {
            if (_states[number].Walk.LatestRow >= 0) found.Add(PresenceOf(new TicketId(_tickets.Decode(number)), in _states[number]));
        }

        return new PresencePiece(found, end < count ? end : null);
    }

    private TicketPresence PresenceOf(TicketId ticket, in TicketState state)
    {
        var open = state.Walk.OpenRow;
        return new TicketPresence(
            ticket,
            open < 0 ? null : new Instant(_history.Instant(open)),
            open < 0 ? null : new GateName(GateName(_cells.GateOf(_history.Cell(open)))),
            state.Walk.EverEntered,
            state.LatestExit == TicketState.NoExit ? null : new Instant(state.LatestExit));
    }
}
