using static Headcount.Core.ScanType;

namespace Headcount.Core.Tests.Admitting;

/// <summary>What is decided at the gate, scan after scan.</summary>
public sealed class DecideLiveTests
{
    // minutes between the device's clock and the server's; when it counts, in minutes from the server's; the warning
    [Theory]
    [InlineData(0, 0, ScanWarnings.None)]
    [InlineData(-1, -1, ScanWarnings.None)]
    [InlineData(-5, -5, ScanWarnings.None)]
    [InlineData(-5.0001, 0, ScanWarnings.ClockBehind)]
    [InlineData(-600, 0, ScanWarnings.ClockBehind)]
    [InlineData(1, 0, ScanWarnings.None)]
    [InlineData(5, 0, ScanWarnings.None)]
    [InlineData(5.0001, 0, ScanWarnings.ClockAhead)]
    [InlineData(600, 0, ScanWarnings.ClockAhead)]
    public void a_scan_counts_by_its_own_clock_if_that_is_within_five_minutes_and_never_in_the_future(double off, double counts, ScanWarnings warning)
    {
        var record = new LoggedVenue(LoggedVenue.Open).Enter("T1", 30 + off, received: 30);
        Assert.Equal(LoggedVenue.At(30 + counts), record.CountedAt);
        Assert.Equal(warning, record.Warnings);
    }

    [Fact]
    public void a_scan_never_counts_before_what_is_known_of_its_ticket()
    {
        var venue = new LoggedVenue(LoggedVenue.Open);
        venue.Enter("T1", 10);
        Assert.Equal(LoggedVenue.At(10), venue.Leave("T1", 8, received: 11).CountedAt);
        Assert.False(venue.Admission.IsInside(new TicketId("T1")));
        Assert.Equal(LoggedVenue.At(9), venue.Enter("T2", 9, received: 12).CountedAt);
    }

    [Fact]
    public void a_scan_never_counts_before_the_latest_closing()
    {
        var venue = new LoggedVenue(LoggedVenue.Open);
        venue.CloseDay(20, 20);
        Assert.Equal(LoggedVenue.At(20), venue.Enter("T1", 18, received: 21).CountedAt);
        Assert.True(venue.Admission.IsInside(new TicketId("T1")));
    }

    [Fact]
    public void the_servers_clock_may_step_back_and_the_logs_time_does_not()
    {
        var venue = new LoggedVenue(LoggedVenue.Open);
        venue.Enter("T1", 10);
        Assert.Equal(LoggedVenue.At(10), venue.Enter("T2", 7).ReceivedAt);
    }

    [Fact]
    public void a_ticket_inside_is_refused_at_another_gate()
    {
        var venue = new LoggedVenue(LoggedVenue.Open);
        venue.Enter("T1", 1);
        Assert.Equal(RefusalReason.AlreadyInside, venue.Enter("T1", 2, "B").Reason);
        Assert.Equal(1, venue.Admission.Actual);
    }

    [Fact]
    public void whoever_is_inside_can_leave_whatever_became_of_the_ticket_and_at_any_gate()
    {
        var register = new Register([new Ticket(new TicketId("T1"))]);
        var venue = new LoggedVenue(LoggedVenue.Open with { Gates = new HashSet<string> { "A" } }, register);
        venue.Enter("T1", 1);
        register.Set(new Ticket(new TicketId("T1")) { Status = TicketStatus.Revoked });
        var left = venue.Leave("T1", 2, "back door");
        Assert.Equal((ScanOutcome.Accepted, ScanWarnings.None), (left.Outcome, left.Warnings));
        Assert.Equal(0, venue.Admission.Actual);
        Assert.Equal(RefusalReason.Revoked, venue.Enter("T1", 20).Reason);
    }

    [Fact]
    public void an_exit_of_somebody_not_inside_changes_no_count()
    {
        var venue = new LoggedVenue(LoggedVenue.Open);
        var left = venue.Leave("T1", 1);
        Assert.Equal((ScanOutcome.Accepted, ScanWarnings.ExitWithoutEntry), (left.Outcome, left.Warnings));
        Assert.Equal((0, 0), (venue.Admission.Actual, venue.Admission.Exits));
        Assert.Equal(new GateFlow(0, 0, 1), venue.Admission.Now().Flow["A"]);
    }

    [Fact]
    public void a_capacity_lowered_below_who_is_inside_refuses_entries_and_removes_nobody()
    {
        var venue = new LoggedVenue(new AdmissionRules { Capacity = 3 });
        foreach (var ticket in new[] { "T1", "T2", "T3" }) venue.Enter(ticket, 1);
        venue.Admission.Rules = venue.Admission.Rules with { Capacity = 1 };
        Assert.Equal(3, venue.Admission.Actual);
        venue.Leave("T1", 2);
        Assert.Equal(RefusalReason.AtCapacity, venue.Enter("T4", 3).Reason);
        venue.Leave("T2", 4);
        Assert.Equal(RefusalReason.AtCapacity, venue.Enter("T4", 5).Reason);
        venue.Leave("T3", 6);
        Assert.Equal(ScanOutcome.Accepted, venue.Enter("T4", 7).Outcome);
    }

    [Fact]
    public void the_demand_counts_those_turned_away_until_they_leave()
    {
        var venue = new LoggedVenue(new AdmissionRules { Capacity = 1 });
        venue.Enter("T1", 1);
        venue.Enter("T2", 2);
        venue.Enter("T2", 3);
        Assert.Equal((1, 2), (venue.Admission.Actual, venue.Admission.Theoretical));
        venue.Leave("T2", 4);
        Assert.Equal((1, 1), (venue.Admission.Actual, venue.Admission.Theoretical));
        Assert.Equal((1, 2), (venue.Admission.PeakActual, venue.Admission.PeakTheoretical));
    }

    [Fact]
    public void a_refusal_for_another_reason_is_no_demand()
    {
        var venue = new LoggedVenue(LoggedVenue.Open, new Register());
        venue.Enter("T1", 1);
        Assert.Equal((0, 0), (venue.Admission.Actual, venue.Admission.Theoretical));
    }

    [Fact]
    public void a_supervisors_word_is_kept_where_it_was_needed()
    {
        var word = new SupervisorOverride("Ada", "the artist's mother");
        var venue = new LoggedVenue(new AdmissionRules { Capacity = 1 });
        Assert.Null(venue.Enter("T1", 1, word: word).Override);
        var let = venue.Enter("T2", 2, word: word);
        Assert.Equal((word, ScanWarnings.CapacityOverride), (let.Override, let.Warnings));
        Assert.Equal(2, venue.Admission.Actual);
    }

    [Fact]
    public void a_stay_is_of_the_type_the_ticket_had_when_it_came_in()
    {
        var register = new Register([new Ticket(new TicketId("T1")) { TicketType = "Day" }]);
        var venue = new LoggedVenue(LoggedVenue.Open, register);
        venue.Enter("T1", 1);
        register.Set(new Ticket(new TicketId("T1")) { TicketType = "VIP" });
        Assert.Equal("Day=1", GeneratedLog.Words(venue.Admission.Now().ByTicketType));
        venue.Leave("T1", 2);
        venue.Enter("T1", 20);
        Assert.Equal("VIP=1", GeneratedLog.Words(venue.Admission.Now().ByTicketType));
        Assert.Equal("Day=1", GeneratedLog.Words(venue.Admission.At(LoggedVenue.At(1)).ByTicketType));
    }

    [Fact]
    public void what_the_door_noted_stays_noted()
    {
        var venue = new LoggedVenue(LoggedVenue.Open);
        var record = venue.Decide(new Attempt(LoggedVenue.ScanOf("T1", Exit, 1, "B"), LoggedVenue.At(1)) { Noted = ScanWarnings.WrongGate | ScanWarnings.DeviceMismatch });
        Assert.Equal(["exit_without_entry", "device_mismatch", "wrong_gate"], record.Warnings.CodesOf());
    }

    [Fact]
    public void a_rapid_reentry_is_by_the_latest_exit_of_any_kind()
    {
        var venue = new LoggedVenue(LoggedVenue.Open);
        venue.Leave("T1", 10);
        Assert.Equal(ScanWarnings.RapidReentry, venue.Enter("T1", 14).Warnings);
        venue.Leave("T1", 20);
        Assert.Equal(ScanWarnings.None, venue.Enter("T1", 25).Warnings);
    }
}
