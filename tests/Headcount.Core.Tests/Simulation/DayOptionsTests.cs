using Headcount.Simulation;

namespace Headcount.Core.Tests.Simulation;

/// <summary>What a day can be asked for.</summary>
public sealed class DayOptionsTests
{
    public static readonly TheoryData<DayOptions, string> OutOfRange = new()
    {
        { new DayOptions { Attendees = -1 }, "Attendees must be from 0 to 10,000,000, not -1." },
        { new DayOptions { Attendees = 10_000_001 }, "Attendees must be from 0 to 10,000,000, not 10,000,001." },
        { new DayOptions { Gates = 0 }, "Gates must be from 1 to 1,000, not 0." },
        { new DayOptions { Gates = 1_001 }, "Gates must be from 1 to 1,000, not 1,001." },
        { new DayOptions { ShowRate = 1.5m }, "The show rate must be a share from 0 to 1, not 1.5." },
        { new DayOptions { ShowRate = -1m }, "The show rate must be a share from 0 to 1, not -1." },
        { new DayOptions { Day = DateOnly.MinValue }, "The day must be from 0001-01-03 to 9999-12-29, not 0001-01-01." },
        { new DayOptions { Day = DateOnly.MaxValue }, "The day must be from 0001-01-03 to 9999-12-29, not 9999-12-31." },
        { new DayOptions { Attendees = 100, ShowRate = 0.5m, Scans = 99 }, "100 attendees, of whom a share of 0.5 comes, make from 100 to 3,000 scans, not 99: change either number." },
        { new DayOptions { Attendees = 100, ShowRate = 0.5m, Scans = 3_001 }, "100 attendees, of whom a share of 0.5 comes, make from 100 to 3,000 scans, not 3,001: change either number." },
        { new DayOptions { Attendees = 0, Scans = 10 }, "Nobody comes, so there can be no 10 scans: raise the attendees or the show rate." },
    };

    [Theory, MemberData(nameof(OutOfRange))]
    public void an_option_out_of_range_is_refused_with_the_range(DayOptions options, string problem)
    {
        Assert.Equal(problem, options.FindProblem());
        Assert.StartsWith(problem, Assert.Throws<ArgumentException>(() => SimulatedDay.Plan(options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0001-01-03", "+14:00")]
    [InlineData("9999-12-29", "-12:00")]
    [InlineData("2024-02-29", "UTC")]
    public void the_edges_of_the_calendar_are_days_like_any_other(string day, string zoneId)
    {
        Assert.True(Zone.TryFind(zoneId, out var zone));
        var simulated = SimulatedDay.Plan(new DayOptions { Attendees = 50, Zone = zone, Day = DateOnly.ParseExact(day, "yyyy-MM-dd") });
        Assert.All(simulated.Scans, scan => Assert.StartsWith(day, zone.Format(scan.Scan.Timestamp), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(26, "A", "Z")]
    [InlineData(27, "A", "A1")]
    [InlineData(1_000, "A", "L38")]
    public void gates_are_letters_then_letters_with_numbers(int count, string first, string last)
    {
        var gates = SimulatedDay.Plan(new DayOptions { Attendees = 1, Gates = count }).Gates;
        Assert.Equal(first, gates[0].Value);
        Assert.Equal(last, gates[^1].Value);
        Assert.Equal(count, gates.Distinct().Count());
    }

    [Fact]
    public void nobody_makes_no_scans()
    {
        foreach (var options in new[] { new DayOptions { Attendees = 0 }, new DayOptions { ShowRate = 0, Faults = FaultRates.None } })
        {
            var day = SimulatedDay.Plan(options);
            Assert.Empty(day.Scans);
            Assert.Equal(options.Attendees, day.Tickets.Count);
        }
    }

    [Fact]
    public void one_person_comes_and_goes()
    {
        var day = SimulatedDay.Plan(new DayOptions { Attendees = 1, Gates = 1, ShowRate = 1, Faults = FaultRates.None });
        Assert.Equal(ScanType.Entry, day.Scans.First().Scan.Type);
        Assert.Equal(ScanType.Exit, day.Scans.Last().Scan.Type);
        Assert.All(day.Scans, scan => Assert.Equal("T00001", scan.Scan.TicketId.Value));
    }

    [Fact]
    public void a_million_tickets_are_one_register()
    {
        var day = SimulatedDay.Plan(new DayOptions { Attendees = 1_000_000, ShowRate = 0.01m });
        Assert.Equal(1_000_000, day.Tickets.Count);
        Assert.Equal(("T0000001", "T1000000"), (day.Tickets[0].TicketId.Value, day.Tickets[999_999].TicketId.Value));
        Assert.InRange(day.ScanCount, 20_000, 60_000);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(DayOptions.MostScansPerAttendee)]
    public void the_fewest_and_the_most_scans_can_be_asked_for(int each)
    {
        var day = SimulatedDay.Plan(new DayOptions { Attendees = 1_000, ShowRate = 1, Scans = 1_000 * each, Faults = FaultRates.None });
        Assert.InRange(day.ScanCount, 1_000 * each * 98 / 100, 1_000 * each * 102 / 100);
    }

    [Fact]
    public void the_scans_asked_for_come_about() =>
        Gen.Select(Gen.Int[500, 5_000], Gen.Int[3, 45], Gen.ULong, (attendees, each, seed) => (attendees, each, seed)).Sample(asked =>
        {
            var scans = (long)asked.attendees * asked.each;
            var day = SimulatedDay.Plan(new DayOptions { Attendees = asked.attendees, Seed = asked.seed, Scans = scans });
            return Math.Abs(day.ScanCount - scans) <= scans / 50;
        }, iter: 50);
}
