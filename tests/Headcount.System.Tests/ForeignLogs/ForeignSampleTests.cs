using Headcount.SystemTests.Cli;

namespace Headcount.SystemTests.ForeignLogs;

/// <summary>The logs in <c>samples/foreign</c>, read by options alone, and the numbers that they were made to give.</summary>
public sealed class ForeignSampleTests
{
    private const string ParkGates =
        "park-gates.csv --alternate --entry entrance0,entrance1,entrance2,entrance3,entrance4 --map ticket_id=car-id,timestamp=Timestamp,gate=gate-name,scan_type=gate-name";

    private const string GymDoor = "gym-door.csv --anonymous --map gate=DeviceName,scan_type=Direction,timestamp=AlarmDateTime --time-format M/d/yyyy_H:mm";
    private const string Badges = "badges.json --entry GRANTED_IN --exit GRANTED_OUT --map ticket_id=badge,gate=door,scan_type=event,timestamp=at,device_id=reader";
    private const string Visitors = "visitors.csv --gate reception --map ticket_id=badge,entered=in,left=out";
    private const string ClubNight = "club-night.csv --entry Kommen --exit Gehen --map ticket_id=Karte,gate=Tür,scan_type=Buchung,timestamp=Zeit --time-format dd.MM.yyyy_HH:mm:ss --zone Europe/Berlin";
    private const string Postgres = "postgres.csv --map ticket_id=ticket,scan_type=direction,timestamp=scanned_at --time-format yyyy-MM-dd_HH:mm:ss.FFFFFFzz";
    private const string Excel = "excel.csv --map ticket_id=Ticket,gate=Gate,scan_type=Direction,timestamp=Time --time-format M/d/yyyy_h:mm_tt";

    public static readonly TheoryData<string, int, string> Occupancies = new()
    {
        { ParkGates, 0, "scans 13 skipped 10 malformed 0 occupancy 1 entries 7 exits 6 first_entries 6" },
        { GymDoor, 0, "scans 15 skipped 0 malformed 0 occupancy 5 entries 10 exits 5 first_entries 10" },
        { Badges, 0, "scans 6 skipped 3 malformed 0 occupancy 2 entries 4 exits 2 first_entries 3" },
        { Visitors, 0, "scans 11 skipped 0 malformed 0 occupancy 2 entries 6 exits 4 first_entries 5" },
        { ClubNight, 0, "scans 9 skipped 2 malformed 0 occupancy 1 entries 5 exits 4 first_entries 5" },
        { Postgres, 0, "scans 5 skipped 0 malformed 0 occupancy 3 entries 4 exits 1 first_entries 4" },
        { Excel, 3, "scans 4 skipped 0 malformed 2 occupancy 2 entries 3 exits 1 first_entries 3" },
    };

    public static readonly TheoryData<string, string> Peaks = new()
    {
        { ParkGates, "4 at 2024-06-01T09:30:00+00:00" },
        { GymDoor, "6 at 2024-03-04T17:41:00+00:00" },
        { Badges, "3 at 2025-09-30T08:15:09+00:00" },
        { Visitors, "3 at 2025-09-30T11:05:00+00:00" },
        { ClubNight, "4 at 2025-10-25T23:15:27+02:00" },
        { Postgres, "3 at 2025-09-30T10:01:30.250001+00:00" },
    };

    [Theory, MemberData(nameof(Occupancies))]
    public async Task a_sample_gives_the_numbers_it_was_made_for(string arguments, int status, string numbers)
    {
        var run = await Run("occupancy", arguments);
        Assert.Equal(status, run.Status);
        var words = numbers.Split(' ');
        var given = words.Where((_, i) => i % 2 == 0).Select(key => $"{key} {run.Json.GetProperty(key).GetInt64()}");
        Assert.Equal(numbers, string.Join(' ', given));
    }

    [Theory, MemberData(nameof(Peaks))]
    public async Task a_sample_has_its_peak_where_it_was_put(string arguments, string peak)
    {
        var run = await Run("timeline", arguments);
        var given = run.Json.GetProperty("peak");
        Assert.Equal(peak, $"{given.GetProperty("occupancy").GetInt64()} at {given.GetProperty("at").GetString()}");
    }

    [Fact]
    public async Task a_local_time_that_comes_twice_is_the_earlier_one()
    {
        // K-103 leaves at 02:30 on a clock that shows it twice: at 02:29 of the first time round three stayed and one more was there.
        Assert.Equal(4, Occupancy(await Run("occupancy", ClubNight + " --at 2025-10-26T02:29:59+02:00")));
        Assert.Equal(3, Occupancy(await Run("occupancy", ClubNight + " --at 2025-10-26T02:30:00+02:00")));
        Assert.Equal(3, Occupancy(await Run("occupancy", ClubNight + " --at 2025-10-26T02:30:00+01:00")));
    }

    [Fact]
    public async Task a_visit_whose_entry_was_never_seen_is_an_exit_without_entry()
    {
        var run = await Run("anomalies", Visitors);
        var anomaly = Assert.Single(run.Json.GetProperty("anomalies").EnumerateArray());
        Assert.Equal(("exit_without_entry", "V05", 6), (anomaly.GetProperty("kind").GetString(), anomaly.GetProperty("ticket_id").GetString(), anomaly.GetProperty("scan").GetInt32()));
    }

    [Fact]
    public async Task directions_by_value_do_not_go_with_alternating_scans()
    {
        var run = await Run("occupancy", ParkGates + " --exit entrance9");
        Assert.Equal((2, ""), (run.Status, run.Output));
        Assert.Contains("--exit names a direction", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_row_with_both_times_needs_no_direction()
    {
        var run = await Run("occupancy", Visitors + " --alternate");
        Assert.Equal((2, ""), (run.Status, run.Output));
        Assert.Contains("holds both times", run.Error, StringComparison.Ordinal);
    }

    private static long Occupancy(Outcome run) => run.Json.GetProperty("occupancy").GetInt64();

    // An underscore in a time format stands for a blank, so that the arguments can be written in one line.
    private static Task<Outcome> Run(string command, string arguments)
    {
        var words = arguments.Split(' ').Select((word, i) => i == 0 ? "samples/foreign/" + word : word).ToArray();
        var format = Array.IndexOf(words, "--time-format") + 1;
        if (format > 0) words[format] = words[format].Replace('_', ' ');
        return TheProgram.Run([command, .. words, "--json"]);
    }
}
