using System.Globalization;
using System.Text;
using Headcount.Cli.Output;
using Headcount.Core;

namespace Headcount.Cli.Pictures;

/// <summary>The curve of a day in characters: an area in eighths of a row, its axes with round figures and times on the zone's clock.</summary>
internal sealed class TerminalCurve
{
    private const string Eighths = " ▁▂▃▄▅▆▇█";
    private const int ColumnsPerTime = 9;

    public required Zone Zone { get; init; }

    public required Instant From { get; init; }

    public required Instant To { get; init; }

    /// <summary>The whole picture's columns, the figures at its left too.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the area itself; below it come two more for the times.</summary>
    public required int Height { get; init; }

    /// <summary>The greatest figure that the axis must hold.</summary>
    public required long Most { get; init; }

    /// <summary>A column to mark above the area, where the peak is.</summary>
    public Instant? Mark { get; init; }

    /// <summary>Columns after this instant stay empty.</summary>
    public Instant? Until { get; init; }

    /// <summary>How the area is shown, in colour for example.</summary>
    public Func<string, string> Style { get; init; } = area => area;

    public IEnumerable<string> Draw(IReadOnlyList<TimelinePoint> points)
    {
        var least = Math.Min(0, points.Count == 0 ? 0 : points.Min(point => point.Occupancy));
        var ticks = Ticks.Counts(least, Math.Max(Most, 1), Math.Clamp(Height / 2, 2, 6));
        var margin = ticks.Append(Most).Max(tick => People.Count(tick).Length);
        var columns = Math.Max(8, Width - margin - 2);
        var values = CurveColumns.Of(points, From, To, columns);
        var shown = Until is { } until ? CurveColumns.At(until, From, To, columns) + 1 : columns;
        var (bottom, top) = (ticks[0], Math.Max(Most, 1));

        if (Mark is { } mark) yield return new string(' ', margin + 2 + CurveColumns.At(mark, From, To, columns)) + "▼";
        for (var row = Height - 1; row >= 0; row--)
        {
            var area = new StringBuilder(columns);
            for (var column = 0; column < shown; column++) area.Append(Eighths[Math.Clamp(EighthsOf(values[column], bottom, top) - row * 8, 0, 8)]);
            yield return $"{LabelOf(row, ticks, top).PadLeft(margin)} {(LabelOf(row, ticks, top).Length > 0 ? '┤' : '│')}{Style(area.ToString().TrimEnd())}";
        }

        foreach (var line in TimeAxis(margin, columns)) yield return line;
    }

    private int EighthsOf(long value, long bottom, long top)
    {
        var eighths = (int)Math.Round((double)(value - bottom) / (top - bottom) * Height * 8);
        return value > bottom ? Math.Max(1, eighths) : 0;
    }

    // The row that a tick's height ends in carries its figure; that of the bottom is on the axis below.
    private string LabelOf(int row, IReadOnlyList<long> ticks, long top)
    {
        foreach (var tick in ticks.Skip(1).Where(tick => tick <= top))
        {
            if ((int)Math.Ceiling((double)(tick - ticks[0]) / (top - ticks[0]) * Height) - 1 == row) return People.Count(tick);
        }

        return "";
    }

    private IEnumerable<string> TimeAxis(int margin, int columns)
    {
        var (times, kind) = Ticks.Times(From, To, Zone, Math.Max(1, columns / ColumnsPerTime));
        var axis = new StringBuilder(new string('─', columns));
        var labels = new StringBuilder(new string(' ', columns + 8));
        var free = 0;
        foreach (var time in times)
        {
            var column = CurveColumns.At(time, From, To, columns);
            axis[column] = '┬';
            var label = Zone.ToDateTimeOffset(time).ToString(kind switch { TickKind.Months => "yyyy-MM", TickKind.Days => "MM-dd", _ => "HH:mm" }, CultureInfo.InvariantCulture);
            var start = Math.Max(0, column - label.Length / 2);
            if (start < free || start + label.Length > columns + 3) continue;
            labels.Remove(start, label.Length).Insert(start, label);
            free = start + label.Length + 1;
        }

        yield return $"{new string(' ', margin)} └{axis}";
        yield return $"{new string(' ', margin + 2)}{labels}".TrimEnd();
    }
}
