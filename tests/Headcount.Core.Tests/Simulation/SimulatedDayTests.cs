using Headcount.Simulation;

namespace Headcount.Core.Tests.Simulation;

/// <summary>What a simulated day promises about its scans, and about the truth behind them.</summary>
public sealed class SimulatedDayTests
{
    private static readonly TimeSpan OneMinute = TimeSpan.FromMinutes(1);

    private static readonly Dictionary<Fault, Func<SimulatedDay, int>> Traces = new()
    {
        [Fault.Duplicates] = day => day.Scans.Count(scan => scan.Truth is ScanTruth.DoubleSwipe or ScanTruth.Passback),
        [Fault.Repeats] = day => day.Scans.Count(scan => scan.Truth == ScanTruth.Repeat),
        [Fault.LostExits] = day => day.Lost.Count(scan => scan.Scan.Type == ScanType.Exit),
        [Fault.MissedEntries] = day => day.Lost.Count(scan => scan.Scan.Type == ScanType.Entry),
        [Fault.Offline] = day => day.Scans.Count(scan => scan.Truth != ScanTruth.Repeat && scan.ArrivesAt - scan.MadeAt > OneMinute),
        [Fault.ClockDrift] = day => day.Scans.Count(scan => (scan.Scan.Timestamp - scan.MadeAt).Duration() >= OneMinute),
        [Fault.Forged] = day => day.Scans.Count(scan => scan.Truth == ScanTruth.Forged),
        [Fault.RapidReentry] = RapidReturns,
    };

    public static TheoryData<Fault> EveryFault => [.. Enum.GetValues<Fault>()];

    private static readonly Gen<DayOptions> AnyDay =
        Gen.Select(Gen.Int[0, 400], Gen.Int[1, 40], Gen.ULong, Gen.Bool, (attendees, gates, seed, faults) => new DayOptions
        {
            Attendees = attendees,
            Gates = gates,
            Seed = seed,
            Faults = faults ? FaultRates.Usual : FaultRates.None,
        });

    [Theory, MemberData(nameof(EveryFault))]
    public void a_fault_appears_when_it_is_on_and_no_other_does(Fault fault)
    {
        var day = SimulatedDay.Plan(new DayOptions { Attendees = 2_000, Faults = FaultRates.None.With(fault, FaultRates.Usual[fault]) });
        Assert.All(Traces, trace => Assert.Equal(trace.Key == fault, trace.Value(day) > 0));
    }

    [Fact]
    public void a_usual_day_has_every_fault()
    {
        var day = SimulatedDay.Plan(new DayOptions { Attendees = 5_000 });
        Assert.All(Traces, trace => Assert.True(trace.Value(day) > 0, $"{trace.Key}"));
    }

    [Fact]
    public void without_faults_the_scans_tell_the_truth_at_every_time() =>
        AnyDay.Select(day => day with { Faults = FaultRates.None }).Sample(options =>
        {
            var day = SimulatedDay.Plan(options);
            var scans = day.Scans.Select(scan => scan.Scan).ToArray();
            var inside = 0;
            foreach (var scan in scans)
            {
                inside += scan.Type == ScanType.Entry ? 1 : -1;
                Assert.Equal(day.TruthAt(scan.Timestamp), scans.Count(other => other.Type == ScanType.Entry && other.Timestamp <= scan.Timestamp)
                    - scans.Count(other => other.Type == ScanType.Exit && other.Timestamp <= scan.Timestamp));
            }

            Assert.Equal(0, inside);
        }, iter: 10);

    [Fact]
    public void without_faults_the_ledger_counts_the_truth_and_finds_nothing_wrong()
    {
        var day = SimulatedDay.Plan(new DayOptions { Attendees = 3_000, Gates = 7, Faults = FaultRates.None });
        var ledger = day.Scans.Select(scan => scan.Scan).ToLedger();
        var register = new Register(day.Tickets);
        Assert.Empty(ledger.Anomalies(register).Anomalies);
        var curve = ledger.Timeline(TimeSpan.FromMinutes(1), Zone.Utc);
        Assert.All(curve.Points, point => Assert.Equal(day.TruthAt(point.At), point.Occupancy));
        Assert.True(curve.Peak.Occupancy > 1_500);
    }

    [Fact]
    public void what_the_gates_lose_changes_nothing_about_who_was_there()
    {
        var options = new DayOptions { Attendees = 500, Faults = FaultRates.None };
        var quiet = SimulatedDay.Plan(options);
        var lossy = SimulatedDay.Plan(options with { Faults = FaultRates.Parse("lost-exits=0.5,missed-entries=0.5,repeats=0.5,offline=1,clock-drift=1,forged=1") });
        Assert.All(quiet.Scans, scan => Assert.Equal(quiet.TruthAt(scan.MadeAt), lossy.TruthAt(scan.MadeAt)));
        Assert.Equal(quiet.Scans.Select(Passed).Order(), lossy.Scans.Where(scan => scan.Truth == ScanTruth.Passage).Concat(lossy.Lost).Select(Passed).Order());
    }

    [Fact]
    public void everybody_has_left_by_midnight() =>
        AnyDay.Sample(options =>
        {
            var day = SimulatedDay.Plan(options);
            return day.TruthAt(Instant.Min) == 0 && day.TruthAt(Instant.Max) == 0;
        }, iter: 50);

    [Fact]
    public void scans_are_in_order_of_arrival_and_none_arrives_before_it_is_made() =>
        AnyDay.Sample(options =>
        {
            var scans = SimulatedDay.Plan(options).Scans.ToArray();
            return scans.Zip(scans.Skip(1)).All(pair => pair.First.ArrivesAt <= pair.Second.ArrivesAt)
                && scans.All(scan => scan.ArrivesAt > scan.MadeAt);
        }, iter: 50);

    [Fact]
    public void a_scan_id_is_short_and_unique_on_its_device_and_a_repeat_is_the_same_scan() =>
        AnyDay.Sample(options =>
        {
            var seen = new Dictionary<(DeviceId?, ScanId?), Scan>();
            foreach (var scan in SimulatedDay.Plan(options).Scans.OrderBy(scan => scan.Truth == ScanTruth.Repeat))
            {
                Assert.InRange(scan.Scan.ScanId!.Value.Value.Length, 1, 16);
                if (!seen.TryAdd((scan.Scan.DeviceId, scan.Scan.ScanId), scan.Scan))
                {
                    Assert.Equal(ScanTruth.Repeat, scan.Truth);
                    Assert.Equal(seen[(scan.Scan.DeviceId, scan.Scan.ScanId)], scan.Scan);
                }
            }
        }, iter: 50);

    [Fact]
    public void the_register_has_every_ticket_but_the_forged_ones() =>
        AnyDay.Select(options => options with { Faults = FaultRates.Parse("all,forged=0.1") }).Sample(options =>
        {
            var day = SimulatedDay.Plan(options);
            var known = day.Tickets.Select(ticket => ticket.TicketId).ToHashSet();
            Assert.Equal(options.Attendees, known.Count);
            Assert.Equal(options.Attendees, day.Tickets.Select(ticket => ticket.UserId).Distinct().Count());
            var forged = day.Scans.Where(scan => !known.Contains(scan.Scan.TicketId)).Select(scan => scan.Truth).ToArray();
            return forged.All(truth => truth is ScanTruth.Forged or ScanTruth.Repeat)
                && day.Scans.All(scan => scan.Truth != ScanTruth.Forged || !known.Contains(scan.Scan.TicketId));
        }, iter: 30);

    [Fact]
    public void an_offline_gate_delivers_late_but_in_its_own_order()
    {
        var day = SimulatedDay.Plan(new DayOptions { Attendees = 3_000, Faults = FaultRates.Parse("offline=1") });
        var arrivals = day.Scans.Select(scan => scan.MadeAt).ToArray();
        Assert.Contains(arrivals.Zip(arrivals.Skip(1)), pair => pair.First - pair.Second > OneMinute);
        Assert.All(day.Scans, scan => Assert.InRange(scan.ArrivesAt - scan.MadeAt, TimeSpan.Zero, TimeSpan.FromMinutes(42)));
    }

    [Fact]
    public void people_come_in_waves_and_near_their_gate()
    {
        var day = SimulatedDay.Plan(new DayOptions { Attendees = 10_000 });
        Assert.True(day.TruthAt(At(day, 9)) < 1_000, "crew and press only before the doors");
        Assert.InRange(day.TruthAt(At(day, 12)), 1_500, 5_000);
        Assert.True(day.TruthAt(At(day, 20)) > day.TruthAt(At(day, 16)), "the main act draws a second wave");
        Assert.True(day.TruthAt(At(day, 23)) < day.TruthAt(At(day, 20)) / 2, "they leave after it");

        var visits = day.Scans.Where(scan => scan.Truth == ScanTruth.Passage).GroupBy(scan => scan.Scan.TicketId)
            .Select(scans => scans.GroupBy(scan => scan.Scan.Gate).Max(gate => gate.Count()) / (double)scans.Count());
        Assert.InRange(visits.Average(), 0.7, 0.95);
        Assert.Equal(["CREW", "GENERAL", "PRESS", "VIP"], day.Tickets.Select(ticket => ticket.TicketType!).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void the_hours_are_those_of_the_venues_clock_on_a_day_when_it_changes()
    {
        if (!Zone.TryFind("Europe/Berlin", out var zone)) Assert.Skip("This machine has no data on Europe/Berlin.");
        var options = new DayOptions { Attendees = 200, Day = new DateOnly(2025, 3, 30), Faults = FaultRates.None };
        var here = SimulatedDay.Plan(options with { Zone = zone }).Scans.Select(scan => zone.Format(scan.Scan.Timestamp)[..19]);
        var utc = SimulatedDay.Plan(options).Scans.Select(scan => Zone.Utc.Format(scan.Scan.Timestamp)[..19]);
        Assert.Equal(utc, here);
    }

    private static Instant At(SimulatedDay day, int hour) =>
        Instant.FromDateTimeOffset(new DateTimeOffset(day.Options.Day, new TimeOnly(hour, 0), TimeSpan.Zero));

    private static string Passed(SimulatedScan scan) => $"{scan.Scan.TicketId} {scan.Scan.Gate} {scan.Scan.Type} {scan.MadeAt}";

    private static int RapidReturns(SimulatedDay day) =>
        day.Scans.Concat(day.Lost).Where(scan => scan.Truth is ScanTruth.Passage or ScanTruth.Lost).GroupBy(scan => scan.Scan.TicketId)
            .Select(scans => scans.OrderBy(scan => scan.MadeAt).ToArray())
            .Sum(scans => scans.Zip(scans.Skip(1)).Count(pair =>
                pair is { First.Scan.Type: ScanType.Exit, Second.Scan.Type: ScanType.Entry } && pair.Second.MadeAt - pair.First.MadeAt < TimeSpan.FromMinutes(5)));
}
