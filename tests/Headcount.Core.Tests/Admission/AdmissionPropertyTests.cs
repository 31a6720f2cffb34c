namespace Headcount.Core.Tests.Admitting;

/// <summary>What holds for every log there can be.</summary>
public sealed class AdmissionPropertyTests
{
    [Fact]
    public void at_any_time_counts_as_the_ledger_does() =>
        GeneratedLog.Happenings.Sample(happenings =>
        {
            var venue = GeneratedLog.Run(happenings);
            var ledger = GeneratedLog.ToLedger(venue.Log);
            Assert.Equal(GeneratedLog.Words(ledger.Occupancy(null, GeneratedLog.Register)), GeneratedLog.Words(venue.Admission.Now()));
            foreach (var moment in GeneratedLog.Moments(venue.Log))
                Assert.Equal(GeneratedLog.Words(ledger.Occupancy(moment, GeneratedLog.Register)), GeneratedLog.Words(venue.Admission.At(moment)));
        }, iter: 400);

    [Fact]
    public void an_index_kept_up_from_the_start_is_one_built_at_the_end() =>
        Gen.Select(GeneratedLog.Happening.Array[0, 160], Gen.Int[2, 12], Gen.Int[1, 4]).Sample((happenings, events, chunks) =>
        {
            var log = GeneratedLog.Run(happenings).Log;
            var built = Replay(log);
            var kept = new Admission(GeneratedLog.Rules, GeneratedLog.Register) { IndexGrain = new CountedOrder.Grain(events, chunks) };
            foreach (var record in log)
            {
                kept.Apply(record);
                kept.At(record.ReceivedAt!.Value);
            }

            foreach (var moment in GeneratedLog.Moments(log))
            {
                Assert.Equal(GeneratedLog.Words(built.At(moment)), GeneratedLog.Words(kept.At(moment)));
                Assert.Equal(built.At(moment).Occupancy, kept.OccupancyAt(moment));
            }
        }, iter: 400);

    [Fact]
    public void a_replay_of_the_log_is_the_venue_as_it_was() =>
        GeneratedLog.Happenings.Sample(happenings =>
        {
            var pictures = new List<string>();
            var venue = GeneratedLog.Run(happenings, live => pictures.Add(GeneratedLog.Words(live.Admission)));
            var again = Replay(venue.Log);
            Assert.Equal(GeneratedLog.Words(venue.Admission), GeneratedLog.Words(again));
            foreach (var moment in GeneratedLog.Moments(venue.Log))
                Assert.Equal(GeneratedLog.Words(venue.Admission.At(moment)), GeneratedLog.Words(again.At(moment)));
            if (pictures.Count > 0) Assert.Equal(pictures[^1], GeneratedLog.Words(again));
        }, iter: 400);

    [Fact]
    public void as_of_a_record_is_the_venue_as_it_was_after_it() =>
        Gen.Select(GeneratedLog.Happenings, Gen.Int[0, 80]).Sample((happenings, records) =>
        {
            var venue = GeneratedLog.Run(happenings);
            var seq = Math.Min(records, venue.Log.Count);
            var then = Replay(venue.Log.Take(seq));
            foreach (var moment in GeneratedLog.Moments(venue.Log))
                Assert.Equal(GeneratedLog.Words(then.At(moment)), GeneratedLog.Words(venue.Admission.At(moment, seq)));
            if (seq == 0) return;
            var taken = venue.Log[seq - 1].ReceivedAt!.Value;
            Assert.Equal(venue.Log.Last(record => record.ReceivedAt <= taken).Seq, venue.Admission.SeqAt(taken));
            Assert.Equal(venue.Log.Count(record => record.ReceivedAt < taken), venue.Admission.SeqAt(new Instant(taken.Microseconds - 1)));
        }, iter: 200);

    [Fact]
    public void now_is_the_latest_instant() =>
        GeneratedLog.Happenings.Sample(happenings => GeneratedLog.Run(happenings, venue =>
        {
            if (venue.Admission.LastReceivedAt is { } last)
                Assert.Equal(GeneratedLog.Words(venue.Admission.Now()), GeneratedLog.Words(venue.Admission.At(last)));
        }), iter: 200);

    [Fact]
    public void nobody_but_facts_annulments_and_overrides_fills_a_venue_beyond_its_capacity() =>
        GeneratedLog.Happening.Where(happening => happening.Kind is < 55 or (>= 93 and < 96)).Array[0, 80].Sample(happenings =>
        {
            GeneratedLog.Run(happenings, venue =>
            {
                Assert.InRange(venue.Admission.Actual, 0, venue.Admission.Rules.FirmCapacity!.Value);
                if (venue.Log[^1] is ScanRecord { Scan.Type: ScanType.Entry, Outcome: ScanOutcome.Accepted } entry && !entry.Warnings.HasFlag(ScanWarnings.CapacityOverride))
                    Assert.InRange(venue.Admission.Actual, 1, venue.Admission.Rules.Capacity);
            });
        }, iter: 400);

    [Fact]
    public void without_facts_and_closings_the_demand_is_never_less_than_who_is_inside() =>
        GeneratedLog.Happening.Where(happening => happening.Kind is < 55 or (>= 85 and < 93)).Array[0, 80].Sample(happenings =>
            GeneratedLog.Run(happenings, venue => Assert.True(venue.Admission.Theoretical >= venue.Admission.Actual)), iter: 400);

    [Fact]
    public void the_demand_is_a_fold_of_what_was_not_taken_back() =>
        GeneratedLog.Happenings.Sample(happenings => GeneratedLog.Run(happenings, venue =>
            Assert.Equal(DemandOf(venue.Log), venue.Admission.Theoretical)), iter: 200);

    [Fact]
    public void a_scan_taken_back_at_once_was_never_there() =>
        Gen.Select(GeneratedLog.Happenings, GeneratedLog.Happening.Where(happening => happening.Kind < 85)).Sample((happenings, one) =>
        {
            var venue = GeneratedLog.Run(happenings);
            var before = GeneratedLog.Run(happenings);
            GeneratedLog.Run([.. happenings, one]).Log.Skip(venue.Log.Count).ToList().ForEach(venue.Admission.Apply);
            venue.Admission.Apply(venue.Admission.Annul(venue.Admission.LastSeq, venue.Admission.LastReceivedAt));
            Assert.Equal(before.Admission.Theoretical, venue.Admission.Theoretical);
            foreach (var moment in GeneratedLog.Moments(before.Log).Append(Instant.Max))
                Assert.Equal(WithoutIntake(before.Admission.At(moment)), WithoutIntake(venue.Admission.At(moment)));
        }, iter: 200);

    [Fact]
    public void a_decision_changes_nothing_and_is_given_again() =>
        Gen.Select(GeneratedLog.Happenings, GeneratedLog.Happening).Sample((happenings, one) =>
        {
            var venue = GeneratedLog.Run(happenings);
            var before = GeneratedLog.Words(venue.Admission);
            var scan = LoggedVenue.ScanOf($"new{one.Ticket}", ScanType.Entry, one.Shift, $"new{one.Gate}");
            var first = venue.Admission.Decide(new Attempt(scan, LoggedVenue.At(600)));
            venue.Admission.Decide(new ReportedScan(scan, LoggedVenue.At(600)));
            Assert.Equal(first, venue.Admission.Decide(new Attempt(scan, LoggedVenue.At(600))));
            Assert.Equal(before, GeneratedLog.Words(venue.Admission));
        }, iter: 100);

    [Fact]
    public void what_is_noted_on_a_fact_is_what_a_look_at_the_past_finds() =>
        GeneratedLog.Happenings.Sample(happenings =>
        {
            LogRecord[] before = [];
            GeneratedLog.Run(happenings, venue =>
            {
                if (venue.Log.Count > before.Length && venue.Log[^1] is RecordedFact { Outcome: ScanOutcome.Recorded } fact)
                    Assert.Equal(PastOf(before, fact), Seen(fact.Warnings));
                before = [.. venue.Log];
            }, capacityChanges: false);
        }, iter: 400);

    [Fact]
    public void the_times_over_capacity_are_those_at_which_more_were_inside() =>
        GeneratedLog.Happenings.Sample(happenings =>
        {
            var admission = GeneratedLog.Run(happenings).Admission;
            var from = LoggedVenue.At(1);
            var over = admission.CapacityExceeded(from);
            foreach (var moment in GeneratedLog.Moments(GeneratedLog.Run(happenings).Log).Where(moment => moment >= from))
            {
                var inside = admission.OccupancyAt(moment);
                var found = over.Where(time => time.From <= moment && (time.Until is null || moment < time.Until)).ToArray();
                Assert.Equal(inside > admission.Rules.Capacity ? 1 : 0, found.Length);
                Assert.All(found, time => Assert.True(time.Peak >= inside));
            }
        }, iter: 200);

    private static Admission Replay(IEnumerable<LogRecord> log)
    {
        var admission = new Admission(GeneratedLog.Rules, GeneratedLog.Register);
        foreach (var record in log) admission.Apply(record);
        return admission;
    }

    private static string WithoutIntake(OccupancyReport report) => GeneratedLog.Words(report with { Intake = default });

    private static int DemandOf(List<LogRecord> log)
    {
        var takenBack = log.OfType<Annulment>().Select(annulment => annulment.Annulled).ToHashSet();
        var inside = new HashSet<TicketId>();
        foreach (var record in log.Where(record => !takenBack.Contains(record.Seq)))
        {
            if (record is DayClosing) inside.Clear();
            if (record is not ScanRecord scan || (scan.Outcome == ScanOutcome.Rejected && (scan.Reason != RefusalReason.AtCapacity || scan.Scan.Type == ScanType.Exit))) continue;
            if (scan.Scan.Type == ScanType.Entry)
                inside.Add(scan.Scan.TicketId);
            else
                inside.Remove(scan.Scan.TicketId);
        }

        return inside.Count;
    }

    private const ScanWarnings OfThePast = ScanWarnings.AlreadyInside | ScanWarnings.ExitWithoutEntry | ScanWarnings.RapidReentry | ScanWarnings.NoReentry | ScanWarnings.AtCapacity;

    private static ScanWarnings Seen(ScanWarnings warnings) => warnings & OfThePast;

    // By the ledger's anomalies, with the fact put where it belongs, and by its occupancy there.
    private static ScanWarnings PastOf(LogRecord[] before, RecordedFact fact)
    {
        var counted = fact.CountedAt!.Value;
        var ledger = GeneratedLog.ToLedger([.. before, fact]);
        var index = ledger.InArrivalOrder().Last().Position;
        var warnings = ScanWarnings.None;
        foreach (var anomaly in ledger.Anomalies().Anomalies.Where(anomaly => anomaly.Position == index))
        {
            warnings |= anomaly.Kind switch
            {
                AnomalyKind.DuplicateEntry => ScanWarnings.AlreadyInside,
                AnomalyKind.ExitWithoutEntry => ScanWarnings.ExitWithoutEntry,
                _ => ScanWarnings.RapidReentry,
            };
        }

        if (fact.Scan.Type == ScanType.Exit) return warnings;
        var takenBack = before.OfType<Annulment>().Select(annulment => annulment.Annulled).ToHashSet();
        var cameBefore = before.OfType<ScanRecord>().Any(scan => scan.Scan.TicketId == fact.Scan.TicketId && scan.Scan.Type == ScanType.Entry
            && scan.CountedAt <= counted && !takenBack.Contains(scan.Seq));
        if (cameBefore && fact.Scan.TicketId.Value == "t2" && !warnings.HasFlag(ScanWarnings.AlreadyInside)) warnings |= ScanWarnings.NoReentry;
        var inside = GeneratedLog.ToLedger(before).Occupancy(counted).Occupancy;
        if (inside >= GeneratedLog.Rules.FirmCapacity || (inside >= GeneratedLog.Rules.Capacity && fact.TicketType != "VIP")) warnings |= ScanWarnings.AtCapacity;
        return warnings;
    }
}
