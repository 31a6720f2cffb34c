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
