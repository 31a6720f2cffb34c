using System.Xml;
using Headcount.Core;
using Headcount.Server.Access;
using Headcount.Server.Accounts;
using Headcount.Server.Counts;
using Headcount.Server.Manage;
using Headcount.Server.Past.Audit;
using Headcount.Server.Past.Export;

namespace Headcount.Server.Past.Reports;

/// <summary><c>/api/events/{slug}/report</c>: what happened, in numbers; as JSON, or as a file for people.</summary>
internal sealed class ReportEndpoint(EventReports reports)
{
    private static readonly TimeSpan LeastStep = TimeSpan.FromMinutes(1);

    public async Task GetAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync(context.Slug());
        var zone = mailbox.Settings.Zone;
        var query = new CountQuery(context, "from", "to", "step", "format");
        var range = new ReportRange(query.Time("from", zone), query.Time("to", zone), query.Length("step"));
        if (range.From >= range.Until) query.Wrong("to", "is not after from");
        if (range.Step < LeastStep) query.Wrong("step", "is less than a minute");
        var format = query.Text("format") ?? "json";
        if (format is not ("json" or "csv" or "xlsx" or "pdf")) query.Wrong("format", "must be json, csv, xlsx or pdf");
        query.ThrowIfWrong();
        if (range.Step is { } step)
        {
            if (range.Until - range.From < step) query.Wrong("step", "is longer than the range");
            var scans = await mailbox.AskAsync(admission => admission.CountedRange());
            if (scans is { } counted && ((range.Until ?? counted.Last) - (range.From ?? counted.First)) / step > TimelineEndpoint.MostPoints) query.Wrong("step", $"gives more than {TimelineEndpoint.MostPoints} points; take a longer step or a shorter range");
            query.ThrowIfWrong();
        }

        var report = await reports.CountAsync(mailbox, range, context.RequestAborted);
        if (format == "json")
        {
            await context.AnswerAsync(AnswerOf(report));
            return;
        }

        AccountForm.Speak(context);
        var name = $"{report.Slug}-report";
        if (format == "pdf")
            await ExportAnswer.SendAsync(context, ReportPdf.Write(report), "application/pdf", name + ".pdf");
        else
            await ExportAnswer.SendAsync(context, ReportTables.Of(report), name, format);
    }

    internal static object AnswerOf(EventReport report)
    {
        string? Time(Instant? instant) => instant is { } known ? report.Zone.Format(known) : null;
        // The range begins and ends at points of the curve: what is told is what was counted.
        Instant? from = report.Range.From is null || report.IsEmpty ? report.Range.From : report.Points[0].At;
        Instant? until = report.Range.Until is null || report.IsEmpty ? report.Range.Until : report.Points[^1].At;
        double? Seconds(TimeSpan? length) => length?.TotalSeconds;
        return new
        {
            @event = report.Slug, seq = report.Seq, from = Time(from), to = Time(until), step = XmlConvert.ToString(report.Step), capacity = report.Capacity,
            entries = report.Entries, exits = report.Exits, ended_by_closing = report.EndedByClosing, visitors = report.Visitors, returners = report.Returners, registered = report.Registered, no_shows = report.NoShows,
            peak = new { occupancy = report.Peak.Occupancy, at = Time(report.Peak.At) }, peak_theoretical = new { occupancy = report.PeakTheoretical.Occupancy, at = Time(report.PeakTheoretical.At) },
            busiest_gate = report.BusiestGate?.Gate, busiest_minute = report.BusiestMinute is { } minute ? new { until = Time(minute.Until), passages = minute.Passages } : null,
            gates = report.Gates.Select(gate => new { gate = gate.Gate, entries = gate.Entries, exits = gate.Exits, refused = gate.Refused, busiest_minute = gate.BusiestUntil is { } until ? new { until = Time(until), passages = gate.BusiestPassages } : null }),
            ticket_types = report.Types.Select(type => new { ticket_type = type.Type, registered = type.Registered, visitors = type.Visitors, no_shows = type.NoShows, entries = type.Entries, exits = type.Exits, refused = type.Refused, mean_dwell_seconds = Seconds(type.MeanDwell) }),
            dwell = new
            {
                stays = report.Dwell.Stays, mean_seconds = Seconds(report.Dwell.Mean), median_seconds = Seconds(report.Dwell.Median), ninety_percent_seconds = Seconds(report.Dwell.NinetyPercent),
                buckets = report.Dwell.Buckets.Select(bucket => new { under_seconds = Seconds(bucket.Under), count = bucket.Count }),
            },
            refusals = report.Refusals.Select(one => new { reason = one.Reason, count = one.Count }),
            points = report.Points.Select((point, index) => new { at = Time(point.At), occupancy = point.Occupancy, entries = point.Entries, exits = point.Exits, theoretical = report.Theoretical[index] }),
        };
    }
}
