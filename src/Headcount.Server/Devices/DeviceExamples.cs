using Headcount.Server.Documents;

namespace Headcount.Server.Devices;

/// <summary>Examples for the documents.</summary>
internal static class DeviceExamples
{
    public const string Pairing = """{"device_id":"gate-a-1","code":"hcp_…","link":"https://gates.example.org/scanner#pair=hcp_…","expires_at":"2025-09-30T17:15:00+00:00"}""";

    public const string Code = """{"code":"hcp_…"}""";

    private const string Device = """{"device_id":"gate-a-1","gate":"A","direction":"entry","clock":"UTC","scopes":["scan","register"],"validate_only":false,"degraded_mode":"leased"}""";

    public const string Paired = $$"""{"protocol":1,"event":"club","token":"hcd_…","expires_at":null,"device":{{Device}}}""";

    public const string Heartbeat = """{"queue_length":0,"oldest_waiting_at":null,"clock":"2025-09-30T18:02:15.250Z","battery":81,"app_version":"1.4.0","mode":"entry","gate":"A","lease":1759255331000000}""";

    public const string HeartbeatAnswer = $$$"""
        {"protocol":1,"server_time":"2025-09-30T18:02:15.200000+00:00","clock_offset_ms":50,"device":{{{Device}}},"heartbeat_seconds":3,"offline_after_seconds":3,
        "lease":{"number":1759255331000000,"places":40,"expires_in":1800},"register":{"version":"9f3a61c07be2.17","seq":181},"event":"club","occupancy":73,"capacity":100,"archived":false}
        """;

    public const string Register = """
        {"protocol":1,"kind":"snapshot","part":"all","event":"club","event_id":1,"name":"Club night","zone":"Europe/London","version":"9f3a61c07be2.17","seq":181,"taken_at":1759255335200000,"max_age_seconds":86400,"rules":{"capacity":100,"firm_capacity":null,"reentry_policy":"warn","reentry_minutes":5,"opens_at":null,"closes_at":null},"gates":[{"gate":"A","degraded_mode":"leased"}],"ticket_types":[],"requires_codes":false,"keys":[]}
        ["t","T00001","VIP"]
        ["p","T00001",1759255329000000,"A",1]
        {"end":true,"tickets":1,"presence":1}
        """;

    public const string Periods = """
        {"device_id":"gate-a-1","periods":[{"period":3,"began_at":"2025-09-30T18:10:00+01:00","ended_at":"2025-09-30T18:20:30+01:00","first_seq":181,"last_seq":240,"late":12,"entries":10,"exits":2,"refused":1,
        "oldest":"2025-09-30T18:10:08+01:00","newest":"2025-09-30T18:19:58+01:00","change":{"at":"2025-09-30T18:19:58+01:00","before":80,"after":88},
        "contradictions":[{"kind":"duplicate_entry","ticket_id":"T00017","seq":190,"gate":"B","device_id":"gate-b-1","at":"2025-09-30T18:12:00+01:00","earlier_seq":201,"earlier_gate":"A","earlier_device_id":"gate-a-1","earlier_at":"2025-09-30T18:11:00+01:00"}]}]}
        """;

    public const string Key = """{"key_id":2684358217,"public_key":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","status":"current","created_at":"2025-09-01T10:00:00+01:00","retired_at":null,"revoked_at":null}""";

    public const string Keys = $$"""{"keys":[{{Key}}]}""";

    public const string Codes = """{"codes":[{"ticket_id":"T00001","ticket_type":"VIP","code":"HCT1.…"}]}""";

    private static readonly Dictionary<string, string> Meanings = new()
    {
        ["protocol"] = "The version of the device protocol.",
        ["code"] = "The pairing code; of a ticket, its signed code.",
        ["link"] = "The scanner's page with the code, for a QR code.",
        ["queue_length"] = "How many scans the device has decided and not handed in.",
        ["oldest_waiting_at"] = "When the oldest of these was made.",
        ["clock"] = "In a heartbeat, the time on the device; of a device, the zone of its clock.",
        ["battery"] = "In per cent.",
        ["mode"] = "What the device does: entry, exit, validate.",
        ["lease"] = "The lease that the device holds; in the answer, the one it is to go by from now on. Null or 0 = none.",
        ["places"] = "How many it may let in by itself.",
        ["expires_in"] = "Seconds from when the heartbeat was sent.",
        ["clock_offset_ms"] = "How far the device's clock is ahead of the server's.",
        ["degraded_mode"] = "What it does while it is cut off: leased, open, closed.",
        ["validate_only"] = "Whether it only looks at tickets.",
        ["late"] = "Facts that came in late.",
        ["change"] = "Where what came in late changed the occupancy of the past the most; null = nowhere.",
        ["contradictions"] = "Admissions that cannot both be right.",
        ["status"] = "`current` signs; what `retired` signed stays good; what `revoked` signed is refused.",
    };

    public static EndpointNotes Fields(EndpointNotes notes) => notes with { Fields = Meanings };
}
