using System.Globalization;
using System.Net;
using System.Text;
using Headcount.Core;
using Headcount.Server.Languages;

namespace Headcount.Server.Past.Reports;

/// <summary>One thing that is drawn. What it looks like is said by its class, in a style sheet or in ink.</summary>
internal abstract record Shape(string Class);

internal sealed record LineShape(string Class, double X1, double Y1, double X2, double Y2) : Shape(Class);

internal sealed record RectShape(string Class, double X, double Y, double Width, double Height) : Shape(Class);

internal sealed record DotShape(string Class, double X, double Y, double Radius) : Shape(Class);

internal sealed record PathShape(string Class, IReadOnlyList<(double X, double Y)> Points, bool IsClosed) : Shape(Class);

/// <param name="Anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
internal sealed record TextShape(string Class, double X, double Y, string Anchor, string Text) : Shape(Class);

/// <summary>A picture of numbers, drawn once, and shown on a page and on paper.</summary>
/// <param name="Title">What it shows, for those who do not see it.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
/// <param name="Shapes">What is drawn.</param>
internal sealed record Chart(string Title, double Width, double Height, IReadOnlyList<Shape> Shapes)
{
    /// <summary>As SVG, for a page whose style sheet knows the classes.</summary>
    public string ToSvg()
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"chart\" role=\"img\" viewBox=\"0 0 {Width} {Height}\" aria-label=\"{WebUtility.HtmlEncode(Title)}\" xmlns=\"http://www.w3.org/2000/svg\">");
        foreach (var shape in Shapes) Append(svg, shape);
        return svg.Append("</svg>").ToString();
    }

    private static void Append(StringBuilder svg, Shape shape)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (shape)
        {
            case LineShape line:
                svg.Append(culture, $"<line class=\"{line.Class}\" x1=\"{line.X1:0.#}\" y1=\"{line.Y1:0.#}\" x2=\"{line.X2:0.#}\" y2=\"{line.Y2:0.#}\"/>");
                break;
            case RectShape rect:
                svg.Append(culture, $"<rect class=\"{rect.Class}\" x=\"{rect.X:0.##}\" y=\"{rect.Y:0.##}\" width=\"{rect.Width:0.##}\" height=\"{rect.Height:0.##}\"/>");
                break;
            case DotShape dot:
                svg.Append(culture, $"<circle class=\"{dot.Class}\" cx=\"{dot.X:0.#}\" cy=\"{dot.Y:0.#}\" r=\"{dot.Radius}\"/>");
                break;
            case PathShape path:
                svg.Append(culture, $"<path class=\"{path.Class}\" d=\"");
                for (var i = 0; i < path.Points.Count; i++) svg.Append(culture, $"{(i == 0 ? 'M' : 'L')}{path.Points[i].X:0.#} {path.Points[i].Y:0.#}");
                svg.Append(path.IsClosed ? "Z\"/>" : "\"/>");
                break;
            case TextShape text:
                svg.Append(culture, $"<text class=\"{text.Class}\" x=\"{text.X:0.#}\" y=\"{text.Y:0.#}\" text-anchor=\"{text.Anchor}\">{WebUtility.HtmlEncode(text.Text)}</text>");
                break;
        }
    }
}

/// <summary>The pictures of a report.</summary>
internal static class Charts
{
    private const double Width = 960;
    private static readonly int[] HourSteps = [1, 2, 3, 6, 12, 24, 48, 168, 744];
    private const double Left = 64;
    private const double Right = Width - 16;

    /// <summary>The curve, with what it might have been or with another one to compare, on a common axis of elapsed time.</summary>
    public static Chart Curve(EventReport report, EventReport? other = null)
    {
        const double Height = 380, Top = 22, Bottom = Height - 34;
        var shapes = new List<Shape>();
        if (report.IsEmpty) return new Chart(Words.Of("report.curve"), Width, Height, [new TextShape("", Width / 2, Height / 2, "middle", Words.Of("report.empty"))]);
        var begin = report.Points[0].At;
        var length = Math.Max(1, Math.Max((report.Points[^1].At - begin).Ticks, other is { IsEmpty: false } ? (other.Points[^1].At - other.Points[0].At).Ticks : 0));
        var second = other is null ? report.Theoretical : [.. other.Points.Select(point => point.Occupancy)];
        var most = Math.Max(1, Math.Max(Math.Max(report.Peak.Occupancy, report.Capacity), second.DefaultIfEmpty(0).Max())) * 1.1;
        double X(TimeSpan elapsed) => Left + (double)elapsed.Ticks / length * (Right - Left);
        double Y(double value) => Bottom - value / most * (Bottom - Top);

        AddLevels(shapes, most, Y);
        AddTimes(shapes, report.Zone, begin, length, X, Bottom);
        var line = Thinned([.. report.Points.Select(point => (X(point.At - begin), Y(point.Occupancy)))]);
        shapes.Add(new PathShape("area", [.. line, (line[^1].X, Y(0)), (line[0].X, Y(0))], IsClosed: true));
        shapes.Add(new PathShape("line", line, IsClosed: false));
        var others = other?.Points ?? report.Points;
        if (others.Count > 0) shapes.Add(new PathShape("line2", Thinned([.. others.Select((point, index) => (X(point.At - others[0].At), Y(second[index])))]), IsClosed: false));
        shapes.Add(new LineShape("limit", Left, Y(report.Capacity), Right, Y(report.Capacity)));
        shapes.Add(new TextShape("limit-text", Left + 6, Y(report.Capacity) - 5, "start", Words.Of("report.capacity-line", report.Capacity)));
        if (report.Peak.At is { } peak)
        {
            shapes.Add(new DotShape("peak", X(peak - begin), Y(report.Peak.Occupancy), 4.5));
            shapes.Add(new TextShape("", Math.Clamp(X(peak - begin), Left + 90, Right - 90), Y(report.Peak.Occupancy) - 9, "middle", Words.Of("report.peak-at", report.Peak.Occupancy, Clock(report.Zone, peak))));
        }

        return new Chart(Words.Of("report.curve"), Width, Height, shapes);
    }

    /// <summary>Who came, above, and who went, below, in each interval.</summary>
    public static Chart Flow(EventReport report)
    {
        const double Height = 240, Middle = 112, Half = 88, Bottom = Height - 26;
        var shapes = new List<Shape>();
        if (report.IsEmpty) return new Chart(Words.Of("report.flow"), Width, Height, [new TextShape("", Width / 2, Height / 2, "middle", Words.Of("report.empty"))]);
        var bars = Grouped(report.Points);
        var most = Math.Max(1, bars.Max(bar => Math.Max(bar.Entries, bar.Exits)));
        var begin = report.Points[0].At;
        var length = Math.Max(1, (report.Points[^1].At - begin).Ticks);
        double X(TimeSpan elapsed) => Left + (double)elapsed.Ticks / length * (Right - Left);
        foreach (var share in new[] { 1.0, -1.0 })
        {
            shapes.Add(new LineShape("grid", Left, Middle - share * Half, Right, Middle - share * Half));
            shapes.Add(new TextShape("", Left - 8, Middle - share * Half + 4, "end", most.ToString("N0", CultureInfo.CurrentCulture)));
        }

        foreach (var bar in bars)
        {
            var (x, width) = (X(bar.From - begin) + .5, Math.Max(.7, X(bar.Until - begin) - X(bar.From - begin) - 1));
            if (bar.Entries > 0) shapes.Add(new RectShape("bar", x, Middle - bar.Entries * Half / most, width, bar.Entries * Half / most));
            if (bar.Exits > 0) shapes.Add(new RectShape("bar2", x, Middle, width, bar.Exits * Half / most));
        }

        shapes.Add(new LineShape("axis", Left, Middle, Right, Middle));
        AddTimes(shapes, report.Zone, begin, length, X, Bottom - 8);
        return new Chart(Words.Of("report.flow"), Width, Height, shapes);
    }

    /// <summary>Columns with a word below and a number above each.</summary>
    public static Chart Columns(string title, IReadOnlyList<(string Label, long Value)> columns)
    {
        const double Height = 240, Top = 26, Bottom = Height - 30;
        var shapes = new List<Shape>();
        var most = Math.Max(1, columns.Select(column => column.Value).DefaultIfEmpty(0).Max());
        var width = (Right - Left) / Math.Max(1, columns.Count);
        for (var i = 0; i < columns.Count; i++)
        {
            var x = Left + i * width;
            var height = columns[i].Value * (Bottom - Top) / most;
            if (height > 0) shapes.Add(new RectShape("bar", x + 4, Bottom - height, Math.Max(1, width - 8), height));
            shapes.Add(new TextShape("", x + width / 2, Bottom - height - 6, "middle", columns[i].Value.ToString("N0", CultureInfo.CurrentCulture)));
            shapes.Add(new TextShape("", x + width / 2, Bottom + 20, "middle", columns[i].Label));
        }

        shapes.Add(new LineShape("axis", Left, Bottom, Right, Bottom));
        return new Chart(title, Width, Height, shapes);
    }

    internal static string Clock(Zone zone, Instant instant) => zone.ToDateTimeOffset(instant).ToString("HH:mm", CultureInfo.InvariantCulture);

    private static void AddLevels(List<Shape> shapes, double most, Func<double, double> y)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(1, most / 5))));
        var step = Math.Max(1, new[] { 1.0, 2, 5, 10 }.First(factor => factor * power >= most / 6) * power);
        for (var value = 0.0; value < most; value += step)
        {
            shapes.Add(new LineShape(value == 0 ? "axis" : "grid", Left, y(value), Right, y(value)));
            shapes.Add(new TextShape("", Left - 8, y(value) + 4, "end", value.ToString("N0", CultureInfo.CurrentCulture)));
        }
    }

    // Full hours or days on the venue's clock: points lie on them, whatever a change to summer time does.
    private static void AddTimes(List<Shape> shapes, Zone zone, Instant begin, long length, Func<TimeSpan, double> x, double bottom)
    {
        var hours = TimeSpan.FromTicks(length).TotalHours;
        var every = HourSteps.FirstOrDefault(step => hours / step <= 12, 1488);
        var last = -1000.0;
        for (var hour = 0; hour <= hours; hour++)
        {
            var at = begin + (TimeSpan.FromHours(hour) - Within(zone, begin));
            if (at < begin) continue;
            var local = zone.ToDateTimeOffset(at);
            var place = x(at - begin);
            if (every < 24 ? local.Hour % every != 0 : local.Hour != 0 || (int)(at - begin).TotalHours % every > 1) continue;
            shapes.Add(new LineShape("axis", place, bottom, place, bottom + 5));
            if (place - last < 56) continue;
            last = place;
            var text = every >= 24 || local.Hour == 0 ? local.ToString("d MMM", CultureInfo.CurrentCulture) : local.ToString("HH:mm", CultureInfo.InvariantCulture);
            shapes.Add(new TextShape("", Math.Clamp(place, Left + 8, Right - 16), bottom + 21, "middle", text));
        }
    }

    private static TimeSpan Within(Zone zone, Instant instant)
    {
        var local = zone.ToDateTimeOffset(instant);
        return TimeSpan.FromMinutes(local.Minute);
    }

    // What is finer than the picture would only make it heavy: of each group the least and the greatest stay.
    private static IReadOnlyList<(double X, double Y)> Thinned(IReadOnlyList<(double X, double Y)> points) =>
        points.Count <= 2_000 ? points : [.. points.Chunk((points.Count + 999) / 1_000).SelectMany(chunk => new[] { chunk.MinBy(point => point.Y), chunk.MaxBy(point => point.Y) }.OrderBy(point => point.X))];

    private static List<(Instant From, Instant Until, long Entries, long Exits)> Grouped(IReadOnlyList<TimelinePoint> points)
    {
        var bars = new List<(Instant, Instant, long, long)>();
        var group = Math.Max(1, (points.Count + 118) / 120);
        for (var at = 1; at < points.Count; at += group)
        {
            var end = Math.Min(at + group, points.Count);
            bars.Add((points[at - 1].At, points[end - 1].At, points.Skip(at).Take(end - at).Sum(point => point.Entries), points.Skip(at).Take(end - at).Sum(point => point.Exits)));
        }

        if (bars.Count == 0) bars.Add((points[0].At, points[0].At, points[0].Entries, points[0].Exits));
        return bars;
    }
}
