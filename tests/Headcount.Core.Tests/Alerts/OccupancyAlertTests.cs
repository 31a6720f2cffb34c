using Headcount.Engine;
using Headcount.Engine.Alerts;

namespace Headcount.Core.Tests.Alerts;

public sealed class OccupancyAlertTests
{
    [Fact]
    public void a_level_fires_at_exactly_its_share_and_is_armed_again_five_points_below()
    {
        var venue = new WatchedVenue(capacity: 100, levels: [80]);
        venue.Fill(79, 1);
        Assert.Empty(venue.News());
        venue.Fill(80, 2);
        Assert.Equal(["raised occupancy 80"], venue.News());
        venue.Fill(85, 3);
        venue.Fill(76, 4);
        venue.Fill(90, 5);
        Assert.Empty(venue.News());
        venue.Fill(75, 6);
        Assert.Equal(["cleared occupancy 80"], venue.News());
        venue.Fill(80, 7);
        Assert.Equal(["raised occupancy 80"], venue.News());
    }

    [Fact]
    public void every_record_is_looked_at_even_when_the_commit_ends_where_it_began()
    {
        var venue = new WatchedVenue(capacity: 10, levels: [100]);
        venue.Fill(9, 1);
        venue.Fill(10, 2);
        venue.Fill(9, 2);
        venue.Fill(10, 2);
        Assert.Equal(["raised occupancy 100", "cleared occupancy 100", "raised occupancy 100"], venue.News());
    }

    [Fact]
    public void a_jump_fires_every_level_it_passes_in_ascending_order()
    {
        var venue = new WatchedVenue(capacity: 1_000, levels: [100, 80, 90]);
        venue.Fill(500, 1);
        venue.ChangeCapacity(500, 2);
        Assert.Equal(["raised occupancy 80", "raised occupancy 90", "raised occupancy 100"], venue.News());
    }

    [Fact]
    public void a_changed_capacity_is_looked_at_at_once_and_the_message_names_it()
    {
        var venue = new WatchedVenue(capacity: 100, levels: [80]);
        venue.Fill(60, 1);
        venue.ChangeCapacity(75, 30);
        var raised = Assert.Single(venue.Watch.TakeChanges()).Alert;
        Assert.Equal("80 % of capacity: 60 of 75 are inside at 12:30:00.", raised.Message);
        venue.ChangeCapacity(200, 31);
        Assert.Equal("80 % of capacity: 60 of 75 are inside at 12:30:00. Down to 60 at 12:31:00.", Assert.Single(venue.Watch.TakeChanges()).Alert.Message);
    }

    [Fact]
    public void times_are_on_the_venues_clock()
    {
        Assert.True(Zone.TryFind("Asia/Kolkata", out var kolkata));
        var venue = new WatchedVenue(capacity: 1, levels: [100], zone: kolkata);
        venue.Fill(1, 0);
        Assert.Contains("17:30:00", Assert.Single(venue.Watch.TakeChanges()).Alert.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void with_a_capacity_of_nobody_the_first_person_fires_and_the_last_one_out_arms()
    {
        var venue = new WatchedVenue(capacity: 0, levels: [80]);
        venue.Fill(0, 1);
        Assert.Empty(venue.News());
        venue.Fill(2, 2);
        Assert.Equal(["raised occupancy 80"], venue.News());
        venue.Fill(1, 3);
        Assert.Empty(venue.News());
        venue.Fill(0, 4);
        Assert.Equal(["cleared occupancy 80"], venue.News());
    }

    [Fact]
    public void the_largest_capacity_does_not_overflow()
    {
        var venue = new WatchedVenue(capacity: long.MaxValue, levels: [1, 200]);
        venue.Fill(3, 1);
        Assert.Empty(venue.News());
    }

    [Fact]
    public void what_the_table_says_is_active_does_not_fire_again_and_is_armed_where_it_should_be()
    {
        var known = new Alert { Number = 17, Kind = AlertKind.Occupancy, Level = 80, RaisedAt = WatchedVenue.Noon, Message = "80 % of capacity." };
        var venue = new WatchedVenue(capacity: 100, levels: [80], known: [known]);
        // Down to nobody in the meantime: that is said, of the alert that the table has.
        var cleared = Assert.Single(venue.Watch.TakeChanges());
        Assert.Equal((AlertState.Cleared, 17), (cleared.State, cleared.Alert.Number));

        var full = new WatchedVenue(capacity: 100, levels: [80]);
        full.Fill(77, 1);
        var again = new WatchedVenue(capacity: 100, levels: [80], known: [known], admission: full.Admission);
        Assert.Empty(again.News());
        again.Fill(80, 2);
        Assert.Empty(again.News());
    }

    [Fact]
    public void a_level_that_was_crossed_while_nothing_could_be_kept_fires_at_the_next_start()
    {
        var venue = new WatchedVenue(capacity: 10, levels: [50]);
        venue.Fill(6, 1);
        var again = new WatchedVenue(capacity: 10, levels: [50], admission: venue.Admission, now: WatchedVenue.At(2));
        Assert.Equal(["raised occupancy 50"], again.News());
    }

    [Fact]
    public void a_level_that_is_taken_away_clears_its_alert()
    {
        var venue = new WatchedVenue(capacity: 10, levels: [50, 60]);
        venue.Fill(5, 1);
        _ = venue.News();
        venue.Change(venue.Settings with { AlertLevels = [60] }, 2);
        Assert.Equal(["cleared occupancy 50"], venue.News());
    }

    /// <summary>The rule to the letter, level by level, over any walk of the occupancy.</summary>
    [Fact]
    public void alerts_follow_the_rule_over_any_walk() =>
        Gen.Select(Gen.Long[1, 60], Gen.Int[5, 120].Array[1, 4], Gen.Long[0, 70].Array[1, 60]).Sample((capacity, levels, walk) =>
        {
            var venue = new WatchedVenue(capacity, levels);
            var armed = levels.Distinct().ToDictionary(level => level, _ => true);
            foreach (var target in walk)
            {
                var expected = new List<string>();
                for (var inside = venue.Admission.Actual; inside != target;)
                {
                    inside += Math.Sign(target - inside);
                    foreach (var level in armed.Keys.Order())
                    {
                        if (armed[level] && inside * 100 >= capacity * level)
                            expected.Add($"raised occupancy {level}");
                        else if (!armed[level] && inside * 100 <= capacity * (level - 5))
                            expected.Add($"cleared occupancy {level}");
                        else
                            continue;
                        armed[level] = !armed[level];
                    }
                }

                venue.Fill(target, 1);
                Assert.Equal(expected, venue.News());
            }
        });
}
