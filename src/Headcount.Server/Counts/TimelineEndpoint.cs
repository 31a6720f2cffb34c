using System.Xml;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Manage;

namespace Headcount.Server.Counts;

/// <summary><c>/api/occupancy/timeline</c>: the curve of the day, by the rules of <c>headcount timeline</c>.</summary>
internal static class TimelineEndpoint
{
    /// <summary>How many points one answer may have.</summary>
    public const int MostPoints = 10_000;

    // So many changes are read before the gates go on: a fraction of a millisecond.
    private const int ChangesAtOnce = 2_048;

    private static readonly TimeSpan UsualStep = TimeSpan.FromMinutes(15);

    public static async Task AnswerAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        var zone = mailbox.Settings.Zone;
        var query = new CountQuery(context, "from", "to", "step");
        var (from, to, step) = (query.Time("from", zone), query.Time("to", zone), query.Length("step") ?? UsualStep);
        if (from > to) query.Wrong("to", "is before from");
        query.ThrowIfWrong();
        var (range, seq) = await mailbox.AskAsync(admission => (admission.CountedRange(), admission.LastSeq));
        var grid = range is { } scans ? Grid.Of(zone, step, from ?? Earlier(scans.First, to), to ?? scans.Last, scans.First) : default;
        if (grid.Count > MostPoints) query.Wrong("step", $"gives {grid.Count} points; at most {MostPoints} are drawn. Take a longer step or a shorter range");
        query.ThrowIfWrong();

        var curve = new Curve(grid, from, to);
        if (range is not null) await ReadAsync(mailbox, curve, context.RequestAborted);
        await context.AnswerAsync(new
        {
            @event = mailbox.Settings.Slug, seq, step = XmlConvert.ToString(step),
            peak = new { occupancy = curve.Peak.Occupancy, at = curve.Peak.At is { } at ? zone.Format(at) : null },
            points = curve.Points.Select(point => new { at = zone.Format(point.At), occupancy = point.Occupancy, entries = point.Entries, exits = point.Exits }),
        });
    }

    /// <summary>The same curve of a state that nobody else asks: points and peak.</summary>
    internal static (IReadOnlyList<TimelinePoint> Points, Peak Peak) Read(Admission admission, Zone zone, TimeSpan step, Instant? from, Instant? to)
    {
        if (admission.CountedRange() is not { } scans) return ([], default);
        var curve = new Curve(Grid.Of(zone, step, from ?? Earlier(scans.First, to), to ?? scans.Last, scans.First), from, to);
        var after = curve.Begin;
        while (true)
        {
            var piece = admission.CurveAfter(after, curve.End, ChangesAtOnce);
            curve.Take(piece);
            if (piece.IsLast) break;
            after = piece.Changes[^1].At;
        }

        curve.Finish();
        return (curve.Points, curve.Peak);
    }

    private static Instant Earlier(Instant first, Instant? to) => to < first ? to.Value : first;

    private static async Task ReadAsync(EventMailbox mailbox, Curve curve, CancellationToken cancellation)
    {
        var after = curve.Begin;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var from = after;
            var piece = await mailbox.AskAsync(admission => admission.CurveAfter(from, curve.End, ChangesAtOnce));
            curve.Take(piece);
            if (piece.IsLast) break;
            after = piece.Changes[^1].At;
        }

        curve.Finish();
    }

    /// <summary>Where the points lie: every step of elapsed time, reckoned from midnight of the first scan's day.</summary>
    internal readonly record struct Grid(long First, long Width, long Count)
    {
        public static Grid Of(Zone zone, TimeSpan step, Instant start, Instant end, Instant firstScan)
        {
            var width = step.Ticks / TimeSpan.TicksPerMicrosecond;
            var origin = zone.StartOfDay(firstScan).Microseconds;
            var first = FloorDivide(start.Microseconds - origin, width);
            var last = -FloorDivide(origin - Math.Max(start.Microseconds, end.Microseconds), width);
            return new Grid(origin + first * width, width, last - first + 1);
        }

        public Instant this[long index] => new(First + index * Width);

        private static long FloorDivide(long value, long divisor) => value / divisor - (value % divisor < 0 ? 1 : 0);
    }

    /// <summary>Points and peak, gathered while the curve goes by.</summary>
    private sealed class Curve(Grid grid, Instant? from, Instant? to)
    {
        private CurvePoint _now;
        private CurvePoint _atPoint;
        private bool _isBegun;

        public List<TimelinePoint> Points { get; } = [];

        public Peak Peak { get; private set; }

        /// <summary>After this instant the curve is read: the first point, or just before the range where that begins earlier.</summary>
        public Instant Begin => new(Math.Min(grid.First, from?.Microseconds ?? long.MaxValue) - 1);

        public Instant End => new(Math.Max(grid[grid.Count - 1].Microseconds, to?.Microseconds ?? long.MinValue));

        public void Take(CurvePiece piece)
        {
            // What holds at the beginning of a piece is as it is known by then.
            _now = piece.Start;
            if (!_isBegun) _isBegun = true;
            foreach (var change in piece.Changes)
            {
                PointsBefore(change.At);
                if (from is { } begin && _now.At < begin && change.At > begin) Rise(_now.Occupancy, begin);
                _now = change;
                if (IsInRange(change.At)) Rise(change.Occupancy, change.At);
            }
        }

        public void Finish()
        {
            PointsBefore(new Instant(long.MaxValue));
            if (from is { } begin && _now.At < begin) Rise(_now.Occupancy, begin);
        }

        private bool IsInRange(Instant at) => (from is null || at >= from) && (to is null || at <= to);

        private void Rise(long occupancy, Instant at)
        {
            if (occupancy > Peak.Occupancy) Peak = new Peak(occupancy, at);
        }

        // All points up to the next change stand where the curve stands now.
        private void PointsBefore(Instant next)
        {
            while (Points.Count < grid.Count && grid[Points.Count] < next)
            {
                Points.Add(new TimelinePoint(grid[Points.Count], _now.Occupancy, _now.Entries - _atPoint.Entries, _now.Exits - _atPoint.Exits));
                _atPoint = _now;
            }
        }
    }
}
