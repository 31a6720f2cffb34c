namespace Headcount.Core.Tests.Ledger;

/// <summary>A scan that was refused, and then recorded under the same scan id: the device let the person in after all.</summary>
public sealed class RefusedThenRecordedTests
{
    private static Scan Refused => ScanAt(1) with { Outcome = ScanOutcome.Rejected };

    private static Scan Recorded => ScanAt(1) with { Outcome = ScanOutcome.Recorded };

    [Fact]
    public void the_fact_is_counted()
    {
        var report = new[] { Refused, Recorded }.Occupancy();
        Assert.Equal((2, 0, 0, 1), (report.Intake.Scans, report.Intake.Repeated, report.Intake.Malformed, report.Occupancy));
    }

    [Fact]
    public void a_fact_of_another_ticket_gate_type_or_time_is_a_conflict()
    {
        Scan[] others =
        [
            Recorded with { TicketId = new TicketId("T2") },
            Recorded with { Gate = new GateName("B") },
            Recorded with { Type = ScanType.Exit },
            ScanAt(2) with { Outcome = ScanOutcome.Recorded },
        ];
        foreach (var other in others)
        {
            var report = new[] { Refused, other }.Occupancy();
            Assert.Equal((1, 0, 1, 0), (report.Intake.Scans, report.Intake.Repeated, report.Intake.Malformed, report.Occupancy));
        }
    }

    [Fact]
    public void in_a_log_the_two_may_have_different_times()
    {
        var report = new[] { Refused with { Seq = 1 }, ScanAt(2) with { Outcome = ScanOutcome.Recorded, Seq = 2 } }.Occupancy();
        Assert.Equal((2, 0, 0, 1), (report.Intake.Scans, report.Intake.Repeated, report.Intake.Malformed, report.Occupancy));
    }

    private static Scan ScanAt(int minute) =>
        new(new TicketId("T1"), new GateName("A"), ScanType.Entry, new Instant(minute * 60_000_000L), new DeviceId("d1"), new ScanId("s1"));
}
