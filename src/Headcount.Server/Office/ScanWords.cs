using System.Globalization;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Languages;

namespace Headcount.Server.Office;

/// <summary>Records of the log in words.</summary>
internal static class ScanWords
{
    /// <summary>What became of a scan that was just made.</summary>
    public static string Verdict(ScanRecord record)
    {
        if (record.Outcome == ScanOutcome.Rejected) return Words.Of("scan.refused", ReasonOf(record));
        var said = Words.Of(record.Scan.Type == ScanType.Entry ? "scan.let-in" : "scan.let-out");
        return record.Warnings == ScanWarnings.None ? said : $"{said} {WarningsOf(record)}";
    }

    /// <summary>What a record says.</summary>
    public static string What(LogEntry entry) => entry.Record switch
    {
        Annulment annulment => Words.Of("scan.annulled", annulment.Annulled),
        ScanRecord scan => Of(scan),
        _ => Words.Of("scan.closed"),
    };

    /// <summary>Who made it by hand, and why; null = a device.</summary>
    public static string? By(LogEntry entry) => entry switch
    {
        { Record: ScanRecord { Override: { } word } } => Words.Of("scan.override", word.By, word.Reason),
        { By: { } by } => Words.Of(entry.Record is ScanRecord ? "scan.by-hand" : "scan.by", by, entry.Note ?? ""),
        _ => null,
    };

    /// <summary>A length of time, as people say it: hours and minutes.</summary>
    public static string Length(TimeSpan length) => length.TotalHours >= 1
        ? Words.Of("scan.hours", Math.Floor(length.TotalHours), length.Minutes)
        : Words.Of("scan.minutes", Math.Max(0, Math.Floor(length.TotalMinutes)).ToString("N0", CultureInfo.CurrentCulture));

    private static string Of(ScanRecord scan)
    {
        var type = Words.Of(scan.Scan.Type == ScanType.Entry ? "direction.entry" : "direction.exit");
        var said = scan.Outcome switch
        {
            ScanOutcome.Rejected => Words.Of("scan.was-refused", type, ReasonOf(scan)),
            ScanOutcome.Recorded => Words.Of("scan.was-recorded", type),
            _ => Words.Of("scan.was-accepted", type),
        };
        return scan.Warnings == ScanWarnings.None ? said : $"{said} ({WarningsOf(scan)})";
    }

    private static string ReasonOf(ScanRecord scan) => scan.Reason == RefusalReason.None ? Words.Of("scan.no-reason") : Words.Find("scan.refusal." + scan.Reason.Code()) ?? scan.Reason.Message();

    private static string WarningsOf(ScanRecord scan) => string.Join(", ", scan.Warnings.CodesOf().Select(code => Words.Find("scan.warning." + code) ?? code));
}
