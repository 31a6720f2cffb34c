using Headcount.Engine;
using Headcount.Engine.Alerts;

namespace Headcount.Core.Tests.Alerts;

public sealed class ExceededPastTests
{
    [Fact]
    public void late_facts_that_put_the_past_over_capacity_are_told_with_the_time_it_was_so()
    {
        var venue = new WatchedVenue(capacity: 2, levels: []);
        venue.Enter("1", 0);
        venue.Enter("2", 10);
        venue.Leave("1", 30);
        venue.Report("3", ScanType.Entry, 5, 60);
        venue.Report("3", ScanType.Exit, 20, 60);
        venue.Tick(60);
        var raised = Assert.Single(venue.Watch.TakeChanges());
        Assert.Equal((AlertState.Raised, AlertKind.CapacityExceeded), (raised.State, raised.Alert.Kind));
        Assert.Equal((WatchedVenue.At(10), WatchedVenue.At(20)), (raised.Alert.From, raised.Alert.Until));
        Assert.Equal("Scans that came late show more people inside than the capacity of 2: up to 3 from 12:10:00 until 12:20:00.", raised.Alert.Message);
    }

    [Fact]
    public void the_same_stretch_is_told_once_and_grows_with_what_comes_later()
    {
        var venue = Over();
        venue.Report("4", ScanType.Entry, 12, 61);
        venue.Report("4", ScanType.Exit, 15, 61);
        venue.Tick(61);
        Assert.Empty(venue.News());
        venue.Report("5", ScanType.Entry, 8, 62);
        venue.Report("5", ScanType.Exit, 25, 62);
        venue.Tick(62);
        var grown = Assert.Single(venue.Watch.TakeChanges());
        Assert.Equal((AlertState.Updated, WatchedVenue.At(8), WatchedVenue.At(25)), (grown.State, grown.Alert.From, grown.Alert.Until));
    }

    [Fact]
    public void it_stands_for_a_quarter_of_an_hour_after_it_last_grew()
    {
        var venue = Over();
        venue.Tick(74);
        Assert.Empty(venue.News());
        venue.Tick(75);
        Assert.Equal(["cleared capacity_exceeded"], venue.News());
        venue.Report("4", ScanType.Entry, 12, 80);
        venue.Report("4", ScanType.Exit, 15, 80);
        venue.Tick(80);
        Assert.Empty(venue.News());
    }

    [Fact]
    public void one_that_still_lasts_gets_its_end_when_there_is_room_again()
    {
        var venue = new WatchedVenue(capacity: 1, levels: []);
        venue.Enter("1", 0);
        venue.Report("2", ScanType.Entry, 5, 10);
        venue.Tick(10);
        Assert.EndsWith("up to 2 since 12:05:00, and still.", Assert.Single(venue.Watch.TakeChanges()).Alert.Message, StringComparison.Ordinal);
        venue.Tick(40);
        Assert.Empty(venue.News());
        venue.Leave("1", 41);
        venue.Tick(41);
        var ended = Assert.Single(venue.Watch.TakeChanges());
        Assert.Equal((AlertState.Updated, WatchedVenue.At(41)), (ended.State, ended.Alert.Until));
        venue.Tick(56);
        Assert.Equal(["cleared capacity_exceeded"], venue.News());
    }

    [Fact]
    public void exits_that_come_to_light_later_make_it_shorter_or_undo_it()
    {
        var venue = new WatchedVenue(capacity: 1, levels: []);
        venue.Enter("1", 0);
        venue.Report("2", ScanType.Entry, 5, 60);
        venue.Tick(60);
        _ = venue.News();
        venue.Report("2", ScanType.Exit, 20, 61);
        venue.Tick(61);
        var shorter = Assert.Single(venue.Watch.TakeChanges());
        Assert.Equal((AlertState.Updated, WatchedVenue.At(5), WatchedVenue.At(20)), (shorter.State, shorter.Alert.From, shorter.Alert.Until));
        venue.Report("1", ScanType.Exit, 5, 62);
        venue.Tick(62);
        var undone = Assert.Single(venue.Watch.TakeChanges());
        Assert.Equal(AlertState.Cleared, undone.State);
        Assert.EndsWith("Later scans show that it was not so.", undone.Alert.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void what_was_seen_as_it_happened_is_not_told_again()
    {
        var venue = new WatchedVenue(capacity: 1, levels: []);
        var word = new SupervisorOverride("sue", "wheelchair");
        venue.Enter("1", 0, clock: -1);
        venue.Enter("2", 10, clock: 9, word: word);
        venue.Report("0", ScanType.Entry, -20, 11);
        venue.Report("0", ScanType.Exit, -10, 11);
        venue.Tick(11);
        Assert.Empty(venue.News());
        venue.Leave("2", 15);
        venue.Report("9", ScanType.Entry, -5, 16);
        venue.Tick(16);
        Assert.Equal(["raised capacity_exceeded"], venue.News());
    }

    [Fact]
    public void a_capacity_that_was_lowered_does_not_put_the_past_over_it()
    {
        var venue = new WatchedVenue(capacity: 100, levels: []);
        venue.Fill(50, 0);
        venue.ChangeCapacity(20, 10);
        venue.Report("late", ScanType.Entry, -5, 20);
        venue.Report("late", ScanType.Exit, -1, 20);
        venue.Tick(20);
        Assert.Empty(venue.News());
    }

    [Fact]
    public void an_annulled_exit_may_put_the_past_over_it_too()
    {
        var venue = new WatchedVenue(capacity: 1, levels: []);
        venue.Enter("1", 0);
        venue.Leave("1", 5);
        venue.Enter("2", 6);
        venue.Leave("2", 8);
        venue.Annul(2, 9);
        venue.Tick(9);
        var raised = Assert.Single(venue.Watch.TakeChanges()).Alert;
        Assert.Equal((WatchedVenue.At(6), WatchedVenue.At(8)), (raised.From, raised.Until));
    }

    [Fact]
    public void after_a_restart_nothing_is_told_twice()
    {
        var venue = new WatchedVenue(capacity: 2, levels: []);
        venue.Enter("1", 0);
        venue.Enter("2", 10);
        venue.Report("3", ScanType.Entry, 5, 60);
        venue.Report("3", ScanType.Exit, 20, 60);
        venue.Tick(60);
        var alert = Assert.Single(venue.Watch.TakeChanges()).Alert with { Number = 9 };

        var again = new WatchedVenue(capacity: 2, levels: [], known: [alert], admission: venue.Admission, now: WatchedVenue.At(61));
        again.Report("4", ScanType.Entry, 11, 62);
        again.Report("4", ScanType.Exit, 12, 62);
        again.Tick(62);
        Assert.Empty(again.News());
        again.Tick(76);
        var cleared = Assert.Single(again.Watch.TakeChanges());
        Assert.Equal((AlertState.Cleared, 9L), (cleared.State, cleared.Alert.Number));
    }

    private static WatchedVenue Over()
    {
        var venue = new WatchedVenue(capacity: 2, levels: []);
        venue.Enter("1", 0);
        venue.Enter("2", 10);
        venue.Leave("1", 30);
        venue.Report("3", ScanType.Entry, 5, 60);
        venue.Report("3", ScanType.Exit, 20, 60);
        venue.Tick(60);
        Assert.Equal(["raised capacity_exceeded"], venue.News());
        return venue;
    }
}
