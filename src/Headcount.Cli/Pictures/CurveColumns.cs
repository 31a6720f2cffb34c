using Headcount.Core;

namespace Headcount.Cli.Pictures;

/// <summary>A curve of occupancy in so many columns of time, the greatest value of each.</summary>
internal static class CurveColumns
{
    /// <summary>The columns from <paramref name="from"/> to <paramref name="to"/>. A column without a point keeps on at the value before.</summary>
    public static long[] Of(IReadOnlyList<TimelinePoint> points, Instant from, Instant to, int columns)
    {
        var values = new long[columns];
        var next = 0;
        var value = 0L;
        for (var column = 0; column < columns; column++)
        {
            var end = EndOf(column, from, to, columns);
            long? greatest = null;
            for (; next < points.Count && (points[next].At < end || column == columns - 1); next++)
            {
                value = points[next].Occupancy;
                greatest = Math.Max(greatest ?? value, value);
            }

            values[column] = greatest ?? value;
        }

        return values;
    }

    /// <summary>The column that an instant falls in.</summary>
    public static int At(Instant instant, Instant from, Instant to, int columns) =>
        to <= from ? 0 : (int)Int128.Clamp((Int128)(instant.Microseconds - from.Microseconds) * columns / (to.Microseconds - from.Microseconds), 0, columns - 1);

    private static Instant EndOf(int column, Instant from, Instant to, int columns) =>
        new(from.Microseconds + (long)((Int128)(to.Microseconds - from.Microseconds) * (column + 1) / columns));
}
