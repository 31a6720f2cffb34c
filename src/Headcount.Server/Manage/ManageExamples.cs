using Headcount.Server.Documents;

namespace Headcount.Server.Manage;

/// <summary>Examples for the documents. The tests send them, in the order in which the endpoints are mapped, to a real server.</summary>
internal static class ManageExamples
{
    public const string NewEvent = """
        {"slug":"club","name":"Club night","zone":"Europe/London","capacity":100,"firm_capacity":110,"opens_at":"2025-09-30T18:00","closes_at":"2035-10-01T04:00",
        "reentry_policy":"warn","reentry_minutes":5,"alert_levels":[80,90,100],
        "ticket_types":[{"name":"VIP","override":true},{"name":"BALCONY","gates":["B"],"valid_from":"2025-09-30T19:00","valid_until":"2035-10-01T02:00","single_entry":true}],"gates":["A","B"]}
        """;

    public const string Event = """
        {"slug":"club","name":"Club night","zone":"Europe/London","capacity":100,"firm_capacity":110,"opens_at":"2025-09-30T18:00:00+01:00","closes_at":"2035-10-01T04:00:00+01:00",
        "reentry_policy":"warn","reentry_minutes":5,"alert_levels":[80,90,100],
        "ticket_types":[{"name":"BALCONY","override":false,"gates":["B"],"valid_from":"2025-09-30T19:00:00+01:00","valid_until":"2035-10-01T02:00:00+01:00","single_entry":true},
        {"name":"VIP","override":true,"gates":[],"valid_from":null,"valid_until":null,"single_entry":false}],
        "gates":["A","B"],"degraded_modes":[{"gate":"A","mode":"leased"},{"gate":"B","mode":"leased"}],"requires_codes":false,"retention_days":null,"archived":false,"archived_at":null,"created_at":"2025-09-01T10:00:00+01:00","version":0}
        """;

    public static readonly string Events = $$"""{"events":[{{Event}}]}""";

    public static readonly string ChangedEvent = Event.Replace("\"capacity\":100", "\"capacity\":120", StringComparison.Ordinal);

    public static readonly string ArchivedEvent = ChangedEvent.Replace("\"archived\":false,\"archived_at\":null", "\"archived\":true,\"archived_at\":\"2025-10-02T12:00:00+01:00\"", StringComparison.Ordinal);

    public const string CopiedEvent = """
        {"slug":"club-2","name":"Club night II","zone":"Europe/London","capacity":120,"firm_capacity":110,"opens_at":null,"closes_at":null,
        "reentry_policy":"warn","reentry_minutes":5,"alert_levels":[80,90,100],
        "ticket_types":[{"name":"BALCONY","override":false,"gates":["B"],"valid_from":null,"valid_until":null,"single_entry":true},
        {"name":"VIP","override":true,"gates":[],"valid_from":null,"valid_until":null,"single_entry":false}],
        "gates":["A","B"],"degraded_modes":[{"gate":"A","mode":"leased"},{"gate":"B","mode":"leased"}],"requires_codes":false,"retention_days":null,"archived":false,"archived_at":null,"created_at":"2025-09-01T10:00:00+01:00","version":0}
        """;

    public const string Closed = """{"status":"closed","event":"club","seq":20431,"at":"2025-10-01T04:00:00+01:00","current_occupancy":0,"capacity":120}""";

    public const string Register = """
        [{"ticket_id":"T00001","ticket_type":"VIP","user_id":"U1"},{"ticket_id":"T00002","ticket_type":"BALCONY","status":"unpaid","gates":["B"],"single_entry":true,"valid_from":"2025-09-30T20:00"},{"ticket_type":"VIP"}]
        """;

    public const string RegisterLines = """
        {"ticket_id":"T00003","ticket_type":"VIP"}
        {"ticket_id":"T00004","status":"revoked"}
        """;

    public const string RegisterRows = """
        ticket_id,ticket_type,status,gates
        T00005,VIP,valid,A;B
        """;

    public const string Imported = """
        {"imported":2,"invalid":1,"ticket_types_created":[],"results":[{"index":2,"line":1,"status":"invalid","error":"ticket_id is missing"}]}
        """;

    public const string ExportedRegister = """
        [{"ticket_id":"T00001","ticket_type":"VIP","user_id":"U1","status":"valid","single_entry":false},{"ticket_id":"T00002","ticket_type":"BALCONY","status":"unpaid","valid_from":"2025-09-30T20:00:00+01:00","gates":["B"],"single_entry":true}]
        """;

    public const string RevokedTicket = """{"ticket_id":"T00001","ticket_type":"VIP","user_id":"U1","status":"revoked","valid_from":null,"valid_until":null,"gates":[],"single_entry":false}""";

    public static readonly string ValidTicket = RevokedTicket.Replace("revoked", "valid", StringComparison.Ordinal);

    public const string NewDevice = """{"device_id":"gate-a-1","gate":"A","direction":"entry","clock":"Europe/London","scopes":["counts"]}""";

    public const string DeviceWithToken = """
        {"device_id":"gate-a-1","gate":"A","direction":"entry","clock":"Europe/London","scopes":["scan","counts"],"validate_only":false,"degraded_mode":null,"created_at":"2025-09-01T10:00:00+01:00","token":"hcd_…"}
        """;

    public const string Devices = """
        {"devices":[{"device_id":"gate-a-1","gate":"A","direction":"entry","clock":"Europe/London","scopes":["scan","counts"],"validate_only":false,"degraded_mode":"open","created_at":"2025-09-01T10:00:00+01:00",
        "heartbeat":{"at":"2025-09-30T18:02:15+01:00","offline":false,"queue_length":0,"oldest_waiting_at":"2025-09-30T18:02:10+01:00","clock_offset_ms":50,"battery":81,"app_version":"1.4.0","mode":"entry","gate":"A"}}]}
        """;

    public const string TokenWithText = """
        {"token_id":7,"name":"Wall display","account":"owner@localhost","role":"owner","created_at":"2025-09-01T10:00:00+00:00","expires_at":"2035-10-02T06:00:00+00:00","token":"hca_…"}
        """;

    public const string Tokens = """
        {"tokens":[{"token_id":7,"name":"Wall display","account":"owner@localhost","role":"owner","created_at":"2025-09-01T10:00:00+00:00","expires_at":"2035-10-02T06:00:00+00:00"}]}
        """;

    public const string NewAccount = """{"email":"door@example.org","name":"Door team","role":"steward","password":"a long pass phrase"}""";

    public const string Account = """{"email":"door@example.org","name":"Door team","role":"steward"}""";

    public static readonly string ChangedAccount = Account.Replace("steward", "supervisor", StringComparison.Ordinal);

    public const string Accounts = """{"accounts":[{"email":"door@example.org","name":"Door team","role":"steward"},{"email":"owner@localhost","name":null,"role":"owner"}]}""";

    private static readonly Dictionary<string, string> EventMeanings = new()
    {
        ["slug"] = "Its name in addresses: lower-case letters, digits and hyphens, at most 64. It cannot be changed.",
        ["zone"] = "IANA name, UTC or a fixed offset. Every local time of the event is on its clock.",
        ["capacity"] = "How many may be inside.",
        ["firm_capacity"] = "The limit that no override passes; null = none.",
        ["opens_at"] = "From when the doors are open (inclusive); null = always.",
        ["closes_at"] = "Until when (exclusive); null = always.",
        ["reentry_policy"] = "`warn` lets a rapid re-entry in with a warning, `reject` refuses it.",
        ["reentry_minutes"] = "An entry sooner than this after an exit is rapid.",
        ["alert_levels"] = "Percentages of the capacity at which an alert is raised.",
        ["ticket_types"] = "What each type of ticket allows; a type that is not named allows everything and overrides nothing.",
        ["override"] = "Whether the type passes a full house.",
        ["gates"] = "The event's gates; of a type, the only ones it opens (empty = every gate). Letters, digits, `-`, `_`, `.` and blanks.",
        ["valid_from"] = "From when the type opens a gate (inclusive).",
        ["valid_until"] = "Until when (exclusive).",
        ["single_entry"] = "Whether it admits once only.",
        ["retention_days"] = "How many days after the event the names of those who were there are erased: counted from closes_at, else from when it was archived, and never from before its last record; null = as the server says.",
        ["version"] = "Goes up with every change. Where a change names it and the event has another by now, nothing is changed and 409 says so.",
        ["degraded_modes"] = "What each gate does while it is cut off from the server: `leased` (as many as its lease holds), `open` (every good ticket), `closed` (nobody). Gates that are not named stay as they are.",
        ["mode"] = "leased, open or closed.",
        ["requires_codes"] = "Whether entries take a signed code, and plain ids are refused.",
        ["archived"] = "Whether it is over for good.",
    };

    public static readonly Dictionary<string, string> TicketMeanings = new()
    {
        ["ticket_id"] = "1–128 characters, compared as given.",
        ["ticket_type"] = "Its type; at most 64 characters.",
        ["user_id"] = "Whose it is; at most 128 characters.",
        ["status"] = "`valid`, `revoked` or `unpaid`.",
        ["valid_from"] = "From when it opens a gate (inclusive); without an offset, on the clock of the event's zone.",
        ["valid_until"] = "Until when (exclusive).",
        ["gates"] = "The only gates it opens; empty or null = every gate.",
        ["single_entry"] = "Whether it admits once only.",
        ["index"] = "The row's place in what was sent, from 0.",
        ["line"] = "The line it begins on, from 1.",
    };

    public static readonly Dictionary<string, string> DeviceMeanings = new()
    {
        ["device_id"] = "Unique on the server: letters, digits, `-`, `_`, `.` and blanks, at most 64.",
        ["gate"] = "The gate it is bound to; absent = any.",
        ["direction"] = "What a scan that names no direction means: `entry` or `exit`; absent = a scan must name one.",
        ["clock"] = "The zone of its timestamps that carry no offset.",
        ["scopes"] = "`scan` always; besides `counts`, `register` (for offline use) and `supervise` (overrides, look-up, annulments).",
        ["validate_only"] = "Whether it only looks at tickets, and lets nobody in.",
        ["degraded_mode"] = "What it does while it is cut off: leased, open, closed; absent = what is declared for its gate.",
        ["heartbeat"] = "What it last said of itself; absent = nothing since the server started.",
        ["offline"] = "Whether it is cut off, or has scans to hand in.",
        ["queue_length"] = "Scans that it has decided and not handed in.",
        ["oldest_waiting_at"] = "When the oldest of these was made.",
        ["clock_offset_ms"] = "How far its clock is ahead of the server's.",
        ["battery"] = "In per cent.",
        ["token"] = "What it sends as `Authorization: Bearer …`.",
    };

    public static EndpointNotes EventFields(EndpointNotes notes) => notes with { Fields = EventMeanings };
}
