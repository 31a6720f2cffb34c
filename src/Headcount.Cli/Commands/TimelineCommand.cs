using System.CommandLine;
using System.Xml;
using Headcount.Cli.CommandLine;
using Headcount.Cli.Output;
using Headcount.Cli.Pictures;
using Headcount.Core;

namespace Headcount.Cli.Commands;

/// <summary><c>headcount timeline</c>: the curve of the day.</summary>
internal sealed class TimelineCommand(TimeProvider time, StopSignal stop) : ReadingCommand(
    time,
    stop,
    "timeline",
    "The curve of the day: how many were inside at each step, with the peak and when it was.",
    "./headcount timeline samples/classic-day.ndjson --step 30m",
    Step,
    From,
    To,
    Table,
    Svg,
    Title,
    Capacity)
{
    private static readonly TimeSpan DefaultStep = TimeSpan.FromMinutes(15);

    private static readonly Option<string?> Step = new("--step") { HelpName = "LENGTH", Description = "The time between two points: 30s, 15m, 1h, 1d, PT15M (default: 15m)." };
    private static readonly Option<string?> From = new("--from") { HelpName = "TIME", Description = "Begin here (default: at the first scan)." };
    private static readonly Option<string?> To = new("--to") { HelpName = "TIME", Description = "End here (default: at the last scan)." };
    private static readonly Option<bool> Table = new("--table") { Description = "Show people every point as figures, below the curve." };
    private static readonly Option<string?> Svg = new("--svg") { HelpName = "FILE", Description = "Also write the curve as a picture." };
    private static readonly Option<string?> Title = new("--title") { HelpName = "TEXT", Description = "The picture's title (default: the date)." };
    private static readonly Option<string?> Capacity = new("--capacity") { HelpName = "N", Description = "Draw a line at this many." };

    protected override bool TakesAnonymous => true;

    protected override Func<ScanLedger, Register?, Answer> Ask(Values values)
    {
        var step = values.Length(Step) ?? DefaultStep;
        var (from, to) = (values.Time(From), values.Time(To));
        if (from > to) throw new UsageException("--from is later than --to: the range ends before it begins.");
        var (svg, title, capacity) = (values.Path(Svg), values.Text(Title), values.Count(Capacity));
        if (svg is null && title is not null) throw new UsageException("--title is the title of a picture: give --svg FILE too.");
        if (svg is not null)
        {
            OutputFile.CheckIsNoInput("--svg", svg, values.Inputs(InputOptions.Inputs));
            OutputFile.CheckIsNot("--svg", svg, "--rejects", values.Path(InputOptions.Rejects));
        }

        return (ledger, _) =>
        {
            var report = Report(ledger, step, values.Zone, from, to);
            if (svg is not null) WritePicture(report, svg, new CurvePicture { Zone = values.Zone, Title = title, Capacity = capacity });
            return new TimelineAnswer(report, values.Zone, capacity, values.Flag(Table));
        };
    }

    private static TimelineReport Report(ScanLedger ledger, TimeSpan step, Zone zone, Instant? from, Instant? to)
    {
        try
        {
            return ledger.Timeline(step, zone, from, to);
        }
        catch (ArgumentException problem)
        {
            // How many points a step makes shows only when the input has been read.
            throw new UsageException($"--step: {problem.Message.Split(" (Parameter")[0]}");
        }
    }

    private static void WritePicture(TimelineReport report, string path, CurvePicture picture)
    {
        using var file = OutputFile.Create(path);
        picture.Write(report, file);
    }

    private sealed class TimelineAnswer(TimelineReport report, Zone zone, long? capacity, bool withTable) : Answer
    {
        private const int MostColumns = 120;
        private const int CurveRows = 12;

        public override void WriteJson(JsonOut json)
        {
            json.Intake(report.Intake);
            json.Text("step", XmlConvert.ToString(report.Step));
            json.BeginObject("peak");
            json.Number("occupancy", report.Peak.Occupancy);
            json.Time("at", report.Peak.At);
            json.EndObject();
            json.List("points", report.Points, point =>
            {
                json.Time("at", point.At);
                json.Number("occupancy", point.Occupancy);
                json.Number("entries", point.Entries);
                json.Number("exits", point.Exits);
            });
            json.Skipped(report.Intake);
        }

        public override void WriteText(TextOut text)
        {
            text.Line(report.Peak.At is { } at
                ? $"{text.Bold("Peak")} {text.Bold(text.Accent(People.Count(report.Peak.Occupancy)))} at {People.Time(zone, at)}{(capacity > 0 ? $", {report.Peak.Occupancy * 100m / capacity.Value:0.#} % of {People.Count(capacity.Value)}" : "")}"
                : "Nobody was ever inside").Line();
            if (report.Points.Count > 1) DrawCurve(text);
            if (withTable && report.Points.Count > 0) WriteTable(text);
            text.Line().Line(text.Faint(Describe(report.Intake)));
        }

        private void DrawCurve(TextOut text)
        {
            var (from, to) = (report.Points[0].At, report.Points[^1].At);
            var isPeakShown = report.Peak.At >= from && report.Peak.At <= to;
            var curve = new TerminalCurve
            {
                Zone = zone,
                From = from,
                To = to,
                Width = Math.Min(text.Width, MostColumns),
                Height = CurveRows,
                Most = isPeakShown ? report.Peak.Occupancy : report.Points.Max(point => point.Occupancy),
                Mark = isPeakShown ? report.Peak.At : null,
                Style = text.Accent,
            };
            foreach (var line in curve.Draw(WithPeak(report, isPeakShown))) text.Line(line);
        }

        private void WriteTable(TextOut text)
        {
            var table = new HumanTable("<time", "inside", "entries", "exits");
            foreach (var point in report.Points)
                table.Row(People.Time(zone, point.At), People.Count(point.Occupancy), People.Count(point.Entries), People.Count(point.Exits));
            table.Write(text.Line());
        }
    }

    /// <summary>The points, and the peak among them: it may lie between two.</summary>
    internal static IReadOnlyList<TimelinePoint> WithPeak(TimelineReport report, bool isPeakShown)
    {
        if (!isPeakShown || report.Peak.At is not { } at) return report.Points;
        var after = report.Points.Select((point, index) => (point, index)).FirstOrDefault(pair => pair.point.At >= at, (default, report.Points.Count)).Item2;
        if (after < report.Points.Count && report.Points[after].At == at) return report.Points;
        var points = new List<TimelinePoint>(report.Points);
        points.Insert(after, new TimelinePoint(at, report.Peak.Occupancy, 0, 0));
        return points;
    }
}
