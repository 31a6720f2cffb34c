using System.Globalization;
using System.Text;
using System.Xml;
using Headcount.Cli.Commands;
using Headcount.Cli.Output;
using Headcount.Core;

namespace Headcount.Cli.Pictures;

/// <summary>The curve of a day as an SVG picture for a report: it needs nothing beside it, and suits light and dark pages.</summary>
internal sealed class CurvePicture
{
    private const string Svg = "http://www.w3.org/2000/svg";
    private const int Width = 960;
    private const int Height = 480;
    private const double Left = 72;
    private const double Right = Width - 24;
    private const double Top = 84;
    private const double Bottom = 356;
    private const double FlowMiddle = 422;
    private const double FlowHalf = 20;
    private const int MostPoints = 2000;
    private const int MostBars = 120;

    private const string Style = """
        svg { font-family: system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; font-size: 13px; background: #ffffff; }
        .page { fill: #ffffff; } text { fill: #333a44; } .title { font-size: 20px; font-weight: 600; fill: #14181f; } .soft { fill: #6b7480; }
        .grid { stroke: #e3e7ec; } .axis { stroke: #9aa3ae; } .area { fill: #2f6fde; fill-opacity: 0.16; } .line { fill: none; stroke: #2f6fde; stroke-width: 2; stroke-linejoin: round; }
        .peak { fill: #d9480f; } .peakline { stroke: #d9480f; stroke-dasharray: 2 3; } .label { font-weight: 600; } .halo { stroke: #ffffff; stroke-width: 4; stroke-linejoin: round; paint-order: stroke; }
        .capacity { stroke: #c92a2a; stroke-dasharray: 7 4; stroke-width: 1.5; } .capacitytext { fill: #c92a2a; } .in { fill: #2b8a3e; } .out { fill: #e67700; }
        @media (prefers-color-scheme: dark) {
        svg { background: #14181f; } .page { fill: #14181f; } text { fill: #c9d1db; } .title { fill: #f2f5f8; } .soft { fill: #8d97a3; }
        .grid { stroke: #2a313b; } .axis { stroke: #5c6672; } .area { fill: #6ea0ff; fill-opacity: 0.2; } .line { stroke: #6ea0ff; }
        .peak { fill: #ff8f5e; } .peakline { stroke: #ff8f5e; } .halo { stroke: #14181f; } .capacity { stroke: #ff8787; } .capacitytext { fill: #ff8787; } .in { fill: #69db7c; } .out { fill: #ffc078; } }
        """;

    public required Zone Zone { get; init; }

    /// <summary>The title; null = the date.</summary>
    public string? Title { get; init; }

    /// <summary>Where to draw a line; null = nowhere.</summary>
    public long? Capacity { get; init; }

    public void Write(TimelineReport report, Stream output)
    {
        using var xml = XmlWriter.Create(output, new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, NewLineChars = "\n" });
        var plot = new Plot(this, report, xml);
        plot.Draw();
    }

    /// <summary>One picture as it is drawn.</summary>
    private sealed class Plot
    {
        private readonly CurvePicture _picture;
        private readonly TimelineReport _report;
        private readonly XmlWriter _xml;
        private readonly Instant _from;
        private readonly Instant _to;
        private readonly bool _isPeakShown;
        private readonly IReadOnlyList<long> _counts;
        private readonly (double Least, double Most) _scale;

        public Plot(CurvePicture picture, TimelineReport report, XmlWriter xml)
        {
            (_picture, _report, _xml) = (picture, report, xml);
            if (report.Points.Count > 0) (_from, _to) = (report.Points[0].At, report.Points[^1].At);
            _isPeakShown = report.Points.Count > 0 && report.Peak.At >= _from && report.Peak.At <= _to;
            var occupancies = report.Points.Select(point => point.Occupancy).DefaultIfEmpty(0).ToList();
            var most = Math.Max(_isPeakShown ? report.Peak.Occupancy : occupancies.Max(), picture.Capacity ?? 0);
            _counts = Ticks.Counts(Math.Min(0, occupancies.Min()), Math.Max(1, most), 7);

            // Room above the greatest figure for the words that go there.
            _scale = (_counts[0], _counts[0] + (Math.Max(1, most) - _counts[0]) * 1.12);
        }

        public void Draw()
        {
            var title = _picture.Title ?? DefaultTitle();
            Open("svg", ("viewBox", $"0 0 {Width} {Height}"), ("width", $"{Width}"), ("height", $"{Height}"), ("role", "img"));
            Write("title", Clean(title));
            Write("style", "\n" + Style + "\n");
            Element("rect", ("class", "page"), ("width", "100%"), ("height", "100%"));
            Text(Left, 36, "title", "start", title);
            Text(Left, 60, "soft", "start", Summary());
            if (_report.Points.Count == 0)
            {
                Text((Left + Right) / 2, (Top + Bottom) / 2, "soft", "middle", "No scans");
            }
            else
            {
                DrawAxes();
                DrawFlow();
                DrawCurve();
                DrawCapacity();
                DrawPeak();
            }

            _xml.WriteEndElement();
        }

        private string DefaultTitle() => _report.Points.Count == 0 ? "People inside"
            : Date(_from) == Date(_to) || _picture.Zone.StartOfDay(_to) == _to && Date(_from) == Date(new Instant(_to.Microseconds - 1)) ? $"People inside on {Date(_from)}"
            : $"People inside, {Date(_from)} to {Date(_to)}";

        private string Summary()
        {
            var zone = _picture.Zone.Id;
            return _report.Peak.At is { } at
                ? $"Peak {People.Count(_report.Peak.Occupancy)} at {People.Time(_picture.Zone, at)} · {People.Count(_report.Intake.Scans, "scan")} · times in {zone}"
                : $"Nobody was ever inside · {People.Count(_report.Intake.Scans, "scan")} · times in {zone}";
        }

        private string Date(Instant instant) => _picture.Zone.ToDateTimeOffset(instant).ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

        private void DrawAxes()
        {
            foreach (var count in _counts.Where(count => count <= _scale.Most))
            {
                Line(count == 0 ? "axis" : "grid", Left, Y(count), Right, Y(count));
                Text(Left - 10, Y(count) + 4, "soft", "end", People.Count(count));
            }

            var (times, kind) = Ticks.Times(_from, _to, _picture.Zone, 13);
            foreach (var time in times)
            {
                Line("axis", X(time), Bottom, X(time), Bottom + 5);
                Text(Math.Min(X(time), Right - 8), Bottom + 22, "soft", "middle", _picture.Zone.ToDateTimeOffset(time).ToString(kind switch { TickKind.Months => "MMM yyyy", TickKind.Days => "d MMM", _ => "HH:mm" }, CultureInfo.InvariantCulture));
            }

            if (_counts[0] != 0) Line("axis", Left, Bottom, Right, Bottom);
        }

        private void DrawCurve()
        {
            var points = Thinned(TimelineCommand.WithPeak(_report, _isPeakShown));
            var line = string.Join(' ', points.Select((point, index) => $"{(index == 0 ? 'M' : 'L')}{Number(X(point.At))} {Number(Y(point.Occupancy))}"));
            var floor = Number(Y(Math.Max(0, _counts[0])));
            Element("path", ("class", "area"), ("d", $"{line} L{Number(X(points[^1].At))} {floor} L{Number(X(points[0].At))} {floor} Z"));
            Element("path", ("class", "line"), ("d", line));
        }

        // Entries above, exits below a line of their own: how the crowd moved, to its own scale.
        private void DrawFlow()
        {
            var bars = Bars();
            var most = Math.Max(1, bars.Max(bar => Math.Max(bar.Entries, bar.Exits)));
            Text(Left - 10, FlowMiddle - 6, "soft", "end", "in");
            Text(Left - 10, FlowMiddle + 14, "soft", "end", "out");
            foreach (var bar in bars)
            {
                var (x, width) = (X(bar.From) + 0.5, Math.Max(0.6, X(bar.To) - X(bar.From) - 1));
                if (bar.Entries > 0) Bar("in", x, FlowMiddle - bar.Entries * FlowHalf / most, width, bar.Entries * FlowHalf / most);
                if (bar.Exits > 0) Bar("out", x, FlowMiddle, width, bar.Exits * FlowHalf / most);
            }

            Line("axis", Left, FlowMiddle, Right, FlowMiddle);
            Text(Right, FlowMiddle + FlowHalf + 20, "soft", "end", $"At most {People.Count(most)} in or out in {People.Span(bars[0].To - bars[0].From)}");
        }

        private void DrawCapacity()
        {
            if (_picture.Capacity is not { } capacity) return;
            Line("capacity", Left, Y(capacity), Right, Y(capacity));
            Text(Left + 8, Y(capacity) - 7, "capacitytext halo", "start", $"capacity {People.Count(capacity)}");
        }

        private void DrawPeak()
        {
            if (!_isPeakShown || _report.Peak is not { At: { } at, Occupancy: var occupancy }) return;
            var (x, y) = (X(at), Y(occupancy));
            Line("peakline", x, y, x, Bottom);
            Element("circle", ("class", "peak"), ("cx", Number(x)), ("cy", Number(y)), ("r", "4.5"));

            // Above the point, or below it where the line of the capacity goes through there.
            var isCrossed = _picture.Capacity is { } capacity && Y(capacity) - y is > -30 and < 6;
            Text(Math.Clamp(x, Left + 70, Right - 70), isCrossed ? y + 32 : y - 12, "label halo", "middle", $"{People.Count(occupancy)} at {People.Clock(_picture.Zone, at)}");
        }

        private List<(Instant From, Instant To, long Entries, long Exits)> Bars()
        {
            // The first point counts all before it: it has no width of its own.
            var points = _report.Points;
            var group = (points.Count - 1 + MostBars - 1) / MostBars;
            var bars = new List<(Instant, Instant, long, long)>();
            for (var at = 1; at < points.Count; at += Math.Max(1, group))
            {
                var end = Math.Min(at + group, points.Count);
                bars.Add((points[at - 1].At, points[end - 1].At, Sum(at, end, point => point.Entries), Sum(at, end, point => point.Exits)));
            }

            if (bars.Count == 0) bars.Add((points[0].At, points[0].At, points[0].Entries, points[0].Exits));
            return bars;
        }

        private long Sum(int from, int to, Func<TimelinePoint, long> of)
        {
            var sum = 0L;
            for (var i = from; i < to; i++) sum += of(_report.Points[i]);
            return sum;
        }

        // What is finer than the picture would only make it heavy: of each group the least and the greatest stay.
        private static IReadOnlyList<TimelinePoint> Thinned(IReadOnlyList<TimelinePoint> points)
        {
            if (points.Count <= MostPoints) return points;
            var group = (points.Count + MostPoints / 2 - 1) / (MostPoints / 2);
            return [.. points.Chunk(group).SelectMany(chunk => new[] { chunk.MinBy(point => point.Occupancy), chunk.MaxBy(point => point.Occupancy) }.Distinct().OrderBy(point => point.At)).DistinctBy(point => point.At)];
        }

        private double X(Instant at) => _to <= _from ? (Left + Right) / 2 : Left + (at.Microseconds - _from.Microseconds) / (double)(_to.Microseconds - _from.Microseconds) * (Right - Left);

        private double Y(long count) => Bottom - (count - _scale.Least) / (_scale.Most - _scale.Least) * (Bottom - Top);

        private void Bar(string style, double x, double y, double width, double height) =>
            Element("rect", ("class", style), ("x", Number(x)), ("y", Number(y)), ("width", Number(width)), ("height", Number(height)));

        private void Line(string style, double x1, double y1, double x2, double y2) =>
            Element("line", ("class", style), ("x1", Number(x1)), ("y1", Number(y1)), ("x2", Number(x2)), ("y2", Number(y2)));

        private void Text(double x, double y, string style, string anchor, string text)
        {
            Open("text", ("class", style), ("x", Number(x)), ("y", Number(y)), ("text-anchor", anchor));
            _xml.WriteString(Clean(text));
            _xml.WriteEndElement();
        }

        private void Element(string name, params (string Name, string Value)[] attributes)
        {
            Open(name, attributes);
            _xml.WriteEndElement();
        }

        private void Open(string name, params (string Name, string Value)[] attributes)
        {
            _xml.WriteStartElement(name, Svg);
            foreach (var (attribute, value) in attributes) _xml.WriteAttributeString(attribute, value);
        }

        private void Write(string name, string text) => _xml.WriteElementString(name, Svg, text);

        // XML has no way to write a control character, or half of a surrogate pair.
        private static string Clean(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.Value < 0x20 || rune.Value is 0xFFFE or 0xFFFF ? "\uFFFD" : rune.ToString()));

        private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
    }
}
