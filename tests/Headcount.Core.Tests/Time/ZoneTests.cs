using Headcount.Core;

namespace Headcount.Core.Tests.Time;

/// <summary>Local times and instants, around the changes of the clocks and far from them.</summary>
public sealed class ZoneTests
{
    private static readonly string[] Zones =
    [
        "UTC", "+05:45", "-0330", "Europe/London", "Europe/Dublin", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe",
        "Pacific/Apia", "Pacific/Kiritimati", "Asia/Kathmandu", "Africa/Casablanca", "Africa/Monrovia", "America/Caracas", "Asia/Pyongyang",
    ];

    private static readonly Gen<string> AnyZone = Gen.Int[0, Zones.Length - 1].Select(at => Zones[at]);

    /// <summary>A zone, a local time, and its instant on the zone's clock.</summary>
    public static readonly TheoryData<string, string, string> LocalTimes = new()
    {
        // Far from a change.
        { "UTC", "2025-09-30T11:30:00", "2025-09-30T11:30:00+00:00" },
        { "+02:00", "2025-09-30T11:30:00", "2025-09-30T11:30:00+02:00" },
        { "-0330", "2025-09-30T11:30:00", "2025-09-30T11:30:00-03:30" },
        { "Europe/London", "2025-01-15T12:00:00", "2025-01-15T12:00:00+00:00" },
        { "Europe/London", "2025-07-15T12:00:00", "2025-07-15T12:00:00+01:00" },
        { "Asia/Kathmandu", "2025-07-15T12:00:00", "2025-07-15T12:00:00+05:45" },

        // London, 2025-03-30: 01:00 becomes 02:00. Skipped times move forward by the hour.
        { "Europe/London", "2025-03-30T00:59:59.999999", "2025-03-30T00:59:59.999999+00:00" },
        { "Europe/London", "2025-03-30T01:00:00", "2025-03-30T02:00:00+01:00" },
        { "Europe/London", "2025-03-30T01:30:00", "2025-03-30T02:30:00+01:00" },
        { "Europe/London", "2025-03-30T01:59:59.999999", "2025-03-30T02:59:59.999999+01:00" },
        { "Europe/London", "2025-03-30T02:00:00", "2025-03-30T02:00:00+01:00" },

        // London, 2025-10-26: 02:00 becomes 01:00. Times that occur twice are the earlier instant.
        { "Europe/London", "2025-10-26T00:59:59.999999", "2025-10-26T00:59:59.999999+01:00" },
        { "Europe/London", "2025-10-26T01:00:00", "2025-10-26T01:00:00+01:00" },
        { "Europe/London", "2025-10-26T01:59:59.999999", "2025-10-26T01:59:59.999999+01:00" },
        { "Europe/London", "2025-10-26T02:00:00", "2025-10-26T02:00:00+00:00" },

        // Dublin, where winter is the exception on the statute book, and the clock is London's.
        { "Europe/Dublin", "2025-03-30T01:30:00", "2025-03-30T02:30:00+01:00" },
        { "Europe/Dublin", "2025-10-26T01:30:00", "2025-10-26T01:30:00+01:00" },

        // New York.
        { "America/New_York", "2025-03-09T01:59:59", "2025-03-09T01:59:59-05:00" },
        { "America/New_York", "2025-03-09T02:30:00", "2025-03-09T03:30:00-04:00" },
        { "America/New_York", "2025-11-02T01:30:00", "2025-11-02T01:30:00-04:00" },
        { "America/New_York", "2025-11-02T02:00:00", "2025-11-02T02:00:00-05:00" },

        // Lord Howe Island changes by half an hour.
        { "Australia/Lord_Howe", "2025-10-05T01:59:59", "2025-10-05T01:59:59+10:30" },
        { "Australia/Lord_Howe", "2025-10-05T02:00:00", "2025-10-05T02:30:00+11:00" },
        { "Australia/Lord_Howe", "2025-10-05T02:15:00", "2025-10-05T02:45:00+11:00" },
        { "Australia/Lord_Howe", "2025-10-05T02:30:00", "2025-10-05T02:30:00+11:00" },
        { "Australia/Lord_Howe", "2025-04-06T01:29:59", "2025-04-06T01:29:59+11:00" },
        { "Australia/Lord_Howe", "2025-04-06T01:45:00", "2025-04-06T01:45:00+11:00" },
        { "Australia/Lord_Howe", "2025-04-06T02:00:00", "2025-04-06T02:00:00+10:30" },

        // Samoa went over the date line: there was no 2011-12-30.
        { "Pacific/Apia", "2011-12-29T23:59:59", "2011-12-29T23:59:59-10:00" },
        { "Pacific/Apia", "2011-12-30T00:00:00", "2011-12-31T00:00:00+14:00" },
        { "Pacific/Apia", "2011-12-30T12:00:00", "2011-12-31T12:00:00+14:00" },
        { "Pacific/Apia", "2011-12-31T00:00:00", "2011-12-31T00:00:00+14:00" },

        // Caracas moved by half an hour without daylight saving; Casablanca turns its clock back for Ramadan.
        { "America/Caracas", "2016-05-01T02:45:00", "2016-05-01T03:15:00-04:00" },
        { "Africa/Casablanca", "2025-02-23T02:30:00", "2025-02-23T02:30:00+01:00" },
        { "Africa/Casablanca", "2025-04-06T02:30:00", "2025-04-06T03:30:00+01:00" },

        // Either side of the century, and after the last rule on record.
        { "Europe/London", "1895-06-01T12:00:00", "1895-06-01T12:00:00+00:00" },
        { "Europe/Berlin", "1916-05-01T12:00:00", "1916-05-01T12:00:00+02:00" },
        { "Europe/London", "2090-07-15T12:00:00", "2090-07-15T12:00:00+01:00" },
        { "Europe/London", "2090-01-15T12:00:00", "2090-01-15T12:00:00+00:00" },
    };

    [Theory, MemberData(nameof(LocalTimes))]
    public void a_local_time_is_one_instant(string zoneId, string local, string expected)
    {
        var zone = Find(zoneId);
        Assert.True(Timestamp.TryParse(local, zone, out var instant));
        Assert.Equal(expected, zone.Format(instant));
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("Z")]
    [InlineData("Etc/UTC")]
    [InlineData("GMT")]
    [InlineData("+02:00")]
    [InlineData("-0330")]
    [InlineData("Europe/London")]
    public void a_zone_goes_by_its_name(string id) => Assert.True(Zone.TryFind(id, out _));

    [Theory]
    [InlineData("")]
    [InlineData("local")]
    [InlineData("Local")]
    [InlineData("Europe/Atlantis")]
    [InlineData("+2")]
    [InlineData("+02")]
    [InlineData("+24:00")]
    [InlineData("02:00")]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/localtime")]
    public void another_name_is_no_zone(string id)
    {
        Assert.False(Zone.TryFind(id, out var zone));
        Assert.Same(Zone.Utc, zone);
    }

    [Fact]
    public void a_fixed_offset_is_the_same_at_every_instant()
    {
        var zone = Find("+05:45");
        Assert.True(zone.IsFixed);
        Instants.Any.Sample(instant => zone.OffsetAt(instant) == new TimeSpan(5, 45, 0));
    }

    [Fact]
    public void a_printed_instant_is_read_back_in_every_zone() =>
        Gen.Select(AnyZone, Instants.Recorded).Sample((id, instant) =>
            Timestamp.TryParse(Find(id).Format(instant), Zone.Utc, out var back) && back == instant);

    [Fact]
    public void an_instants_local_time_is_that_instant_or_an_earlier_one_with_the_same_clock() =>
        Gen.Select(AnyZone, Instants.Recorded).Sample((id, instant) =>
        {
            var zone = Find(id);
            var local = zone.ToLocal(instant);
            var back = zone.FromLocal(local);
            return zone.ToLocal(back) == local && back <= instant;
        });

    [Fact]
    public void a_local_time_that_never_was_comes_out_later_by_the_gap() =>
        Gen.Select(AnyZone, Instants.Recorded).Sample((id, instant) =>
        {
            // Any clock reading at all, existing or not.
            var zone = Find(id);
            var moved = zone.ToLocal(zone.FromLocal(instant.Microseconds)) - instant.Microseconds;
            return moved >= 0 && moved <= TimeSpan.FromDays(1).TotalMicroseconds;
        });

    [Theory]
    [InlineData("Europe/London", "2025-07-15T12:00:00", "2025-07-15T00:00:00+01:00")]
    [InlineData("Europe/London", "2025-07-15T00:00:00", "2025-07-15T00:00:00+01:00")]
    [InlineData("Europe/London", "2025-03-30T12:00:00", "2025-03-30T00:00:00+00:00")]
    [InlineData("Europe/London", "2025-10-26T12:00:00", "2025-10-26T00:00:00+01:00")]
    [InlineData("Europe/London", "1965-07-15T12:00:00", "1965-07-15T00:00:00+01:00")]
    [InlineData("America/Havana", "2025-03-09T12:00:00", "2025-03-09T01:00:00-04:00")]
    public void a_day_starts_at_the_zones_midnight_or_when_the_clock_first_shows_that_day(string zoneId, string local, string expected)
    {
        var zone = Find(zoneId);
        Assert.True(Timestamp.TryParse(local, zone, out var instant));
        Assert.Equal(expected, zone.Format(zone.StartOfDay(instant)));
    }

    private static Zone Find(string id) => Zone.TryFind(id, out var zone) ? zone : throw new ArgumentException($"No zone {id} on this machine.");
}
