using System.CommandLine;
using Headcount.Cli.CommandLine;
using Headcount.Cli.Output;
using Headcount.Core;

namespace Headcount.Cli.Commands;

/// <summary><c>headcount admit</c>: who would have got in.</summary>
internal sealed class AdmitCommand(TimeProvider time, StopSignal stop) : ReadingCommand(
    time,
    stop,
    "admit",
    "Who would have got in, had the gates gone by a capacity: in order of arrival, as a gate decides.",
    "./headcount admit samples/classic-day.ndjson --tickets samples/classic-tickets.json --capacity 5",
    Capacity,
    Tickets,
    Override,
    Firm,
    RejectRapidReentry,
    AnomaliesCommand.ReentryMinutes)
{
    private static readonly Option<string?> Capacity = new("--capacity") { HelpName = "N", Description = "How many may be inside. Required." };
    private static readonly Option<string[]> Override = new("--override") { HelpName = "TYPE,…", Description = "The ticket types that pass a full house (default: VIP)." };
    private static readonly Option<string?> Firm = new("--firm") { HelpName = "N", Description = "The limit that no override passes (default: none)." };
    private static readonly Option<bool> RejectRapidReentry = new("--reject-rapid-reentry") { Description = "Refuse a rapid re-entry (too_soon), instead of letting it in with a warning." };

    protected override Func<ScanLedger, Register?, Answer> Ask(Values values)
    {
        var rules = new AdmissionRules
        {
            Capacity = values.Count(Capacity) ?? throw new UsageException("admit needs a capacity: give --capacity N, how many may be inside."),
            FirmCapacity = values.Count(Firm),
            ReentryWindow = values.Minutes(AnomaliesCommand.ReentryMinutes) ?? AdmissionRules.DefaultReentryWindow,
            RejectRapidReentry = values.Flag(RejectRapidReentry),
            TicketTypes = values.List(Override) is { } types ? AdmissionRules.Overriding(types) : AdmissionRules.DefaultTicketTypes,
        };
        return (ledger, register) => new AdmitAnswer(ledger.Admit(rules, register), values.Zone);
    }

    private sealed class AdmitAnswer(AdmissionReport report, Zone zone) : Answer
    {
        public override void WriteJson(JsonOut json)
        {
            json.Intake(report.Intake);
            json.Number("capacity", report.Capacity);
            json.Number("actual", report.Actual);
            json.Number("theoretical", report.Theoretical);
            json.Number("peak_actual", report.PeakActual);
            json.Number("peak_theoretical", report.PeakTheoretical);
            json.Number("admitted", report.Admitted);
            json.Number("released", report.Released);
            json.Number("overrides", report.Overrides);
            json.Counts("rejected", report.Rejected);
            json.List("rejections", report.Rejections, rejection =>
            {
                json.Number("scan", rejection.Position);
                json.Text("ticket_id", rejection.TicketId.Value);
                json.Text("gate", rejection.Gate.Value);
                json.Time("timestamp", rejection.Timestamp);
                json.Text("reason", rejection.Reason.Code());
            });
            json.Counts("warnings", report.Warnings);
            json.Skipped(report.Intake);
        }

        public override void WriteText(TextOut text)
        {
            text.Line($"{text.Bold(People.Count(report.Admitted))} {text.Bold("admitted")}, {text.Bold(People.Count(report.Rejections.Count))} {text.Bold("refused")}, with a capacity of {People.Count(report.Capacity)}");
            new HumanTable("<", "at the end", "at the peak")
                .Row("inside", People.Count(report.Actual), People.Count(report.PeakActual))
                .Row("without a limit", People.Count(report.Theoretical), People.Count(report.PeakTheoretical))
                .Write(text.Line());
            text.Line().Line($"{People.Count(report.Released)} went out, {People.Count(report.Overrides)} let in although it was full");
            WriteCounts(text, "<refused", report.Rejected);
            WriteCounts(text, "<warning", report.Warnings);
            if (report.Rejections.Count > 0)
            {
                var rows = new HumanTable("scan", "<time", "<reason", "<ticket", "<gate");
                foreach (var rejection in report.Rejections.Take(MostRowsShown))
                    rows.Row(People.Count(rejection.Position), People.Time(zone, rejection.Timestamp), rejection.Reason.Code(), People.Name(rejection.TicketId.Value), People.Name(rejection.Gate.Value));
                rows.Write(text.Line());
                WriteMore(text, report.Rejections.Count);
            }

            text.Line().Line(text.Faint(Describe(report.Intake)));
        }

        private static void WriteCounts(TextOut text, string heading, IReadOnlyDictionary<string, long> counts)
        {
            if (counts.Count == 0) return;
            var table = new HumanTable(heading, "scans");
            foreach (var (code, count) in counts) table.Row(code, People.Count(count));
            table.Write(text.Line());
        }
    }
}
