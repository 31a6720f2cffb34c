namespace Headcount.Core.Tests.Admitting;

/// <summary>Stays say one by one what the counts say together, for every log there can be.</summary>
public sealed class StaysPropertyTests
{
    [Fact]
    public void stays_begin_and_end_where_the_ledger_says_that_somebody_came_and_went() =>
        GeneratedLog.Happenings.Sample(happenings =>
        {
            var venue = GeneratedLog.Run(happenings);
            var stays = venue.Admission.Stays().ToList();
            var movements = GeneratedLog.ToLedger(venue.Log).Movements().ToList();
            Assert.Equal(Of(MovementKind.Opened), stays.Select(stay => (stay.EnteredAt, stay.EntryGate.Value)).Order());
            Assert.Equal(Of(MovementKind.Closed), stays.Where(stay => stay.End == StayEnd.Exit).Select(stay => (stay.LeftAt!.Value, stay.ExitGate!.Value.Value)).Order());
            Assert.Equal(Of(MovementKind.DayEnded), stays.Where(stay => stay.End == StayEnd.DayClosed).Select(stay => (stay.LeftAt!.Value, stay.EntryGate.Value)).Order());
            Assert.Equal(stays.Count, stays.Select(stay => stay.EntrySeq).Distinct().Count());
            Assert.Equal(venue.Admission.FirstEntries, stays.Select(stay => stay.Ticket).Distinct().Count());

            IEnumerable<(Instant, string)> Of(MovementKind kind) => movements.Where(movement => movement.Kind == kind).Select(movement => (movement.At, movement.Gate.Value)).Order();
        }, iter: 400);

    [Fact]
    public void who_is_inside_is_whose_stay_is_open() =>
        GeneratedLog.Happenings.Sample(happenings =>
        {
            var admission = GeneratedLog.Run(happenings).Admission;
            var open = admission.OpenEntries();
            Assert.Equal(admission.Actual, open.Length);
            Assert.Equal(admission.Stays().Where(stay => stay.End == StayEnd.Open).Select(stay => stay.EntrySeq).Order(), open.Order());
            foreach (var stay in open.Select(admission.OpenedBy))
            {
                Assert.True(admission.IsInside(admission.TicketOf(stay.Ticket)));
                Assert.Equal(stay.Ticket, admission.NumberOf(admission.TicketOf(stay.Ticket)));
            }
        }, iter: 400);
}
