using System.CommandLine;
using Headcount.Cli.CommandLine;
using Headcount.Cli.Output;
using Headcount.Core;

namespace Headcount.Cli.Commands;

/// <summary><c>headcount anomalies</c>: which scans are not right.</summary>
internal sealed class AnomaliesCommand(TimeProvider time, StopSignal stop) : ReadingCommand(
    time,
    stop,
    "anomalies",
    "Which scans are not right: duplicate entries, exits without an entry, re-entries that come too soon, unknown tickets.",
    "./headcount anomalies samples/classic-day.ndjson --tickets samples/classic-tickets.json",
    Tickets,
    ReentryMinutes,
    Kind)
{
    public static readonly Option<string?> ReentryMinutes = new("--reentry-minutes") { HelpName = "MINUTES", Description = "Back in less than this after an exit is a rapid re-entry (default: 5)." };

    private static readonly string[] Kinds = [.. Enum.GetValues<AnomalyKind>().Select(kind => kind.Code())];

    private static readonly Option<string[]> Kind = new("--kind") { HelpName = "KIND,…", Description = $"These kinds only: {string.Join(", ", Kinds)} (default: all)." };

    protected override Func<ScanLedger, Register?, Answer> Ask(Values values)
    {
        var window = values.Minutes(ReentryMinutes);
        var kinds = values.List(Kind)?.Select(ReadKind).ToHashSet();
        if (kinds is { Count: 0 }) throw new UsageException($"--kind names nothing. The kinds are {string.Join(", ", Kinds)}.");
        if (kinds is not null && kinds.Contains(AnomalyKind.UnknownTicket) && values.Path(Tickets) is null)
            throw new UsageException("--kind unknown_ticket needs the register that a ticket can be unknown to: give --tickets FILE.");
        return (ledger, register) => new AnomaliesAnswer(ledger.Anomalies(register, window, kinds), values.Zone);
    }

    private static AnomalyKind ReadKind(string word) =>
        Codes.TryParseKind(word, out var kind) ? kind : throw new UsageException($"--kind '{word}' is not a kind of anomaly. The kinds are {string.Join(", ", Kinds)}.");

    private sealed class AnomaliesAnswer(AnomalyReport report, Zone zone) : Answer
    {
        public override void WriteJson(JsonOut json)
        {
            json.Intake(report.Intake);
            json.Number("total", report.Anomalies.Count);
            json.Counts("by_kind", report.ByKind);
            WriteRows(json);
            json.Skipped(report.Intake);
        }

        public override void WriteText(TextOut text)
        {
            text.Line($"{text.Bold(People.Count(report.Anomalies.Count))} {text.Bold(report.Anomalies.Count == 1 ? "scan is not right" : "scans are not right")}");
            if (report.ByKind.Count > 0)
            {
                var kinds = new HumanTable("<kind", "scans");
                foreach (var (kind, count) in report.ByKind) kinds.Row(kind, People.Count(count));
                kinds.Write(text.Line());
            }

            if (report.Anomalies.Count > 0)
            {
                var rows = new HumanTable("scan", "<time", "<kind", "<ticket", "<gate", "<earlier");
                foreach (var anomaly in report.Anomalies.Take(MostRowsShown))
                    rows.Row(People.Count(anomaly.Position), People.Time(zone, anomaly.Timestamp), anomaly.Kind.Code(), People.Name(anomaly.TicketId.Value), People.Name(anomaly.Gate.Value), DescribeEarlier(anomaly));
                rows.Write(text.Line());
                WriteMore(text, report.Anomalies.Count);
            }

            text.Line().Line(text.Faint(Describe(report.Intake)));
        }

        private void WriteRows(JsonOut json)
        {
            var rows = new AnomalyRows((ScanLedger.FoundAnomalies)report.Anomalies, zone);
            json.BeginRows("anomalies");
            rows.Write(json);
            json.EndRows();
        }

        private static string DescribeEarlier(Anomaly anomaly) =>
            anomaly is { Earlier: { } earlier, Elapsed: { } elapsed }
                ? $"scan {People.Count(earlier.Position)} at {People.Name(earlier.Gate.Value)}, {People.Span(elapsed)} before"
                : "";
    }
}
