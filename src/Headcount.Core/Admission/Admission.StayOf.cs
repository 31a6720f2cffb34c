namespace Headcount.Core;

public sealed partial class Admission
{
    /// <summary>The stay of a ticket that is inside now; null = it is not.</summary>
    public Stay? StayOf(TicketId ticket) => StateOf(_tickets.Find(ticket.Value)).Walk.OpenRow is >= 0 and var row ? StayFrom(row, StayEnd.Open, -1) : null;
}
