using Headcount.Core;
using Headcount.Engine;

namespace Headcount.Server.Live;

/// <summary>Something about one scan that a control room wants to see.</summary>
/// <param name="Type"><see cref="LiveTypes.Anomaly"/>, <see cref="LiveTypes.Refusal"/> or <see cref="LiveTypes.Override"/>.</param>
/// <param name="Kind">The anomaly's kind or the refusal's reason, by its code.</param>
/// <param name="Entry">The record.</param>
internal sealed record Notice(string Type, string Kind, LogEntry Entry)
{
    private static readonly (ScanWarnings Warning, AnomalyKind Kind)[] Anomalies =
    [
        (ScanWarnings.UnknownTicket, AnomalyKind.UnknownTicket),
        (ScanWarnings.AlreadyInside, AnomalyKind.DuplicateEntry),
        (ScanWarnings.ExitWithoutEntry, AnomalyKind.ExitWithoutEntry),
        (ScanWarnings.RapidReentry, AnomalyKind.RapidReentry),
    ];

    private const ScanWarnings Noticed =
        ScanWarnings.UnknownTicket | ScanWarnings.AlreadyInside | ScanWarnings.ExitWithoutEntry | ScanWarnings.RapidReentry | ScanWarnings.CapacityOverride;

    /// <summary>Adds what there is to notice about a record.</summary>
    public static void AddTo(List<Notice> notices, LogEntry entry)
    {
        if (entry.Record is not ScanRecord scan) return;
        if (scan.Outcome == ScanOutcome.Rejected)
        {
            notices.Add(new Notice(LiveTypes.Refusal, scan.Reason.Code(), entry));
            return;
        }

        // An exit is let through and warned of nothing but that nobody was inside.
        var warnings = scan.Warnings | (entry.IsTicketUnknown ? ScanWarnings.UnknownTicket : 0);
        if ((warnings & Noticed) == 0) return;
        foreach (var (warning, kind) in Anomalies)
        {
            if ((warnings & warning) != 0) notices.Add(new Notice(LiveTypes.Anomaly, kind.Code(), entry));
        }

        if ((warnings & ScanWarnings.CapacityOverride) != 0) notices.Add(new Notice(LiveTypes.Override, ScanWarnings.CapacityOverride.CodesOf().First(), entry));
    }
}
