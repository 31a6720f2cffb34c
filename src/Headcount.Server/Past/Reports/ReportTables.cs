using System.Globalization;
using Headcount.Core;
using Headcount.Server.Languages;
using Headcount.Server.Past.Export;

namespace Headcount.Server.Past.Reports;

/// <summary>A report as tables, for files and for paper; in the language of the flow that asks.</summary>
internal static class ReportTables
{
    public static IReadOnlyList<ExportTable> Of(EventReport report, bool withIntervals = true)
    {
        var tables = new List<ExportTable> { Totals(report), ByGate(report), ByType(report), Dwell(report), Refusals(report) };
        if (!withIntervals) return tables;
        tables.Add(Intervals(report));
        tables.Add(GateIntervals(report));
        return tables;
    }

    /// <summary>The figures of the head of a report.</summary>
    public static IReadOnlyList<(string Name, object? Value)> Figures(EventReport report) =>
    [
        (Words.Of("report.entries"), report.Entries), (Words.Of("report.exits"), report.Exits), (Words.Of("report.ended-by-closing"), report.EndedByClosing),
        (Words.Of("report.visitors"), report.Visitors), (Words.Of("report.returners"), report.Returners), (Words.Of("report.reentry-rate"), Percent(report.Returners, report.Visitors)),
        (Words.Of("report.registered"), report.Registered), (Words.Of("report.no-shows"), report.NoShows), (Words.Of("report.no-show-rate"), Percent(report.NoShows, report.Registered)),
        (Words.Of("report.capacity"), report.Capacity), (Words.Of("report.peak"), report.Peak.Occupancy), (Words.Of("report.peak-time"), report.Peak.At is { } at ? Time(report.Zone, at) : null),
        (Words.Of("report.peak-theoretical"), report.PeakTheoretical.Occupancy), (Words.Of("report.refused"), report.Refused),
        (Words.Of("report.busiest-gate"), report.BusiestGate is { } gate ? gate.Gate : null),
        (Words.Of("report.busiest-minute"), report.BusiestMinute is { } minute ? Words.Of("report.until-passages", Time(report.Zone, minute.Until), minute.Passages) : null),
        (Words.Of("report.mean-dwell"), Length(report.Dwell.Mean)), (Words.Of("report.median-dwell"), Length(report.Dwell.Median)), (Words.Of("report.ninety-dwell"), Length(report.Dwell.NinetyPercent)),
    ];

    public static string BucketName(EventReport report, int index)
    {
        var bucket = report.Dwell.Buckets[index];
        return bucket.Under is { } under ? Words.Of("report.under", Short(under)) : Words.Of("report.longer");
    }

    public static string ReasonName(string reason) => Words.Find("reason." + reason) ?? reason;

    public static string TypeName(string type) => type == Ticket.UnknownType ? Words.Of("past.unknown-type") : type;

    public static string? Length(TimeSpan? length) => length is { } known ? string.Create(CultureInfo.InvariantCulture, $"{(long)known.TotalHours}:{known.Minutes:00} h") : null;

    public static string Time(Zone zone, Instant instant) => zone.ToDateTimeOffset(instant).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    public static string? Percent(long part, long whole) => whole == 0 ? null : (100.0 * part / whole).ToString("0.0", CultureInfo.CurrentCulture) + " %";

    private static string Short(TimeSpan length) => length < TimeSpan.FromHours(1) ? $"{length.TotalMinutes:0} min" : $"{length.TotalHours:0} h";

    private static ExportTable Totals(EventReport report) => new(Words.Of("report.totals"), [Words.Of("report.figure"), Words.Of("report.value")],
    [
        [Words.Of("report.event"), report.Event], [Words.Of("report.range"), RangeOf(report)], [Words.Of("report.zone"), report.Zone.Id], [Words.Of("report.record"), report.Seq],
        .. Figures(report).Select(figure => (IReadOnlyList<object?>)[figure.Name, figure.Value]),
    ]);

    /// <summary>The range in words.</summary>
    public static string RangeOf(EventReport report) => report.IsEmpty ? "–" : report.Range.From is null && report.Range.Until is null ? Words.Of("report.whole") : $"{Time(report.Zone, report.Points[0].At)} – {Time(report.Zone, report.Points[^1].At)}";

    private static ExportTable ByGate(EventReport report) => new(Words.Of("evac.by-gate"),
        [Words.Of("past.gate"), Words.Of("report.entries"), Words.Of("report.exits"), Words.Of("report.refused"), Words.Of("report.busiest-minute"), Words.Of("report.in-it")],
        [.. report.Gates.Select(gate => (IReadOnlyList<object?>)[gate.Gate, gate.Entries, gate.Exits, gate.Refused, gate.BusiestUntil is { } at ? Time(report.Zone, at) : null, gate.BusiestPassages])]);

    private static ExportTable ByType(EventReport report) => new(Words.Of("evac.by-type"),
        [Words.Of("past.type"), Words.Of("report.registered"), Words.Of("report.visitors"), Words.Of("report.no-shows"), Words.Of("report.entries"), Words.Of("report.exits"), Words.Of("report.refused"), Words.Of("report.mean-dwell")],
        [.. report.Types.Select(type => (IReadOnlyList<object?>)[TypeName(type.Type), type.Registered, type.Visitors, type.NoShows, type.Entries, type.Exits, type.Refused, Length(type.MeanDwell)])]);

    private static ExportTable Dwell(EventReport report) => new(Words.Of("report.dwell"), [Words.Of("report.length"), Words.Of("report.stays")],
        [.. report.Dwell.Buckets.Select((bucket, index) => (IReadOnlyList<object?>)[BucketName(report, index), bucket.Count])]);

    private static ExportTable Refusals(EventReport report) => new(Words.Of("report.refusals"), [Words.Of("report.reason"), Words.Of("report.refused")],
        [.. report.Refusals.Select(one => (IReadOnlyList<object?>)[ReasonName(one.Reason), one.Count])]);

    private static ExportTable Intervals(EventReport report) => new(Words.Of("report.intervals"),
        [Words.Of("report.until"), Words.Of("report.entries"), Words.Of("report.exits"), Words.Of("report.occupancy"), Words.Of("report.theoretical")],
        [.. report.Points.Select((point, index) => (IReadOnlyList<object?>)[Time(report.Zone, point.At), point.Entries, point.Exits, point.Occupancy, report.Theoretical[index]])]);

    private static ExportTable GateIntervals(EventReport report) => new(Words.Of("report.gate-intervals"),
        [Words.Of("report.until"), .. report.Gates.SelectMany(gate => new[] { Words.Of("report.entries-of", gate.Gate), Words.Of("report.exits-of", gate.Gate) })],
        [.. report.Points.Select((point, index) => (IReadOnlyList<object?>)[Time(report.Zone, point.At), .. report.Gates.SelectMany(gate => new object?[] { gate.ByInterval[index].Entries, gate.ByInterval[index].Exits })])]);
}
