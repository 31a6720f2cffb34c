using Headcount.Server.Documents;

namespace Headcount.Server.Gate;

/// <summary>Examples for the OpenAPI document.</summary>
internal static class GateExamples
{
    public const string Scan = """{"ticket_id":"T00001","gate":"A","scan_type":"entry","timestamp":"2025-09-30T18:02:15Z","device_id":"gate-a","scan_id":"gate-a-000001"}""";

    public const string Accepted = """{"status":"accepted","message":"Welcome!","ticket_id":"T00001","ticket_type":"GENERAL","scan_id":"gate-a-000001","seq":1,"current_occupancy":1,"capacity":100,"warnings":[]}""";

    public const string Rejected = """{"status":"rejected","reason":"already_inside","error":"Already inside","detail":"Already inside","message":"Already inside","ticket_id":"T00001","ticket_type":"GENERAL","scan_id":"gate-a-000002","seq":2,"current_occupancy":1,"capacity":100,"warnings":[]}""";

    public const string Batch = """{"scans":[{"ticket_id":"T00002","gate":"A","scan_type":"entry","timestamp":"2025-09-30T18:05:00Z","scan_id":"gate-a-000003"},{"ticket_id":"","gate":"A"}]}""";

    public const string BatchLines = """
        {"ticket_id":"T00003","gate":"A","scan_type":"entry","timestamp":"2025-09-30T18:06:00Z","scan_id":"gate-a-000004"}
        {"ticket_id":"T00003","gate":"A","scan_type":"exit","timestamp":"2025-09-30T19:06:00Z","scan_id":"gate-a-000005"}

        """;

    public const string BatchDone = """{"recorded":1,"repeated":0,"rejected":0,"invalid":1,"results":[{"index":1,"scan_id":null,"status":"invalid","seq":null,"warnings":[],"error":"The scan is malformed: scan_type is missing; ticket_id is missing; timestamp is missing."}]}""";

    public const string Annulled = """{"status":"annulled","seq":3,"annuls":1,"current_occupancy":0,"capacity":100}""";

    public const string Log = """[{"seq":1,"ticket_id":"T00001","ticket_type":"GENERAL","gate":"A","scan_type":"entry","timestamp":"2025-09-30T18:02:15+00:00","scan_time":"2025-09-30T18:02:15+00:00","received_at":"2025-09-30T18:02:15.200000+00:00","device_id":"gate-a","scan_id":"gate-a-000001","outcome":"accepted","reason":null,"warnings":[],"annuls":null},{"seq":2,"ticket_id":null,"ticket_type":null,"gate":null,"scan_type":null,"timestamp":"2025-09-30T18:02:41+00:00","scan_time":null,"received_at":"2025-09-30T18:02:41+00:00","device_id":null,"scan_id":null,"outcome":"annulled","reason":"The turnstile did not turn","warnings":[],"annuls":1,"by":"owner@localhost"}]""";

    public const string Ticket = """{"ticket_id":"T00001","ticket_type":"GENERAL","user_id":null,"status":"valid","valid_from":null,"valid_until":null,"gates":[],"single_entry":false,"inside":true}""";

    public const string Validity = """{"ticket_id":"T00001","is_valid":true,"reason":null,"message":"Ticket is valid","inside":false,"ticket_type":"GENERAL"}""";

    public static readonly QueryNote TicketId = new("ticket_id", "The ticket; for ids that do not fit into a path.", "T00001");

    public static EndpointNotes WithRefusal(EndpointNotes notes) => notes with
    {
        Answers = [.. notes.Answers, new AnswerNote(403, "Refused, and why; a problem document (code `forbidden`) where the caller may not do it at all", Rejected)],
    };

    public static EndpointNotes WithLines(EndpointNotes notes) => notes with { Requests = [.. notes.Requests, new BodyNote(BatchLines, "application/x-ndjson")] };
}
