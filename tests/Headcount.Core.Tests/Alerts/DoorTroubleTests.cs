using Headcount.Engine;
using Headcount.Engine.Alerts;

namespace Headcount.Core.Tests.Alerts;

/// <summary>Unknown tickets, wrong clocks, and scans that come late.</summary>
public sealed class DoorTroubleTests
{
    [Fact]
    public void ten_unknown_tickets_within_a_minute_are_a_burst()
    {
        var venue = new WatchedVenue { IsRegisterOpen = false };
        for (var i = 0; i < 9; i++) venue.Enter($"X{i}", i * 0.1, "B");
        Assert.Empty(venue.News());
        venue.Enter("X9", 0.95, "B");
        var raised = Assert.Single(venue.Watch.TakeChanges()).Alert;
        Assert.Equal("10 tickets that the register lacks were refused within 60 seconds up to 12:00:57, all at gate B.", raised.Message);
        for (var i = 10; i < 40; i++) venue.Enter($"X{i}", 1);
        venue.Tick(1.5);
        Assert.Empty(venue.News());
        venue.Tick(2.1);
        Assert.Equal(["cleared unknown_burst"], venue.News());
    }

    [Fact]
    public void unknown_tickets_over_a_longer_time_are_no_burst()
    {
        var venue = new WatchedVenue { IsRegisterOpen = false };
        for (var i = 0; i < 60; i++) venue.Enter($"X{i}", i * 0.12);
        Assert.Empty(venue.News());
    }

    [Fact]
    public void among_many_good_tickets_a_few_unknown_ones_are_no_burst()
    {
        var venue = new WatchedVenue();
        for (var i = 0; i < 400; i++) venue.Enter($"good{i}", 0.001 * i);
        venue.IsRegisterOpen = false;
        for (var i = 0; i < 20; i++) venue.Enter($"X{i}", 0.5);
        Assert.Empty(venue.News());
        for (var i = 20; i < 30; i++) venue.Enter($"X{i}", 0.6);
        Assert.Equal(["raised unknown_burst"], venue.News());
    }

    [Fact]
    public void three_scans_far_off_show_a_wrong_clock_and_right_ones_clear_it()
    {
        var venue = new WatchedVenue();
        venue.Enter("1", 10, device: "s1", clock: 3);
        venue.Enter("2", 11, device: "s1", clock: 4);
        Assert.Empty(venue.News());
        venue.Enter("3", 12, device: "s1", clock: 5);
        var raised = Assert.Single(venue.Watch.TakeChanges()).Alert;
        Assert.Equal(("s1", "The clock of device s1 is about 7 minutes behind the server's, by its scans up to 12:12:00."), (raised.DeviceId, raised.Message));
        for (var i = 0; i < 4; i++) venue.Enter($"ok{i}", 13 + i, device: "s1");
        Assert.Empty(venue.News());
        venue.Enter("ok4", 18, device: "s1");
        Assert.Equal(["cleared clock_drift s1"], venue.News());
    }

    [Fact]
    public void a_median_of_more_than_two_minutes_is_a_drift_and_one_of_two_minutes_is_none()
    {
        var venue = new WatchedVenue();
        for (var i = 0; i < 9; i++)
        {
            venue.Enter($"exact{i}", 10 + i, device: "exact", clock: 12 + i);
            if (i < 4) venue.Enter($"fast{i}", 10 + i, device: "fast", clock: 12.1 + i);
        }

        Assert.Empty(venue.News());
        venue.Enter("fast4", 20, device: "fast", clock: 22.1);
        var raised = Assert.Single(venue.Watch.TakeChanges()).Alert;
        Assert.Equal(("fast", "The clock of device fast is about 2.1 minutes ahead of the server's, by its scans up to 12:20:00."), (raised.DeviceId, raised.Message));
    }

    [Fact]
    public void facts_and_single_slips_say_nothing_of_a_clock()
    {
        var venue = new WatchedVenue();
        for (var i = 0; i < 20; i++) venue.Report($"old{i}", ScanType.Entry, 0, 60);
        for (var i = 0; i < 20; i++) venue.Enter($"n{i}", 61 + i, device: "s1", clock: i % 9 == 0 ? 41 + i : 61 + i);
        Assert.Empty(venue.News());
    }

    [Fact]
    public void a_device_without_a_name_goes_by_its_gate()
    {
        var venue = new WatchedVenue();
        for (var i = 0; i < 3; i++) venue.Enter($"{i}", 10, "C", clock: 60);
        Assert.Equal(["raised clock_drift C"], venue.News());
    }

    [Fact]
    public void more_than_a_hundred_late_facts_within_a_minute_are_a_backlog()
    {
        var venue = new WatchedVenue();
        for (var i = 0; i < 300; i++) venue.Report($"recent{i}", ScanType.Entry, 55, 60);
        for (var i = 0; i < 100; i++) venue.Report($"late{i}", ScanType.Entry, 50 - i * 0.1, 60.5);
        Assert.Empty(venue.News());
        venue.Report("one more", ScanType.Entry, 20, 60.6);
        var raised = Assert.Single(venue.Watch.TakeChanges()).Alert;
        Assert.Equal("101 scans more than 5 minutes old arrived within 60 seconds up to 13:00:36, the oldest of 12:20:00.", raised.Message);
        Assert.Equal(WatchedVenue.At(20), raised.From);
        for (var i = 0; i < 50; i++) venue.Report($"later{i}", ScanType.Entry, 10, 61);
        venue.Tick(61.9);
        Assert.Empty(venue.News());
        venue.Tick(62.1);
        var cleared = Assert.Single(venue.Watch.TakeChanges()).Alert;
        Assert.EndsWith("Over at 13:02:06: 151 in all, the oldest of 12:10:00.", cleared.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void kinds_have_codes_and_a_way_back()
    {
        Assert.Equal(["occupancy", "capacity_exceeded", "gate_silent", "unknown_burst", "clock_drift", "fact_backlog"], AlertKinds.All);
        foreach (var kind in Enum.GetValues<AlertKind>())
        {
            Assert.True(AlertKinds.TryParse(kind.Code(), out var back));
            Assert.Equal(kind, back);
        }

        Assert.False(AlertKinds.TryParse("Occupancy", out _));
    }
}
