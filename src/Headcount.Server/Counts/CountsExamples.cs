using Headcount.Server.Documents;

namespace Headcount.Server.Counts;

/// <summary>Examples for the documents.</summary>
internal static class CountsExamples
{
    public const string Current = """{"event":"club","occupancy":73,"capacity":100,"percent":73,"theoretical":75,"entries":120,"exits":47,"first_entries":98,"on_lease":12,"held":0,"cut_off":0,"seq":181,"at":"2025-09-30T21:30:00+01:00"}""";

    public const string ByGate = """{"A":{"occupancy":40,"entries":70,"exits":21,"scans":95,"per_minute":12},"B":{"occupancy":33,"entries":50,"exits":26,"scans":78,"per_minute":9}}""";

    public const string ByTicketType = """{"GENERAL":{"occupancy":61},"VIP":{"occupancy":12}}""";

    public const string At = """
        {"event":"club","at":"2025-09-30T21:30:00+01:00","as_of":null,"seq":181,"occupancy":73,"entries":120,"exits":47,"first_entries":98,"by_gate":{"A":40,"B":33},"by_ticket_type":{"GENERAL":61,"VIP":12},
        "by_gate_and_ticket_type":{"A":{"GENERAL":35,"VIP":5},"B":{"GENERAL":26,"VIP":7}},"flow":{"A":{"entries":70,"exits":21,"scans":95},"B":{"entries":50,"exits":26,"scans":78}}}
        """;

    public const string Timeline = """
        {"event":"club","seq":181,"step":"PT15M","peak":{"occupancy":88,"at":"2025-09-30T20:52:10+01:00"},
        "points":[{"at":"2025-09-30T20:45:00+01:00","occupancy":81,"entries":100,"exits":19},{"at":"2025-09-30T21:00:00+01:00","occupancy":85,"entries":12,"exits":8}]}
        """;

    public const string Anomalies = """
        {"event":"club","seq":181,"anomalies":[{"seq":44,"kind":"duplicate_entry","ticket_id":"T00017","gate":"B","timestamp":"2025-09-30T19:12:00+01:00","earlier":{"seq":31,"gate":"A","timestamp":"2025-09-30T19:02:30+01:00"},"seconds":570},
        {"seq":60,"kind":"exit_without_entry","ticket_id":"T00021","gate":"B","timestamp":"2025-09-30T19:20:00+01:00","earlier":null,"seconds":null}],"cursor":null}
        """;

    public const string Gates = """
        {"event":"club","seq":181,"at":"2025-09-30T21:30:00+01:00","gates":[{"gate":"A","configured":true,"occupancy":40,"entries":70,"exits":21,"scans":95,"per_minute":12,"entries_per_minute":9,"exits_per_minute":2,"last_seen":"2025-09-30T21:29:57+01:00","degraded_mode":"leased","on_lease":6,"held":0,"cut_off":0}]}
        """;

    private static readonly Dictionary<string, string> Meanings = new()
    {
        ["occupancy"] = "Tickets present.",
        ["percent"] = "Occupancy in per cent of the capacity, to two places.",
        ["theoretical"] = "How many would be inside had there been no limit.",
        ["entries"] = "Stays opened.",
        ["exits"] = "Stays closed by an exit.",
        ["first_entries"] = "Distinct tickets that ever entered.",
        ["on_lease"] = "Places that gates may fill by themselves if they are cut off.",
        ["held"] = "Of these, places that count as taken for everyone else, because their gates are cut off.",
        ["cut_off"] = "How many devices are cut off.",
        ["degraded_mode"] = "What the gate does while it is cut off: leased, open, closed.",
        ["scans"] = "All counted scans.",
        ["seq"] = "The number of the last record it reflects; of an anomaly, the scan's.",
        ["per_minute"] = "Scans there in the last 60 seconds, refused ones too.",
        ["entries_per_minute"] = "Entries let through there in the last 60 seconds.",
        ["exits_per_minute"] = "Exits there in the last 60 seconds.",
        ["last_seen"] = "When the last scan from there came; null = never.",
        ["configured"] = "Whether it is one of the event's gates.",
        ["earlier"] = "The scan it clashes with; null where the kind names none.",
        ["seconds"] = "The time between the two.",
        ["cursor"] = "Where the next page begins; null = this is the last.",
        ["peak"] = "The greatest occupancy in the range, and the first time it was reached.",
    };

    public static EndpointNotes Fields(EndpointNotes notes) => notes with { Fields = Meanings };
}
