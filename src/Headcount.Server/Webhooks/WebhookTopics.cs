using Headcount.Core;

namespace Headcount.Server.Webhooks;

/// <summary>What a webhook can be told of: a closed list.</summary>
internal static class WebhookTopics
{
    public const string ScanAccepted = "scan.accepted";
    public const string ScanRejected = "scan.rejected";
    public const string ScanRecorded = "scan.recorded";
    public const string Alert = "alert";
    public const string TicketChanged = "ticket.changed";
    public const string DayClosed = "day.closed";

    /// <summary>Of a delivery that somebody asks for to try the address; nobody subscribes to it.</summary>
    public const string Test = "test";

    public static readonly IReadOnlyList<string> All = [ScanAccepted, ScanRejected, ScanRecorded, Alert, TicketChanged, DayClosed];

    /// <summary>Whether a topic follows the log.</summary>
    public static bool IsOfLog(string topic) => topic is ScanAccepted or ScanRejected or ScanRecorded or DayClosed;

    /// <summary>The topic of a record; null = none: annulments are in the log, which says whose word changed what.</summary>
    public static string? Of(LogRecord record) => record switch
    {
        ScanRecord { Outcome: ScanOutcome.Accepted } => ScanAccepted,
        ScanRecord { Outcome: ScanOutcome.Rejected } => ScanRejected,
        ScanRecord { Outcome: ScanOutcome.Recorded } => ScanRecorded,
        DayClosing => DayClosed,
        _ => null,
    };
}
