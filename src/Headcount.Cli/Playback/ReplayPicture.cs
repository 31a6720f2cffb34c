using System.Globalization;
using Headcount.Cli.Output;
using Headcount.Cli.Pictures;
using Headcount.Core;

namespace Headcount.Cli.Playback;

/// <summary>The screen of a replay: the number, a bar against capacity, the gates, the curve so far, the latest anomalies.</summary>
internal sealed class ReplayPicture(DayPlayback day, Zone zone, long? capacity, string title, Style style)
{
    // Heading, number and the blank lines around them; the gates' heading; the curve's axis; the anomalies' heading; the keys.
    private const int FixedRows = 12;
    private const int LeastCurveRows = 3;
    private const int LeastRows = FixedRows + LeastCurveRows + 2;

    // A low window shows the number and the curve.
    private const int LeastRowsForCurve = 7 + LeastCurveRows;

    public IReadOnlyList<string> Draw(int columns, int rows, Speed speed, bool isPaused, bool hasKeys)
    {
        var lines = new List<string> { Heading(columns), "", Number(columns), "" };
        if (rows >= LeastRows)
            DrawRest(lines, columns, rows - FixedRows);
        else if (rows >= LeastRowsForCurve)
            DrawCurve(lines, columns, rows - LeastRowsForCurve + LeastCurveRows);
        while (lines.Count < rows - 1) lines.Add("");
        if (lines.Count > rows - 1) lines.RemoveRange(Math.Max(1, rows - 1), lines.Count - Math.Max(1, rows - 1));
        lines.Add(Footer(columns, speed, isPaused, hasKeys));
        return lines;
    }

    private void DrawRest(List<string> lines, int columns, int free)
    {
        var gates = Math.Clamp(free / 3, 1, day.GateCount);
        var anomalies = Math.Clamp(free / 4, 1, 10);
        DrawGates(lines, gates);
        lines.Add("");
        DrawCurve(lines, columns, free - gates - anomalies);
        lines.Add("");
        DrawAnomalies(lines, columns, anomalies);
    }

    private string Heading(int columns)
    {
        var clock = People.Time(zone, new Instant(day.Now.Microseconds / 1_000_000 * 1_000_000));
        return style.Faint(Spread(People.Name(title, Math.Max(8, columns - clock.Length - 3)), clock, columns));
    }

    private string Number(int columns)
    {
        var number = $"{People.Count(day.Inside)} inside";
        var peak = columns >= 56 && day.Peak.At is { } at ? $"peak {People.Count(day.Peak.Occupancy)} at {People.Clock(zone, at)}" : "";
        if (capacity is not { } most) return Styled(Spread(number, peak, columns), number.Length);

        var share = most == 0 ? day.Inside > 0 ? 100m : 0m : day.Inside * 100m / most;
        var of = string.Create(CultureInfo.InvariantCulture, $"{share:0} % of {People.Count(most)}");
        var room = columns - number.Length - of.Length - peak.Length - 8;
        if (room < 10) return Styled(Spread($"{number}  {of}", peak, columns), number.Length);
        var full = (int)Math.Clamp(share / 100m * room, 0, room);
        var bar = new string('█', full) + new string('░', room - full);
        return Styled(Spread($"{number}  {(share >= 100 ? style.Warning(bar) : style.Accent(bar))}  {of}", peak, columns + style.Accent("x").Length - 1), number.Length);
    }

    private string Styled(string line, int bold) => style.Bold(line[..bold]) + line[bold..];

    private void DrawGates(List<string> lines, int most)
    {
        var gates = day.Gates.ToList();
        var shown = gates.Count <= most ? gates : [.. gates.OrderByDescending(gate => gate.EntriesLastMinute + gate.ExitsLastMinute).ThenByDescending(gate => gate.Entries + gate.Exits).Take(most).OrderBy(gate => gate.Name, StringComparer.Ordinal)];
        var width = Math.Clamp(shown.Max(gate => DisplayWidth.Of(People.Name(gate.Name))), 12, 32);
        var heading = gates.Count > shown.Count ? $"gate ({shown.Count} of {gates.Count})" : "gate";
        lines.Add(style.Faint($"{heading.PadRight(width)}   in/min  out/min    entries      exits"));
        foreach (var gate in shown)
        {
            var name = People.Name(gate.Name, width);
            lines.Add($"{name}{new string(' ', width - DisplayWidth.Of(name))} {People.Count(gate.EntriesLastMinute),8} {People.Count(gate.ExitsLastMinute),8} {People.Count(gate.Entries),10} {People.Count(gate.Exits),10}");
        }
    }

    private void DrawCurve(List<string> lines, int columns, int rows)
    {
        var curve = new TerminalCurve
        {
            Zone = zone,
            From = day.First,
            To = day.Last,
            Until = day.Now,
            Width = columns - 1,
            Height = rows,
            Most = day.Most,
            Style = style.Accent,
        };
        lines.AddRange(curve.Draw(day.Curve()));
    }

    private void DrawAnomalies(List<string> lines, int columns, int most)
    {
        lines.Add(style.Faint(day.Anomalies == 0 ? "no anomalies so far" : $"{People.Count(day.Anomalies, "scan")} not right so far, the latest first"));
        foreach (var anomaly in day.LatestAnomalies(most))
        {
            var where = $"{People.Name(anomaly.TicketId.Value, 40)} at {People.Name(anomaly.Gate.Value, 32)}";
            lines.Add(style.Warning(People.Name($"{People.Clock(zone, anomaly.Timestamp)}  {anomaly.Kind.Code(),-18}  {where}", columns - 1)));
        }
    }

    private string Footer(int columns, Speed speed, bool isPaused, bool hasKeys)
    {
        var state = day.IsOver ? "the day is over" : isPaused ? "paused" : $"playing {speed}";
        return style.Faint(Spread(!hasKeys ? "Ctrl-C quits" : columns < 56 ? "q quit" : "q quit · space pause · + - speed", state, columns));
    }

    private static string Spread(string left, string right, int columns) =>
        left + new string(' ', Math.Max(2, columns - 1 - DisplayWidth.Of(left) - DisplayWidth.Of(right))) + right;
}
