using System.Text.Json;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Problems;

namespace Headcount.Server.Gate;

/// <summary>What a gate is told. It is made from the record alone, so that a repeat gets the first answer again, word for word.</summary>
internal static class ScanAnswers
{
    private static readonly JsonEncodedText StatusKey = JsonEncodedText.Encode("status");
    private static readonly JsonEncodedText ReasonKey = JsonEncodedText.Encode("reason");
    private static readonly JsonEncodedText ErrorKey = JsonEncodedText.Encode("error");
    private static readonly JsonEncodedText DetailKey = JsonEncodedText.Encode("detail");
    private static readonly JsonEncodedText MessageKey = JsonEncodedText.Encode("message");
    private static readonly JsonEncodedText TicketKey = JsonEncodedText.Encode("ticket_id");
    private static readonly JsonEncodedText TypeKey = JsonEncodedText.Encode("ticket_type");
    private static readonly JsonEncodedText ScanIdKey = JsonEncodedText.Encode("scan_id");
    private static readonly JsonEncodedText SeqKey = JsonEncodedText.Encode("seq");
    private static readonly JsonEncodedText OccupancyKey = JsonEncodedText.Encode("current_occupancy");
    private static readonly JsonEncodedText CapacityKey = JsonEncodedText.Encode("capacity");
    private static readonly JsonEncodedText WarningsKey = JsonEncodedText.Encode("warnings");
    private static readonly JsonEncodedText Accepted = JsonEncodedText.Encode("accepted");
    private static readonly JsonEncodedText Rejected = JsonEncodedText.Encode("rejected");
    private static readonly JsonEncodedText Recorded = JsonEncodedText.Encode("recorded");

    /// <summary>Answers a scan.</summary>
    public static Task SendAsync(HttpContext context, EventMailbox mailbox, ScanAnswer answer) => answer.Kind switch
    {
        AnswerKind.Logged or AnswerKind.Repeated => SendAsync(context.Response, answer.Entry!),
        AnswerKind.Conflict => Conflict(answer.Entry!) is var conflict ? ProblemAnswers.WriteAsync(context, conflict.Status, conflict.Code, conflict.Error, conflict.Errors) : throw conflict.ToException(),
        _ => Untaken(mailbox, answer.Kind) is var problem ? ProblemAnswers.WriteAsync(context, problem.Status, problem.Code, problem.Message, problem.Errors, problem.RetryAfterSeconds) : throw problem,
    };

    /// <summary>A scan_id was used before for another scan, whose record this is.</summary>
    public static ScanProblem Conflict(LogEntry first) => new(409, ProblemCodes.Conflict,
        $"This scan_id came before from the same device with another ticket, gate, type or time (record {first.Seq}). The first stands; send this scan under another scan_id.",
        new FieldErrors { ["scan_id"] = "scan_id was used before for another scan" });

    /// <summary>Why something was not taken.</summary>
    public static ProblemException Untaken(EventMailbox mailbox, AnswerKind kind) => kind switch
    {
        AnswerKind.Busy => new(503, ProblemCodes.Busy, "Too many scans are waiting; this one was not taken. Sending it again is safe.", retryAfterSeconds: 1),
        AnswerKind.Closed when mailbox.Settings.IsArchived => new(409, ProblemCodes.Archived, "The event is archived and takes no more scans."),
        AnswerKind.Closed => new(503, ProblemCodes.Unavailable, "The server is stopping; this was not taken. Sending it again is safe.", retryAfterSeconds: 2),
        _ => new(503, ProblemCodes.Unavailable, "It could not be written to disk and was not counted. Sending it again is safe.", retryAfterSeconds: 1),
    };

    /// <summary>Why nothing at all is taken for an event; null where something may be.</summary>
    public static ProblemException? Closed(EventMailbox mailbox) => mailbox.Settings.IsArchived ? Untaken(mailbox, AnswerKind.Closed) : null;

    /// <summary>The answer to a scan whose record this is, for doors without a status of their own.</summary>
    public static byte[] Bytes(LogEntry entry)
    {
        var record = (ScanRecord)entry.Record;
        var answer = JsonAnswer.Begin();
        Write(answer.Writer, entry, record, record.Outcome == ScanOutcome.Rejected);
        return answer.ToArray();
    }

    private static Task SendAsync(HttpResponse response, LogEntry entry)
    {
        var record = (ScanRecord)entry.Record;
        var isRefused = record.Outcome == ScanOutcome.Rejected;
        var answer = JsonAnswer.Begin();
        Write(answer.Writer, entry, record, isRefused);
        return answer.SendAsync(response, isRefused ? 403 : 200);
    }

    private static void Write(Utf8JsonWriter json, LogEntry entry, ScanRecord record, bool isRefused)
    {
        var message = MessageOf(record);
        json.WriteStartObject();
        json.WriteString(StatusKey, isRefused ? Rejected : record.Outcome == ScanOutcome.Accepted ? Accepted : Recorded);
        if (isRefused)
        {
            // A device may refuse without saying why.
            if (record.Reason == RefusalReason.None)
                json.WriteNull(ReasonKey);
            else
                json.WriteString(ReasonKey, record.Reason.Code());
            json.WriteString(ErrorKey, message);
            json.WriteString(DetailKey, message);
        }

        json.WriteString(MessageKey, message);
        json.WriteString(TicketKey, record.Scan.TicketId.Value);
        json.WriteString(TypeKey, record.TicketType);
        json.WriteString(ScanIdKey, record.Scan.ScanId?.Value);
        json.WriteNumber(SeqKey, entry.Seq);
        json.WriteNumber(OccupancyKey, entry.Occupancy);
        json.WriteNumber(CapacityKey, entry.Capacity);
        json.WriteStartArray(WarningsKey);
        if (record.Warnings != ScanWarnings.None) WriteWarnings(json, record.Warnings);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes the codes of warnings into a list.</summary>
    public static void WriteWarnings(Utf8JsonWriter json, ScanWarnings warnings)
    {
        foreach (var code in warnings.CodesOf()) json.WriteStringValue(code);
    }

    private static string MessageOf(ScanRecord record) => record.Outcome switch
    {
        ScanOutcome.Rejected => record.Reason == RefusalReason.None ? "Refused at the gate" : record.Reason.Message(),
        ScanOutcome.Recorded => "Recorded",
        _ => record.Scan.Type == ScanType.Exit ? "Goodbye!" : RefusalReason.None.Message(),
    };
}
