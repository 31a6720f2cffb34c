using static Headcount.Core.ScanType;

namespace Headcount.Core.Tests.Admitting;

/// <summary>Facts that come late, annulments, closings of a day: the past as it is known now.</summary>
public sealed class PastRestatedTests
{
    private readonly LoggedVenue _venue = new(LoggedVenue.Open);

    [Fact]
    public void a_late_entry_is_counted_when_it_was()
    {
        _venue.Enter("T1", 30);
        var fact = _venue.Report("T2", Entry, 10, received: 40);
        Assert.Equal((ScanOutcome.Recorded, ScanWarnings.None, LoggedVenue.At(10)), (fact.Outcome, fact.Warnings, fact.CountedAt!.Value));
        Assert.Equal([0, 1, 1, 2], new double[] { 9, 10, 29, 30 }.Select(_venue.Inside));
    }

    [Fact]
    public void a_fact_from_the_future_counts_when_it_came()
    {
        var fact = _venue.Report("T1", Entry, 46, received: 40);
        Assert.Equal((LoggedVenue.At(40), ScanWarnings.ClockAhead), (fact.CountedAt!.Value, fact.Warnings));
        Assert.Equal(ScanWarnings.None, _venue.Report("T2", Entry, 45, received: 40).Warnings);
    }

    [Fact]
    public void what_counts_later_wins_however_late_the_earlier_one_comes()
    {
        _venue.Enter("T1", 30);
        Assert.Equal(ScanWarnings.ExitWithoutEntry, _venue.Report("T1", Exit, 20, received: 40).Warnings);
        Assert.Equal(1, _venue.Admission.Actual);
    }

    [Fact]
    public void a_missing_entry_that_comes_to_light_gives_its_exit_a_stay_to_close()
    {
        _venue.Leave("T1", 30, "B");
        _venue.Report("T1", Entry, 10, received: 40);
        Assert.Equal((1, 1, 0), (_venue.Admission.Entries, _venue.Admission.Exits, _venue.Admission.Actual));
        Assert.Equal([1, 0], new double[] { 29, 30 }.Select(_venue.Inside));
    }

    [Fact]
    public void an_exit_that_comes_to_light_splits_a_stay_at_the_duplicate_entry()
    {
        _venue.Report("T1", Entry, 10, received: 10, gate: "A");
        Assert.Equal(ScanWarnings.AlreadyInside, _venue.Report("T1", Entry, 30, received: 30, gate: "B").Warnings);
        Assert.Equal("A=1", GeneratedLog.Words(_venue.Admission.Now().ByGate));
        _venue.Report("T1", Exit, 20, received: 40);
        Assert.Equal("B=1", GeneratedLog.Words(_venue.Admission.Now().ByGate));
        Assert.Equal((2, 1, 1), (_venue.Admission.Entries, _venue.Admission.Exits, _venue.Admission.FirstEntries));
        Assert.Equal(0, _venue.Inside(25));
    }

    [Fact]
    public void a_fact_is_noted_as_full_by_how_full_it_was_then()
    {
        _venue.Admission.Rules = new AdmissionRules { Capacity = 1 };
        _venue.Enter("T1", 10);
        _venue.Leave("T1", 20);
        Assert.Equal(ScanWarnings.AtCapacity, _venue.Report("T2", Entry, 15, received: 30).Warnings);
        Assert.Equal(ScanWarnings.None, _venue.Report("T3", Entry, 5, received: 31).Warnings);
        Assert.Equal([new OverCapacity(LoggedVenue.At(10), null, 3)], _venue.Admission.CapacityExceeded(LoggedVenue.Noon));
        _venue.Report("T3", Exit, 12, received: 32);
        _venue.Report("T2", Exit, 25, received: 33);
        Assert.Equal(
            [new OverCapacity(LoggedVenue.At(10), LoggedVenue.At(12), 2), new OverCapacity(LoggedVenue.At(15), LoggedVenue.At(20), 2)],
            _venue.Admission.CapacityExceeded(LoggedVenue.Noon));
        Assert.Equal([new OverCapacity(LoggedVenue.At(16), LoggedVenue.At(20), 2)], _venue.Admission.CapacityExceeded(LoggedVenue.At(16)));
    }

    [Fact]
    public void a_device_that_let_in_whom_we_refused_is_recorded_and_contradicts()
    {
        var register = new Register();
        var venue = new LoggedVenue(LoggedVenue.Open, register);
        Assert.Equal(RefusalReason.UnknownTicket, venue.Enter("T1", 10, id: "s1").Reason);
        register.Set(new Ticket(new TicketId("T1")));
        Assert.Equal(ScanWarnings.ContradictsRefusal, venue.Report("T1", Entry, 10, received: 11, id: "s1").Warnings);
        Assert.Equal(ScanWarnings.AlreadyInside, venue.Report("T1", Entry, 10, received: 11, id: "s2").Warnings);
        Assert.Equal(1, venue.Admission.Actual);
    }

    [Fact]
    public void what_a_device_refused_counts_for_nobody()
    {
        var fact = _venue.Report("T1", Entry, 10, received: 20, refused: true, reason: RefusalReason.AtCapacity);
        Assert.Equal((ScanOutcome.Rejected, RefusalReason.AtCapacity, null), (fact.Outcome, fact.Reason, fact.CountedAt));
        Assert.Equal((0, 1), (_venue.Admission.Actual, _venue.Admission.Theoretical));
    }

    [Fact]
    public void an_annulled_entry_never_was()
    {
        var entry = _venue.Enter("T1", 10);
        _venue.Leave("T1", 20);
        _venue.Annul(entry.Seq, 30);
        Assert.Equal((0, 0, 0), (_venue.Admission.Entries, _venue.Admission.Exits, _venue.Admission.FirstEntries));
        Assert.Equal(0, _venue.Inside(15));
        Assert.Equal(1, _venue.Admission.At(LoggedVenue.At(15), asOfSeq: 2).Occupancy);
    }

    [Fact]
    public void an_annulled_exit_is_no_exit_for_reentry_and_the_stay_goes_on()
    {
        _venue.Enter("T1", 10);
        var exit = _venue.Leave("T1", 20);
        _venue.Annul(exit.Seq, 21);
        Assert.Equal(RefusalReason.AlreadyInside, _venue.Enter("T1", 22).Reason);
        Assert.Equal((1, 1), (_venue.Admission.Actual, _venue.Admission.Theoretical));
    }

    [Fact]
    public void an_annulled_refusal_is_no_demand()
    {
        _venue.Admission.Rules = new AdmissionRules { Capacity = 0 };
        var refused = _venue.Enter("T1", 10);
        _venue.Annul(refused.Seq, 11);
        Assert.Equal(0, _venue.Admission.Theoretical);
    }

    [Theory]
    [InlineData(0, AnnulmentProblem.NoSuchRecord)]
    [InlineData(1, AnnulmentProblem.AnnulledBefore)]
    [InlineData(2, AnnulmentProblem.NotAScan)]
    [InlineData(3, AnnulmentProblem.NotAScan)]
    [InlineData(4, AnnulmentProblem.None)]
    [InlineData(5, AnnulmentProblem.NoSuchRecord)]
    public void every_annulment_is_answered(long seq, AnnulmentProblem problem)
    {
        _venue.Enter("T1", 10);
        _venue.Annul(1, 11);
        _venue.CloseDay(12, 12);
        _venue.Leave("T1", 13);
        Assert.Equal(problem, _venue.Admission.CanAnnul(seq));
        if (problem != AnnulmentProblem.None) Assert.Throws<InvalidOperationException>(() => _venue.Admission.Annul(seq, LoggedVenue.At(20)));
    }

    [Fact]
    public void a_closing_ends_every_stay_without_a_gate_a_flow_or_a_bearing_on_reentry()
    {
        _venue.Enter("T1", 10);
        _venue.Enter("T2", 11);
        _venue.CloseDay(20, 21);
        Assert.Equal((0, 0, 0), (_venue.Admission.Actual, _venue.Admission.Theoretical, _venue.Admission.Exits));
        Assert.Equal([2, 0], new double[] { 19, 20 }.Select(_venue.Inside));
        Assert.Equal(new GateFlow(2, 0, 2), _venue.Admission.Now().Flow["A"]);
        Assert.Equal(ScanWarnings.None, _venue.Enter("T1", 22).Warnings);
    }

    [Fact]
    public void a_closing_ends_stays_found_later_too()
    {
        _venue.CloseDay(20, 21);
        _venue.Report("T1", Entry, 10, received: 30);
        Assert.Equal(0, _venue.Admission.Actual);
        Assert.Equal([1, 0], new double[] { 10, 20 }.Select(_venue.Inside));
    }

    [Fact]
    public void a_real_exit_that_comes_next_takes_the_closings_place()
    {
        _venue.Enter("T1", 10);
        _venue.CloseDay(20, 21);
        Assert.Equal(ScanWarnings.None, _venue.Report("T1", Exit, 15, received: 30).Warnings);
        Assert.Equal((0, 1), (_venue.Inside(15), _venue.Admission.Exits));

        _venue.Enter("T2", 31);
        _venue.CloseDay(40, 41);
        Assert.Equal(ScanWarnings.None, _venue.Leave("T2", 50).Warnings);
        Assert.Equal([1, 0], new double[] { 45, 50 }.Select(_venue.Inside));
        Assert.Equal(2, _venue.Admission.Exits);
    }

    [Fact]
    public void an_exit_after_the_next_entry_closes_that_one()
    {
        _venue.Enter("T1", 10);
        _venue.CloseDay(20, 21);
        _venue.Enter("T1", 30);
        _venue.Leave("T1", 40);
        Assert.Equal((2, 1, 1), (_venue.Admission.Entries, _venue.Admission.Exits, _venue.Admission.FirstEntries));
        Assert.Equal([0, 1, 0], new double[] { 25, 30, 40 }.Select(_venue.Inside));
    }

    [Fact]
    public void a_duplicate_entry_before_the_closing_is_still_the_same_stay()
    {
        _venue.Report("T1", Entry, 10, received: 10);
        _venue.Report("T1", Entry, 15, received: 15, gate: "B");
        _venue.CloseDay(20, 21);
        Assert.Equal(0, _venue.Admission.Actual);
        _venue.Report("T1", Exit, 18, received: 22);
        Assert.Equal((1, 1), (_venue.Admission.Entries, _venue.Admission.Exits));
        Assert.Equal([1, 0], new double[] { 17, 18 }.Select(_venue.Inside));
    }

    [Fact]
    public void a_closing_still_to_come_is_cut_back_to_now()
    {
        _venue.Enter("T1", 10);
        Assert.Equal(LoggedVenue.At(20), _venue.Admission.CloseDay(LoggedVenue.At(99), LoggedVenue.At(20)).At);
    }

    [Fact]
    public void as_of_a_time_is_as_of_the_last_record_taken_by_then()
    {
        _venue.Enter("T1", 10);
        _venue.Report("T2", Entry, 5, received: 20);
        Assert.Equal([0, 1, 1, 2], new double[] { 9, 10, 19, 20 }.Select(minutes => _venue.Admission.SeqAt(LoggedVenue.At(minutes))));
        Assert.Equal(1, _venue.Admission.At(LoggedVenue.At(12), 1).Occupancy);
        Assert.Equal(2, _venue.Admission.At(LoggedVenue.At(12), 2).Occupancy);
        Assert.Throws<ArgumentOutOfRangeException>(() => _venue.Admission.At(LoggedVenue.At(12), 3));
    }
}
