using Headcount.Server.Documents;

namespace Headcount.Server.Past;

/// <summary>Examples for the documents.</summary>
internal static class PastExamples
{
    private const string People = """[{"ticket_id":"T00001","name":null,"ticket_type":"GENERAL","gate":"A","entered_at":"2025-09-30T20:12:00+01:00","status":"missing","came_later":false,"marked_by":null,"marked_at":null,"left_gate":null,"left_at":null}]""";

    public const string Started = "{\"roll_call_id\":1,\"started_at\":\"2025-09-30T21:30:00+01:00\",\"started_by\":\"ada@example.org\",\"ended_at\":null,\"ended_by\":null,\"version\":3,\"counts\":{\"listed\":73,\"safe\":0,\"left\":2,\"missing\":71},\"people\":" + People + "}";

    public const string RollCall = "{\"roll_call\":" + Started + "}";

    public const string Marked = """{"counts":{"listed":73,"safe":1,"left":2,"missing":70},"people":[{"ticket_id":"T00001","name":null,"ticket_type":"GENERAL","gate":"A","entered_at":"2025-09-30T20:12:00+01:00","status":"safe","came_later":false,"marked_by":"ada@example.org","marked_at":"2025-09-30T21:31:05+01:00","left_gate":null,"left_at":null}]}""";

    public const string Follow = "data: " + Started + "\n\n";

    public const string Audit = """{"changes":[{"at":"2025-09-30T17:02:11+01:00","by":"ada@example.org","via":"office","action":"changed","subject":"event","which":"club","fields":[{"field":"capacity","from":"100","to":"120"}]}],"cursor":"1759248131000000.0.17"}""";

    public static readonly IReadOnlyDictionary<string, string> AuditMeanings = new Dictionary<string, string>
    {
        ["by"] = "The account's e-mail, or the device's id.",
        ["via"] = "`office`, `api` or `device`; `log` = done at a gate.",
        ["from"] = "What stood there; null = nothing; … = it is not told.",
        ["cursor"] = "Where the next page begins; null = this is the last.",
    };

    public const string Report = """
        {"event":"club","seq":181,"from":"2025-09-30T00:00:00+01:00","to":null,"step":"PT15M","capacity":100,"entries":120,"exits":47,"ended_by_closing":0,"visitors":98,"returners":19,"registered":150,"no_shows":52,
        "peak":{"occupancy":88,"at":"2025-09-30T20:52:10+01:00"},"peak_theoretical":{"occupancy":91,"at":"2025-09-30T20:52:00+01:00"},"busiest_gate":"A","busiest_minute":{"until":"2025-09-30T20:10:00+01:00","passages":14},
        "gates":[{"gate":"A","entries":70,"exits":21,"refused":4,"busiest_minute":{"until":"2025-09-30T20:10:00+01:00","passages":9}}],
        "ticket_types":[{"ticket_type":"GENERAL","registered":130,"visitors":85,"no_shows":45,"entries":104,"exits":40,"refused":4,"mean_dwell_seconds":5400.5}],
        "dwell":{"stays":47,"mean_seconds":5312.25,"median_seconds":5100,"ninety_percent_seconds":9000,"buckets":[{"under_seconds":900,"count":3},{"under_seconds":null,"count":0}]},
        "refusals":[{"reason":"at_capacity","count":3}],"points":[{"at":"2025-09-30T20:45:00+01:00","occupancy":81,"entries":100,"exits":19,"theoretical":82}]}
        """;

    public static readonly IReadOnlyDictionary<string, string> ReportMeanings = new Dictionary<string, string>
    {
        ["visitors"] = "Distinct tickets that came in.",
        ["returners"] = "Of these, the ones that came in more than once.",
        ["registered"] = "Valid tickets of the register.",
        ["no_shows"] = "Of these, the ones that did not come in.",
        ["ended_by_closing"] = "Stays that the closing of a day ended.",
        ["passages"] = "Stays opened and closed in it.",
        ["theoretical"] = "How many would have been inside had there been no limit.",
        ["under_seconds"] = "Stays shorter than this, and not shorter than the bucket before says; null = longer.",
    };

    private static readonly Dictionary<string, string> Meanings = new()
    {
        ["listed"] = "Everybody on the list: whom it began with, and who came in since.",
        ["safe"] = "Marked as safe.",
        ["left"] = "Left by a gate since, without a mark.",
        ["missing"] = "Neither.",
        ["came_later"] = "Whether they came in after the roll-call had begun.",
        ["name"] = "Whose the ticket is; null = the register does not say.",
        ["version"] = "Goes up with every change.",
    };

    public static EndpointNotes RollCallFields(EndpointNotes notes) => notes with { Fields = Meanings };
}
