namespace Headcount.Core.Tests.Admitting;

/// <summary>One thing that happens at a generated venue.</summary>
/// <param name="Kind">What, on a scale of 100: attempts mostly, then facts, annulments, closings and changes of capacity.</param>
/// <param name="Ticket">Whose ticket.</param>
/// <param name="Gate">At which gate.</param>
/// <param name="IsExit">In which direction.</param>
/// <param name="Wait">Seconds since the happening before it.</param>
/// <param name="Shift">Seconds by which its own time is off.</param>
/// <param name="Pick">Which earlier record, or which capacity.</param>
internal readonly record struct Happening(int Kind, int Ticket, int Gate, bool IsExit, int Wait, int Shift, int Pick);

/// <summary>Random days at a small venue, dense in everything that can go wrong.</summary>
internal static class GeneratedLog
{
    public static readonly Gen<Happening> Happening = Gen.Select(
        Gen.Int[0, 99], Gen.Int[0, 6], Gen.Int[0, 3], Gen.Bool, Gen.Frequency((3, Gen.Int[0, 3]), (1, Gen.Int[0, 900])), Gen.Int[-480, 480], Gen.Int[0, 1_000],
        (kind, ticket, gate, exit, wait, shift, pick) => new Happening(kind, ticket, gate, exit, wait, shift, pick));

    public static readonly Gen<Happening[]> Happenings = Happening.Array[0, 80];

    public static readonly Register Register = new(
    [
        new Ticket(new TicketId("t0")) { TicketType = "VIP" },
        new Ticket(new TicketId("t1")) { TicketType = "Day" },
        new Ticket(new TicketId("t2")) { TicketType = "Day", SingleEntry = true },
        new Ticket(new TicketId("t3")) { Gates = [new GateName("g0"), new GateName("g1")] },
        new Ticket(new TicketId("t4")) { TicketType = "Day", Status = TicketStatus.Revoked },
        new Ticket(new TicketId("t5")) { TicketType = "Crew", ValidFrom = LoggedVenue.At(20), ValidUntil = LoggedVenue.At(60) },
    ]);

    public static AdmissionRules Rules => new() { Capacity = 3, FirmCapacity = 5, Gates = new HashSet<string> { "g0", "g1", "g2" } };

    /// <summary>Lets everything happen, and looks on after each.</summary>
    public static LoggedVenue Run(IEnumerable<Happening> happenings, Action<LoggedVenue>? afterEach = null, bool capacityChanges = true)
    {
        var venue = new LoggedVenue(Rules, Register);
        var now = 0.0;
        foreach (var happening in happenings)
        {
            now += happening.Wait / 60.0;
            Let(venue, happening, now, capacityChanges);
            afterEach?.Invoke(venue);
        }

        return venue;
    }

    private static void Let(LoggedVenue venue, Happening happening, double now, bool capacityChanges)
    {
        var type = happening.IsExit ? ScanType.Exit : ScanType.Entry;
        var scan = LoggedVenue.ScanOf($"t{happening.Ticket}", type, now + happening.Shift / 60.0, $"g{happening.Gate}");
        var taken = LoggedVenue.At(now);
        switch (happening.Kind)
        {
            case < 55:
                venue.Decide(new Attempt(scan, taken) { Override = happening.Pick < 50 ? new SupervisorOverride("Ada", "artist") : null });
                break;
            case < 85:
                var late = scan with { Timestamp = LoggedVenue.At(now - happening.Pick / 20.0) };
                venue.Decide(new ReportedScan(happening.Pick < 100 ? scan : late, taken) { WasRefused = happening.Pick % 10 == 0, Reason = RefusalReason.AtCapacity });
                break;
            case < 93:
                var seq = venue.Log.Count == 0 ? 1 : 1 + happening.Pick % venue.Log.Count;
                if (venue.Admission.CanAnnul(seq) == AnnulmentProblem.None) venue.Annul(seq, now);
                break;
            case < 96:
                venue.CloseDay(now + happening.Shift / 20.0, now);
                break;
            default:
                if (capacityChanges) venue.Admission.Rules = venue.Admission.Rules with { Capacity = happening.Pick % 5 };
                break;
        }
    }

    /// <summary>The same log as a ledger reads it.</summary>
    public static ScanLedger ToLedger(IEnumerable<LogRecord> log)
    {
        var ledger = new ScanLedger();
        foreach (var record in log)
        {
            switch (record)
            {
                // With an id of its own, since the ledger would take two alike for a repeat.
                case ScanRecord scan:
                    ledger.Add(scan.Scan with { Timestamp = scan.CountedAt ?? scan.Scan.Timestamp, Outcome = scan.Outcome, Seq = scan.Seq, ScanId = new ScanId($"{scan.Seq}") });
                    break;
                case Annulment annulment:
                    ledger.Annul(annulment.Annulled);
                    break;
                case DayClosing closing:
                    ledger.CloseDay(closing.At);
                    break;
            }
        }

        return ledger;
    }

    /// <summary>A report in words, so that two can be compared whole.</summary>
    public static string Words(OccupancyReport report) =>
        $"""
        scans {report.Intake.Scans} occupancy {report.Occupancy} entries {report.Entries} exits {report.Exits} first {report.FirstEntries}
        gates {Words(report.ByGate)}
        types {Words(report.ByTicketType)}
        both {string.Join(' ', report.ByGateAndTicketType.Select(gate => $"{gate.Key}({Words(gate.Value)})"))}
        flow {string.Join(' ', report.Flow.Select(gate => $"{gate.Key}={gate.Value}"))}
        """;

    /// <summary>Everything the present is made of.</summary>
    public static string Words(Admission admission) =>
        $"""
        {Words(admission.Now())}
        seq {admission.LastSeq} at {admission.LastReceivedAt} actual {admission.Actual} theoretical {admission.Theoretical}
        peaks {admission.PeakActual} {admission.PeakTheoretical}
        inside {string.Join(' ', Enumerable.Range(0, 7).Where(ticket => admission.IsInside(new TicketId($"t{ticket}"))))}
        """;

    public static string Words(IReadOnlyDictionary<string, long> counts) => string.Join(' ', counts.Select(count => $"{count.Key}={count.Value}"));

    /// <summary>The instants at which anything may change, and those just beside them.</summary>
    public static IEnumerable<Instant> Moments(IEnumerable<LogRecord> log) =>
        log.Select(record => record switch
            {
                ScanRecord { CountedAt: { } counted } => counted,
                DayClosing closing => closing.At,
                _ => record.ReceivedAt!.Value,
            })
            .SelectMany(at => new[] { at, new Instant(at.Microseconds - 1) })
            .Distinct();
}
