using static Headcount.Core.ScanType;

namespace Headcount.Core.Tests.Admitting;

/// <summary>Who would have got in, by a stream alone: arrival is the order, each scan's own timestamp the time.</summary>
public sealed class AdmitStreamTests
{
    private static Scan In(string ticket, double minutes, string gate = "A") => LoggedVenue.ScanOf(ticket, Entry, minutes, gate);

    private static Scan Out(string ticket, double minutes, string gate = "A") => LoggedVenue.ScanOf(ticket, Exit, minutes, gate);

    [Fact]
    public void everything_is_counted_once()
    {
        var register = new Register(new[] { "T1", "T2", "T3", "V1" }.Select(id => new Ticket(new TicketId(id)) { TicketType = id[0] == 'V' ? "VIP" : "Day" }));
        Scan[] scans = [In("T1", 1), In("T2", 2), In("T2", 2), In("T3", 3, "B"), In("V1", 4), Out("T9", 5), Out("T1", 6), In("T1", 8), Out("V1", 9), Out("T2", 9), In("T1", 10), In("X", 11)];
        var report = scans.Admit(2, register);
        Assert.Equal(new Intake(11, 1, 0, 0), report.Intake);
        Assert.Equal((2, 1, 3), (report.Capacity, report.Actual, report.PeakActual));
        Assert.Equal((2, 4), (report.Theoretical, report.PeakTheoretical));
        Assert.Equal((4, 3, 1), (report.Admitted, report.Released, report.Overrides));
        Assert.Equal("at_capacity=2 unknown_ticket=1", GeneratedLog.Words(report.Rejected));
        Assert.Equal([(4, "T3", "B", RefusalReason.AtCapacity), (8, "T1", "A", RefusalReason.AtCapacity), (12, "X", "A", RefusalReason.UnknownTicket)],
            report.Rejections.Select(rejection => ((int)rejection.Position, rejection.TicketId.Value, rejection.Gate.Value, rejection.Reason)));
        Assert.Equal("capacity_override=1 exit_without_entry=1 rapid_reentry=1", GeneratedLog.Words(report.Warnings));
        Assert.Equal(report.Rejections[1], report.Rejections.ElementAt(1));
    }

    [Fact]
    public void with_room_for_all_everybody_is_let_in()
    {
        Scan[] scans = [In("T1", 1), In("T2", 2), Out("T1", 3)];
        var report = scans.Admit(1_000);
        Assert.Equal((1, 1, 2, 1), (report.Actual, report.Theoretical, report.Admitted, report.Released));
        Assert.Empty(report.Rejections);
    }

    [Fact]
    public void arrival_is_the_order_and_timestamps_are_the_time()
    {
        // The exit arrives after the entry, although it is dated before it: who came last is out.
        Assert.Equal(0, new[] { In("T1", 10), Out("T1", 5) }.Admit(5).Actual);

        // The exit dated after the entry does not bear on it; the one before does.
        var rules = new AdmissionRules { Capacity = 5, RejectRapidReentry = true };
        Assert.Empty(new[] { Out("T1", 20), In("T1", 18) }.Admit(rules).Rejections);
        Assert.Single(new[] { Out("T1", 20), Out("T1", 15), In("T1", 18) }.Admit(rules).Rejections);
        Assert.Single(new[] { Out("T1", 20), Out("T1", 15), In("T1", 24) }.Admit(rules).Rejections);
        Assert.Empty(new[] { Out("T1", 20), Out("T1", 15), In("T1", 25) }.Admit(rules).Rejections);
    }

    [Fact]
    public void one_ticket_whose_scans_come_the_wrong_way_round_is_no_trouble()
    {
        // Latest first, an entry after each exit: all exits so far are later than it, but the one a minute before it has not come yet.
        var backwards = Enumerable.Range(0, 50_000).SelectMany(i => new[] { Out("T1", 200_000 - 2 * i), In("T1", 199_999 - 2 * i) });
        var report = backwards.Admit(new AdmissionRules { Capacity = 5, RejectRapidReentry = true });
        Assert.Equal((50_000, 49_999), (report.Admitted, report.Released));

        // Earliest first in pairs the wrong way round: each entry's latest exit not after it is the one two minutes before.
        var pairs = Enumerable.Range(0, 50_000).SelectMany(i => new[] { Out("T1", 2 * i + 1), In("T1", 2 * i) });
        Assert.Equal(49_999, pairs.Admit(new AdmissionRules { Capacity = 5, RejectRapidReentry = true }).Rejections.Count);
    }

    [Fact]
    public void refused_scans_of_a_log_are_attempts_and_annulled_ones_never_were()
    {
        var ledger = new ScanLedger();
        ledger.Add(In("T1", 1) with { Outcome = ScanOutcome.Rejected, Seq = 1 });
        ledger.Add(In("T2", 2) with { Outcome = ScanOutcome.Accepted, Seq = 2 });
        ledger.Add(In("T3", 3) with { Outcome = ScanOutcome.Recorded, Seq = 3 });
        ledger.Annul(2);
        var report = ledger.Admit(new AdmissionRules { Capacity = 5 });
        Assert.Equal((2, 2), (report.Admitted, report.Actual));
    }

    [Fact]
    public void a_closing_comes_where_it_came_among_the_scans()
    {
        var ledger = new ScanLedger();
        ledger.Add(In("T1", 1));
        ledger.Add(In("T2", 2));
        ledger.CloseDay(LoggedVenue.At(10));
        ledger.Add(Out("T2", 12));
        ledger.Add(In("T1", 20));
        ledger.Add(In("T3", 21));
        var report = ledger.Admit(new AdmissionRules { Capacity = 2 });
        Assert.Equal((2, 2, 2, 2), (report.Actual, report.Theoretical, report.PeakActual, report.PeakTheoretical));
        Assert.Equal((4, 1), (report.Admitted, report.Released));
        Assert.Empty(report.Warnings);

        ledger.CloseDay(LoggedVenue.At(30));
        Assert.Equal((0, 0), (ledger.Admit(new AdmissionRules { Capacity = 2 }).Actual, ledger.Admit(new AdmissionRules { Capacity = 2 }).Theoretical));
    }

    [Fact]
    public void counters_without_tickets_admit_nobody()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => new ScanLedger(LedgerMode.Anonymous).Admit(new AdmissionRules { Capacity = 1 }));
        Assert.Contains("anonymous", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_stream_is_decided_as_the_same_scans_one_by_one() =>
        GeneratedLog.Happening.Array[0, 120].Sample(happenings =>
        {
            var rules = GeneratedLog.Rules with { RejectRapidReentry = happenings.Length % 2 == 0 };
            var admission = new Admission(rules, GeneratedLog.Register);
            var ledger = new ScanLedger();
            var decisions = new List<Decision>();
            var now = 0.0;
            foreach (var (happening, number) in happenings.Select((happening, number) => (happening, number)))
            {
                now += happening.Wait / 60.0;
                if (happening.Kind >= 95)
                {
                    var at = LoggedVenue.At(now + happening.Shift / 20.0);
                    ledger.CloseDay(at);
                    admission.Apply(admission.CloseDay(at));
                    continue;
                }

                // A scan id of its own keeps any from being taken for a repeat.
                var scan = LoggedVenue.ScanOf($"t{happening.Ticket}", happening.IsExit ? Exit : Entry, now + happening.Shift / 60.0, $"g{happening.Gate}", id: $"{number}");
                ledger.Add(scan);
                decisions.Add(admission.Decide(new Attempt(scan)));
                admission.Apply(decisions[^1].ToRecord(admission.LastSeq + 1));
            }

            var report = ledger.Admit(rules, GeneratedLog.Register);
            Assert.Equal((admission.Actual, admission.Theoretical, admission.PeakActual, admission.PeakTheoretical), (report.Actual, report.Theoretical, report.PeakActual, report.PeakTheoretical));
            Assert.Equal((admission.Entries, admission.Exits), (report.Admitted, report.Released));
            Assert.Equal(decisions.Where(decision => decision.Outcome == ScanOutcome.Rejected).Select(decision => (decision.Scan.TicketId, decision.Reason)),
                report.Rejections.Select(rejection => (rejection.TicketId, rejection.Reason)));
            Assert.Equal(GeneratedLog.Words(decisions.SelectMany(decision => decision.Warnings.CodesOf()).CountBy(code => code)
                .OrderBy(count => count.Key, StringComparer.Ordinal).ToDictionary(count => count.Key, count => (long)count.Value)), GeneratedLog.Words(report.Warnings));
        }, iter: 400);
}
