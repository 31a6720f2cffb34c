namespace Headcount.Core;

/// <summary>How a stay ended.</summary>
public enum StayEnd : byte
{
    /// <summary>It has not: the ticket is inside.</summary>
    Open,

    /// <summary>By an exit scan.</summary>
    Exit,

    /// <summary>The day was closed; when the person left is not known.</summary>
    DayClosed,
}

/// <summary>One stay of a ticket, as things are known now.</summary>
/// <param name="Ticket">The ticket's number in this log; see <see cref="Admission.TicketOf"/>.</param>
/// <param name="EntrySeq">The record that opened it.</param>
/// <param name="EnteredAt">When it was opened.</param>
/// <param name="EntryGate">Where.</param>
/// <param name="TicketType">The type that the ticket had then; <see cref="Core.Ticket.UnknownType"/> = none.</param>
/// <param name="End">How it ended.</param>
/// <param name="LeftAt">When it ended; null = it is open.</param>
/// <param name="ExitGate">Where; null = it is open, or ended without a scan.</param>
public readonly record struct Stay(int Ticket, long EntrySeq, Instant EnteredAt, GateName EntryGate, string TicketType, StayEnd End, Instant? LeftAt, GateName? ExitGate);

public sealed partial class Admission
{
    /// <summary>Every stay, once: those that an exit closed in order of the exit's record, the others in order of their entry's. Read it while nothing is applied.</summary>
    public IEnumerable<Stay> Stays()
    {
        for (var row = 0; row < _history.Count; row++)
        {
            if (!_history.Counts(row)) continue;
            switch (_history.StepOf(row))
            {
                case Step.Closed:
                    yield return StayFrom(_history.Link(row), StayEnd.Exit, row);
                    break;
                case Step.Opened when _history.Link(row) is >= 0 and var closing:
                    yield return StayFrom(row, StayEnd.DayClosed, closing);
                    break;
                case Step.Opened when StateOf(_history.Ticket(row)).Walk.OpenRow == row:
                    yield return StayFrom(row, StayEnd.Open, -1);
                    break;
            }
        }
    }

    /// <summary>The numbers of the records that opened the stays which are open now: who is inside. A look at every ticket, and nothing else.</summary>
    public long[] OpenEntries()
    {
        var open = new long[_now.Occupancy];
        var found = 0;
        foreach (var state in _states)
        {
            if (state.Walk.OpenRow >= 0) open[found++] = state.Walk.OpenRow + 1L;
        }

        return open;
    }

    /// <summary>The stay that a record opened, as if it were open.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no record of that number.</exception>
    public Stay OpenedBy(long seq)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seq, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seq, LastSeq);
        return StayFrom((int)(seq - 1), StayEnd.Open, -1);
    }

    /// <summary>The ticket of a number that <see cref="Stays"/> gave.</summary>
    public TicketId TicketOf(int ticket) => new(_tickets.Decode(ticket));

    /// <summary>The number of a ticket; null = the log never named it.</summary>
    public int? NumberOf(TicketId ticket) => _tickets.Find(ticket.Value) is >= 0 and var number ? number : null;

    /// <summary>How many tickets the log has named; their numbers are below.</summary>
    public int TicketNumbers => _tickets.Count;

    private Stay StayFrom(int row, StayEnd end, int last) => new(
        _history.Ticket(row), row + 1, new Instant(_history.Instant(row)), GateAt(row), _cells.TypeName(_cells.TypeOf(_history.Cell(row))), end,
        last < 0 ? null : new Instant(_history.Instant(last)), end == StayEnd.Exit ? GateAt(last) : null);
}
