using Headcount.Server.Documents;

namespace Headcount.Server.Webhooks;

/// <summary>Examples for the documents.</summary>
internal static class WebhookExamples
{
    public const string Webhook = """
        {"webhook_id":3,"url":"https://example.org/headcount","topics":["scan.accepted","alert"],"enabled":true,"created_at":"2025-09-01T10:00:00+01:00","disabled_at":null,
        "waiting":0,"behind":0,"failures":0,"failing_since":null,"last_error":null,"next_attempt_at":null}
        """;

    public static readonly string WithSecret = Webhook.TrimEnd()[..^1] + ",\"secret\":\"whsec_…\"}";

    public static readonly string Changed = WithSecret.Replace("\"alert\"]", "\"alert\",\"day.closed\"]", StringComparison.Ordinal);

    public static readonly string List = $$"""{"webhooks":[{{Webhook.TrimEnd()}}]}""";

    public const string Test = """{"delivery_id":17,"delivered":false,"status":500,"last_error":"answered 500 Internal Server Error","milliseconds":12}""";

    public const string DeliveryRow = """
        {"delivery_id":16,"state":"delivered","topics":["scan.accepted"],"created_at":"2025-09-30T21:14:05+01:00","attempts":2,"next_attempt_at":null,"delivered_at":"2025-09-30T21:14:07+01:00","failed_at":null,"last_status":200,"last_error":null}
        """;

    public static readonly string Deliveries = $$"""{"deliveries":[{{DeliveryRow.TrimEnd()}}],"cursor":null}""";

    public static readonly string Delivery = DeliveryRow.TrimEnd()[..^1] + """
        ,"body":{"event":"club","seq":4510,"items":[{"topic":"scan.accepted","seq":4510,"ticket_id":"T00001","ticket_type":"VIP","gate":"A","scan_type":"entry","timestamp":"2025-09-30T21:14:05+01:00",
        "scan_time":"2025-09-30T21:14:05+01:00","received_at":"2025-09-30T21:14:05.013+01:00","device_id":"gate-a-1","scan_id":"1","outcome":"accepted","reason":null,"warnings":[],"occupancy":450,"capacity":500}]}}
        """;

    private static readonly Dictionary<string, string> Meanings = new()
    {
        ["topics"] = $"What it is told of: {string.Join(", ", WebhookTopics.All)}.",
        ["waiting"] = "Deliveries that wait.",
        ["behind"] = "Records of the log that were not looked at for it yet.",
        ["failures"] = "Attempts in a row that failed.",
        ["failing_since"] = "When the first of these was.",
        ["last_error"] = "What went wrong last.",
        ["next_attempt_at"] = "When the next attempt is made.",
        ["failed_at"] = "When it was given up.",
        ["secret"] = "Signs what is sent. Shown only when it was just made.",
    };

    public static EndpointNotes Fields(EndpointNotes notes) => notes with { Fields = Meanings };
}
