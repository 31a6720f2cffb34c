using System.Runtime.InteropServices;

namespace Headcount.Core;

public sealed partial class ScanLedger
{
    /// <summary>The most points one timeline can have.</summary>
    public const int MaxTimelinePoints = 1_000_000;

    /// <summary>The curve of the day: occupancy every step, and the peak.</summary>
    /// <remarks>
    /// Points lie every step of elapsed time, reckoned from midnight (in the zone) of the first scan's day, from the last one at or before the first scan
    /// to the first one at or after the last scan; <paramref name="from"/> and <paramref name="to"/> stand in for the first and the last scan.
    /// </remarks>
    /// <exception cref="ArgumentException">The step is not positive, the range is empty, or there would be more than <see cref="MaxTimelinePoints"/> points.</exception>
    public TimelineReport Timeline(TimeSpan step, Zone zone, Instant? from = null, Instant? to = null)
    {
        ArgumentNullException.ThrowIfNull(zone);
        if (step < TimeSpan.FromMicroseconds(1)) throw new ArgumentException("The step must be longer than nothing.", nameof(step));
        if (from > to) throw new ArgumentException("The time range ends before it begins.", nameof(to));

        var curve = CurveOf();
        return new TimelineReport
        {
            Intake = Intake,
            Step = step,
            Peak = curve.Peak(),
            Points = curve.Scans == 0 ? [] : curve.Points(step, zone, from, to),
        };
    }

    private Curve CurveOf()
    {
        var curve = new Curve();
        if (Mode == LedgerMode.Anonymous)
        {
            for (var row = 0; row < _rows.Count; row++)
            {
                if ((_rows.Flags(row) & RowFlags.Uncounted) != 0) continue;
                curve.Count(_rows.Instant(row));
                (_rows.Type(row) == ScanType.Entry ? curve.Opened : curve.Closed).Add(_rows.Instant(row));
            }
        }
        else
        {
            Walk(ref curve);
        }

        curve.Sort();
        return curve;
    }

    /// <summary>When stays opened and closed, each in order of time.</summary>
    private struct Curve() : IPresenceVisitor
    {
        public readonly List<long> Opened = [];
        public readonly List<long> Closed = [];
        public readonly List<long> Ended = [];

        public long Scans { get; private set; }

        private long _first = long.MaxValue;
        private long _last = long.MinValue;

        public void Count(long instant)
        {
            Scans++;
            _first = Math.Min(_first, instant);
            _last = Math.Max(_last, instant);
        }

        public void Took(int row, long instant, int gateAndFlags, Step step, in TicketWalk before)
        {
            Count(instant);
            if (step == Step.Opened)
                Opened.Add(instant);
            else if (step == Step.Closed)
                Closed.Add(instant);
        }

        public readonly void DayEnded(int openRow, long instant) => Ended.Add(instant);

        public readonly void Sort()
        {
            SortIfNeeded(Opened);
            SortIfNeeded(Closed);
            SortIfNeeded(Ended);
        }

        public readonly Peak Peak()
        {
            var peak = new Peak(0, null);
            var occupancy = 0L;
            int opened = 0, closed = 0, ended = 0;
            while (opened < Opened.Count)
            {
                // All that happens at one instant has happened before anybody is counted.
                var instant = Opened[opened];
                for (; opened < Opened.Count && Opened[opened] == instant; opened++) occupancy++;
                for (; closed < Closed.Count && Closed[closed] <= instant; closed++) occupancy--;
                for (; ended < Ended.Count && Ended[ended] <= instant; ended++) occupancy--;
                if (occupancy > peak.Occupancy) peak = new Peak(occupancy, new Instant(instant));
            }

            return peak;
        }

        public readonly List<TimelinePoint> Points(TimeSpan step, Zone zone, Instant? from, Instant? to)
        {
            var width = step.Ticks / TimeSpan.TicksPerMicrosecond;
            var origin = zone.StartOfDay(new Instant(_first)).Microseconds;
            var start = from?.Microseconds ?? Math.Min(_first, to?.Microseconds ?? _first);
            var end = Math.Max(start, to?.Microseconds ?? _last);
            var first = Instant.FloorDivide(start - origin, width);
            var last = -Instant.FloorDivide(-(end - origin), width);
            if (last - first >= MaxTimelinePoints)
                throw new ArgumentException($"A step of {step} gives {last - first + 1} points; at most {MaxTimelinePoints} are drawn. Take a longer step or a shorter range.", nameof(step));

            var points = new List<TimelinePoint>((int)(last - first + 1));
            int opened = 0, closed = 0, ended = 0;
            for (var i = first; i <= last; i++)
            {
                var at = origin + i * width;
                var (openedBefore, closedBefore) = (opened, closed);
                while (opened < Opened.Count && Opened[opened] <= at) opened++;
                while (closed < Closed.Count && Closed[closed] <= at) closed++;
                while (ended < Ended.Count && Ended[ended] <= at) ended++;
                points.Add(new TimelinePoint(new Instant(at), opened - closed - (long)ended, opened - openedBefore, closed - closedBefore));
            }

            return points;
        }

        private static void SortIfNeeded(List<long> instants)
        {
            var span = CollectionsMarshal.AsSpan(instants);
            for (var i = 1; i < span.Length; i++)
            {
                if (span[i] >= span[i - 1]) continue;
                span.Sort();
                return;
            }
        }
    }
}
