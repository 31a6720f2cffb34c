using Headcount.Cli.Output;
using Headcount.Core;

namespace Headcount.Cli.Commands;

/// <summary>The tables that people see of an occupancy.</summary>
[Flags]
internal enum Breakdown
{
    Gates = 1,
    Types = 2,
    Crossed = 4,
}

/// <summary>An occupancy, written.</summary>
internal sealed class OccupancyAnswer(OccupancyReport report, Zone zone, Breakdown by) : Answer
{
    public override void WriteJson(JsonOut json)
    {
        json.Intake(report.Intake);
        json.Time("at", report.At);
        json.Number("occupancy", report.Occupancy);
        json.Number("entries", report.Entries);
        json.Number("exits", report.Exits);
        json.Number("first_entries", report.FirstEntries);
        json.Counts("by_gate", report.ByGate);
        json.Counts("by_ticket_type", report.ByTicketType);
        json.BeginObject("by_gate_and_ticket_type");
        foreach (var (gate, types) in report.ByGateAndTicketType) json.Counts(gate, types);
        json.EndObject();
        json.BeginObject("flow");
        foreach (var (gate, flow) in report.Flow)
        {
            json.BeginObject(gate);
            json.Number("entries", flow.Entries);
            json.Number("exits", flow.Exits);
            json.Number("scans", flow.Scans);
            json.EndObject();
        }

        json.EndObject();
        json.Skipped(report.Intake);
    }

    public override void WriteText(TextOut text)
    {
        var when = report.At is { } at ? $"at {People.Time(zone, at)}" : "after the last scan";
        text.Line($"{text.Bold(text.Accent(People.Count(report.Occupancy)))} {text.Bold("inside")} {when}").Line();
        text.Line($"{People.Count(report.Entries)} entries, {People.Count(report.Exits)} exits, {People.Count(report.FirstEntries)} first entries");
        if (by.HasFlag(Breakdown.Gates) && report.Flow.Count > 0) WriteGates(text);
        if (by.HasFlag(Breakdown.Types) && report.ByTicketType.Count > 0) WriteTypes(text);
        if (by.HasFlag(Breakdown.Crossed) && report.ByGateAndTicketType.Count > 0) WriteCrossed(text);
        text.Line().Line(text.Faint(Describe(report.Intake)));
    }

    private void WriteGates(TextOut text)
    {
        var table = new HumanTable("<gate", "inside", "entries", "exits", "scans");
        foreach (var (gate, flow) in report.Flow)
            table.Row(People.Name(gate), People.Count(report.ByGate.GetValueOrDefault(gate)), People.Count(flow.Entries), People.Count(flow.Exits), People.Count(flow.Scans));
        table.Row("all", People.Count(report.Occupancy), People.Count(report.Entries), People.Count(report.Exits), People.Count(report.Flow.Values.Sum(flow => flow.Scans)));
        table.Write(text.Line(), lastIsTotal: true);
    }

    private void WriteTypes(TextOut text)
    {
        var table = new HumanTable("<ticket type", "inside");
        foreach (var (type, count) in report.ByTicketType) table.Row(People.Name(type), People.Count(count));
        table.Row("all", People.Count(report.Occupancy)).Write(text.Line(), lastIsTotal: true);
    }

    private void WriteCrossed(TextOut text)
    {
        var types = report.ByGateAndTicketType.Values.SelectMany(row => row.Keys).Distinct().Order(StringComparer.Ordinal).ToArray();
        var table = new HumanTable(["<gate", .. types.Select(type => People.Name(type).TrimStart('<')), "all"]);
        foreach (var (gate, row) in report.ByGateAndTicketType)
            table.Row([People.Name(gate), .. types.Select(type => People.Count(row.GetValueOrDefault(type))), People.Count(row.Values.Sum())]);
        table.Row(["all", .. types.Select(type => People.Count(report.ByTicketType.GetValueOrDefault(type))), People.Count(report.Occupancy)]);
        table.Write(text.Line(), lastIsTotal: true);
    }
}
