namespace Headcount.Core.Tests.Admitting;

/// <summary>The curve and the anomalies of a live log, asked a piece at a time, are what the ledger makes of the same log.</summary>
public sealed class CurvePropertyTests
{
    private static readonly CountedOrder.Grain[] Grains = [new(2, 1), new(5, 2), new(4096, 16)];

    [Fact]
    public void the_curve_in_pieces_is_the_occupancy_at_every_instant() =>
        Gen.Select(GeneratedLog.Happenings, Gen.Int[1, 7], Gen.Int[0, 2]).Sample((happenings, most, grain) =>
        {
            var log = GeneratedLog.Run(happenings).Log;
            var admission = Replay(log, grain);
            var ledger = GeneratedLog.ToLedger(log);
            var seen = new Dictionary<Instant, CurvePoint>();
            foreach (var point in Curve(admission, Instant.Min, Instant.Max, most)) seen.Add(point.At, point);
            foreach (var moment in GeneratedLog.Moments(log))
            {
                var last = seen.Keys.Where(at => at <= moment).DefaultIfEmpty(Instant.Min).Max();
                var (_, occupancy, entries, exits) = seen.GetValueOrDefault(last);
                var report = ledger.Occupancy(moment);
                Assert.Equal((report.Occupancy, report.Entries, report.Exits), (occupancy, entries, exits));
            }

            var scans = ledger.Timeline(TimeSpan.FromHours(1), Zone.Utc);
            Assert.Equal(scans.Points.Count > 0, admission.CountedRange() is not null);
            Assert.Equal(scans.Peak.Occupancy, seen.Values.Select(point => point.Occupancy).DefaultIfEmpty(0).Max());
        }, iter: 400);

    [Fact]
    public void anomalies_in_pieces_are_those_of_the_ledger() =>
        Gen.Select(GeneratedLog.Happenings, Gen.Int[1, 7], Gen.Int[1, 3], Gen.Int[0, 2]).Sample((happenings, scans, found, grain) =>
        {
            var log = GeneratedLog.Run(happenings).Log;
            var admission = Replay(log, grain);

            // The ledger was given scans only, so that its positions are theirs.
            var seqs = log.OfType<ScanRecord>().Select(scan => scan.Seq).ToList();
            var expected = GeneratedLog.ToLedger(log).Anomalies(GeneratedLog.Register).Anomalies.Select(anomaly => anomaly with
            {
                Position = seqs[(int)anomaly.Position - 1],
                Earlier = anomaly.Earlier is { } earlier ? earlier with { Position = seqs[(int)earlier.Position - 1] } : null,
            });
            var actual = new List<Anomaly>();
            for (CountedPlace? next = new CountedPlace(Instant.Min, 0); next is { } place;)
            {
                var piece = admission.AnomaliesAfter(place, Instant.Max, scans, found);
                actual.AddRange(piece.Anomalies);
                next = piece.Next;
            }

            Assert.Equal(expected, actual);
        }, iter: 400);

    private static IEnumerable<CurvePoint> Curve(Admission admission, Instant after, Instant until, int most)
    {
        while (true)
        {
            var piece = admission.CurveAfter(after, until, most);
            Assert.True(piece.Changes.Count <= most);
            foreach (var point in piece.Changes) yield return point;
            if (piece.IsLast) yield break;
            after = piece.Changes[^1].At;
        }
    }

    private static Admission Replay(IEnumerable<LogRecord> log, int grain)
    {
        var admission = new Admission(GeneratedLog.Rules, GeneratedLog.Register) { IndexGrain = Grains[grain] };
        foreach (var record in log)
        {
            admission.Apply(record);
            admission.OccupancyAt(Instant.Max);
        }

        return admission;
    }
}
