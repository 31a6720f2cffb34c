namespace Headcount.Core.Tests.Alerts;

public sealed class GateSilenceTests
{
    [Fact]
    public void a_gate_that_was_in_use_and_falls_silent_while_others_are_busy_is_told_once_and_cleared_by_its_next_scan()
    {
        var venue = new WatchedVenue(gates: ["A", "B"]);
        Busy(venue, ("A", 0, 1), ("B", 0, 4.5));
        venue.Tick(3.8);
        Assert.Empty(venue.News());
        venue.Tick(4.5);
        venue.Tick(4.6);
        var raised = Assert.Single(venue.Watch.TakeChanges()).Alert;
        Assert.Equal("A", raised.Gate);
        Assert.StartsWith("Nothing has come from gate A since 12:00:54, while the other gates had ", raised.Message, StringComparison.Ordinal);
        venue.Enter("late", 5);
        Assert.Equal(["cleared gate_silent A"], venue.News());
    }

    [Fact]
    public void a_gate_that_was_hardly_used_may_be_silent()
    {
        var venue = new WatchedVenue(gates: ["A", "B"]);
        for (var i = 0; i < 4; i++) venue.Enter($"few{i}", 0.1 * i);
        Busy(venue, ("B", 0.4, 6));
        venue.Tick(6);
        Assert.Empty(venue.News());
    }

    [Fact]
    public void where_nobody_comes_anywhere_no_gate_is_silent()
    {
        var venue = new WatchedVenue(gates: ["A", "B"]);
        Busy(venue, ("A", 0, 1), ("B", 0, 1));
        venue.Tick(10);
        Assert.Empty(venue.News());
    }

    [Fact]
    public void it_is_cleared_when_the_others_fall_quiet_too()
    {
        var venue = new WatchedVenue(gates: ["A", "B"]);
        Busy(venue, ("A", 0, 1), ("B", 0, 6));
        venue.Tick(6);
        Assert.Equal(["raised gate_silent A"], venue.News());
        venue.Tick(8.5);
        Assert.Empty(venue.News());
        venue.Tick(9.5);
        Assert.Equal(["cleared gate_silent A"], venue.News());
    }

    [Fact]
    public void refused_scans_show_that_a_gate_lives_and_a_gate_the_event_lacks_is_not_watched()
    {
        var venue = new WatchedVenue(gates: ["A", "B"]);
        Busy(venue, ("A", 0, 1), ("Z", 0, 1), ("B", 0, 1));
        for (var i = 0; i < 60; i++)
        {
            venue.Enter("A at 0", 1 + i * 0.1);
            venue.Enter($"B{i}", 1 + i * 0.1, "B");
        }

        venue.Tick(7);
        Assert.Empty(venue.News());
    }

    [Fact]
    public void a_gate_that_the_event_gives_up_is_cleared()
    {
        var venue = new WatchedVenue(gates: ["A", "B"]);
        Busy(venue, ("A", 0, 1), ("B", 0, 6));
        venue.Tick(6);
        venue.Change(venue.Settings with { Rules = venue.Settings.Rules with { Gates = new HashSet<string> { "B" } } }, 6.1);
        Assert.Equal(["raised gate_silent A", "cleared gate_silent A"], venue.News());
    }

    [Fact]
    public void after_a_restart_a_silent_gate_stays_told_until_it_is_heard_of()
    {
        var venue = new WatchedVenue(gates: ["A", "B"]);
        Busy(venue, ("A", 0, 1), ("B", 0, 6));
        venue.Tick(6);
        var alert = Assert.Single(venue.Watch.TakeChanges()).Alert with { Number = 3 };

        var again = new WatchedVenue(gates: ["A", "B"], known: [alert], now: WatchedVenue.At(7));
        again.Tick(7.1);
        Busy(again, ("B", 7, 9));
        again.Tick(9);
        Assert.Empty(again.News());
        again.Enter("back", 9.1);
        Assert.Equal(["cleared gate_silent A"], again.News());
    }

    // Ten scans a minute.
    private static void Busy(WatchedVenue venue, params (string Gate, double From, double Until)[] gates)
    {
        for (var tenth = 0; tenth < 100; tenth++)
        {
            var minute = tenth * 0.1;
            foreach (var (gate, from, until) in gates)
            {
                if (minute > from - 0.001 && minute < until - 0.001) venue.Enter(FormattableString.Invariant($"{gate} at {minute:0.#}"), minute, gate);
            }
        }
    }
}
