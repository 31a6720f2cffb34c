using Headcount.Core;

namespace Headcount.Engine.Alerts;

/// <summary>Devices whose clock is wrong, by the offsets of the scans that they send as they are made.</summary>
internal sealed class ClockDrift(AlertBook book, AlertThresholds thresholds)
{
    private readonly Dictionary<(string? Device, string? Gate), Clock> _clocks = [];

    private sealed class Clock(int scans)
    {
        public readonly long[] Offsets = new long[scans];
        public int Count;
        public Instant LastSeen;
        public bool HasDrifted;

        public long Latest(int back) => Offsets[(Count - 1 - back) % Offsets.Length];
    }

    public void Open(Instant now)
    {
        foreach (var alert in book.Active.Where(alert => alert.Kind == AlertKind.ClockDrift).ToList())
            _clocks[(alert.DeviceId, alert.Gate)] = new Clock(thresholds.DriftScans) { LastSeen = now, HasDrifted = true };
    }

    /// <summary>A scan was decided here, at the moment it came.</summary>
    public void Take(DecidedScan record, Instant at)
    {
        var scan = record.Scan;
        var clock = ClockOf(scan.DeviceId is { Value: { Length: > 0 } device } ? (device, null) : (null, scan.Gate.Value), at);
        if (clock is null) return;
        clock.Offsets[clock.Count % clock.Offsets.Length] = scan.Timestamp.Microseconds - at.Microseconds;
        clock.Count++;
        clock.LastSeen = at;
        var subject = new AlertSubject(AlertKind.ClockDrift, Gate: scan.DeviceId is { Value.Length: > 0 } ? null : scan.Gate.Value, DeviceId: scan.DeviceId is { Value: { Length: > 0 } id } ? id : null);
        if (clock.HasDrifted)
            MayBeOver(clock, subject, at);
        else if (Math.Abs(clock.Latest(0)) > Microseconds(thresholds.DriftMedian))
            MayHaveDrifted(clock, subject, at);
    }

    private void MayHaveDrifted(Clock clock, AlertSubject subject, Instant at)
    {
        var count = Math.Min(clock.Count, clock.Offsets.Length);
        var median = Median(clock, count);
        var warned = Enumerable.Range(0, count).Count(back => IsWarned(clock.Latest(back)));
        if (warned < thresholds.DriftWarnings && !(count >= thresholds.DriftLeastScans && Math.Abs(median) > Microseconds(thresholds.DriftMedian))) return;
        clock.HasDrifted = true;
        var who = subject.DeviceId is { } device ? $"The clock of device {device}" : $"The clock at gate {subject.Gate}";
        var shown = warned >= thresholds.DriftWarnings ? MedianOfWarned(clock, count) : median;
        book.Raise(subject, at, $"{who} is about {Span(shown)} {(shown > 0 ? "ahead of" : "behind")} the server's, by its scans up to {book.Time(at, at)}.");
    }

    private void MayBeOver(Clock clock, AlertSubject subject, Instant at)
    {
        var count = thresholds.DriftLeastScans;
        if (clock.Count < count || Math.Abs(Median(clock, count)) > Microseconds(thresholds.DriftOver)) return;
        if (Enumerable.Range(0, count).Any(back => IsWarned(clock.Latest(back)))) return;
        clock.HasDrifted = false;
        book.Clear(subject, at, $"Right again at {book.Time(at, at)}.");
    }

    private Clock? ClockOf((string? Device, string? Gate) source, Instant at)
    {
        if (_clocks.TryGetValue(source, out var clock)) return clock;
        if (_clocks.Count >= thresholds.MostDevices)
        {
            var longest = _clocks.Where(known => !known.Value.HasDrifted).MinBy(known => known.Value.LastSeen);
            if (longest.Value is null) return null;
            _clocks.Remove(longest.Key);
        }

        return _clocks[source] = new Clock(thresholds.DriftScans) { LastSeen = at };
    }

    private static long Median(Clock clock, int count)
    {
        var offsets = Enumerable.Range(0, count).Select(clock.Latest).Order().ToArray();
        return offsets[count / 2];
    }

    private static long MedianOfWarned(Clock clock, int count)
    {
        var offsets = Enumerable.Range(0, count).Select(clock.Latest).Where(IsWarned).Order().ToArray();
        return offsets[offsets.Length / 2];
    }

    private static bool IsWarned(long offset) => Math.Abs(offset) > Microseconds(Admission.ClockTolerance);

    private static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    private static string Span(long microseconds)
    {
        var span = TimeSpan.FromMicroseconds(Math.Abs(microseconds));
        return span switch
        {
            { TotalHours: >= 48 } => $"{span.TotalDays:0} days",
            { TotalMinutes: >= 90 } => $"{span.TotalHours:0.#} hours",
            _ => $"{span.TotalMinutes:0.#} minutes",
        };
    }
}
