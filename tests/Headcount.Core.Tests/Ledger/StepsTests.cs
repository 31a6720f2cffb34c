namespace Headcount.Core.Tests.Ledger;

/// <summary>What is known of a scan on arrival comes to the same as a walk over each ticket's scans.</summary>
public sealed class StepsTests
{
    private static readonly Gen<Scan> AnyScan =
        from ticket in Gen.Int[1, 5]
        from gate in Gen.Int[1, 3]
        from isEntry in Gen.Bool
        from outcome in Gen.Frequency((9, Gen.Const(ScanOutcome.None)), (1, Gen.Const(ScanOutcome.Rejected)))
        from late in Gen.Frequency((12, Gen.Const(0)), (1, Gen.Int[0, 30]))
        from step in Gen.Int[0, 12]
        select new Scan(new TicketId($"T{ticket}"), new GateName($"G{gate}"), isEntry ? ScanType.Entry : ScanType.Exit, new Instant((step - late) * 60_000_000L)) { Outcome = outcome };

    [Fact]
    public void what_is_known_on_arrival_comes_to_what_a_walk_finds() => Gen.Select(AnyScan.List[0, 60], Gen.Int[0, 30], Gen.Bool).Sample((scans, minutes, hasRegister) =>
    {
        var register = hasRegister ? new Register([new Ticket(new TicketId("T1")) { TicketType = "VIP" }, new Ticket(new TicketId("T2"))]) : null;
        var (known, walked) = (InOrder(scans), InOrder(scans));

        // A record that takes back what was never there: from then on the past is not taken as known.
        walked.Annul(long.MaxValue);
        Assert.Equal(Words(walked.Occupancy(register: register)), Words(known.Occupancy(register: register)));
        var window = TimeSpan.FromMinutes(minutes);
        Assert.Equal(walked.Anomalies(register, window).Anomalies, known.Anomalies(register, window).Anomalies);
    }, iter: 2000);

    [Theory, InlineData(15), InlineData(16), InlineData(100), InlineData(1500)]
    public void many_gates_are_counted_alike(int gates)
    {
        var scans = Enumerable.Range(0, 4 * gates).Select(i => new Scan(
            new TicketId($"T{i % 7}"), new GateName($"G{i % gates}"), i % 5 < 3 ? ScanType.Entry : ScanType.Exit, new Instant((i % 11 == 10 ? i - 60 : i) * 60_000_000L))).ToList();
        var (known, walked) = (new ScanLedger(), new ScanLedger());
        foreach (var scan in scans) (_, _) = (known.Add(scan), walked.Add(scan));
        walked.Annul(long.MaxValue);
        Assert.Equal(Words(walked.Occupancy()), Words(known.Occupancy()));
    }

    [Fact]
    public void one_ticket_with_very_many_entries_is_no_trouble()
    {
        var scans = Enumerable.Range(0, 100_000).Select(i => new Scan(new TicketId("T"), new GateName("A"), ScanType.Entry, new Instant(i)));
        var report = scans.Anomalies();
        Assert.Equal(99_999, report.Anomalies.Count);
        Assert.All(report.Anomalies, anomaly => Assert.Equal(1, anomaly.Earlier!.Position));
    }

    // Each scan some minutes after the one before, now and then earlier than that.
    private static ScanLedger InOrder(List<Scan> scans)
    {
        var ledger = new ScanLedger();
        var now = 0L;
        foreach (var scan in scans)
        {
            ledger.Add(scan with { Timestamp = new Instant(now + scan.Timestamp.Microseconds) });
            now += Math.Max(0, scan.Timestamp.Microseconds);
        }

        return ledger;
    }

    private static string Words(OccupancyReport report) =>
        $"{report.Intake} {report.Occupancy} {report.Entries} {report.Exits} {report.FirstEntries} "
        + string.Join(' ', report.Flow.Select(flow => $"{flow.Key} {flow.Value}"))
        + string.Join(' ', report.ByGateAndTicketType.SelectMany(gate => gate.Value.Select(type => $"{gate.Key} {type.Key} {type.Value}")));
}
