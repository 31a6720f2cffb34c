using System.Text.Json;
using Headcount.Core;
using Headcount.Engine;

namespace Headcount.Server.Gate;

/// <summary>One record of the log as it is told: every reading command of the command line takes it back.</summary>
internal static class LogLine
{
    private static readonly JsonEncodedText Seq = JsonEncodedText.Encode("seq");
    private static readonly JsonEncodedText TicketId = JsonEncodedText.Encode("ticket_id");
    private static readonly JsonEncodedText TicketType = JsonEncodedText.Encode("ticket_type");
    private static readonly JsonEncodedText Gate = JsonEncodedText.Encode("gate");
    private static readonly JsonEncodedText ScanType = JsonEncodedText.Encode("scan_type");
    private static readonly JsonEncodedText Timestamp = JsonEncodedText.Encode("timestamp");
    private static readonly JsonEncodedText ScanTime = JsonEncodedText.Encode("scan_time");
    private static readonly JsonEncodedText ReceivedAt = JsonEncodedText.Encode("received_at");
    private static readonly JsonEncodedText DeviceId = JsonEncodedText.Encode("device_id");
    private static readonly JsonEncodedText ScanId = JsonEncodedText.Encode("scan_id");
    private static readonly JsonEncodedText Outcome = JsonEncodedText.Encode("outcome");
    private static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
    private static readonly JsonEncodedText Warnings = JsonEncodedText.Encode("warnings");
    private static readonly JsonEncodedText Annuls = JsonEncodedText.Encode("annuls");

    public static void Write(Utf8JsonWriter json, LogEntry entry, Zone zone)
    {
        var record = entry.Record;
        var scan = record as ScanRecord;
        json.WriteStartObject();
        json.WriteNumber(Seq, entry.Seq);
        json.WriteString(TicketId, scan?.Scan.TicketId.Value);
        json.WriteString(TicketType, scan?.TicketType);
        json.WriteString(Gate, scan?.Scan.Gate.Value);
        json.WriteString(ScanType, scan?.Scan.Type.Code());
        json.WriteString(Timestamp, zone.Format(LogFilter.TimeOf(record)));
        json.WriteString(ScanTime, scan is null ? null : zone.Format(scan.Scan.Timestamp));
        json.WriteString(ReceivedAt, zone.Format(record.ReceivedAt!.Value));
        json.WriteString(DeviceId, scan?.Scan.DeviceId?.Value);
        json.WriteString(ScanId, scan?.Scan.ScanId?.Value);
        json.WriteString(Outcome, LogFilter.OutcomeOf(record));
        json.WriteString(Reason, scan is { Reason: not RefusalReason.None } ? scan.Reason.Code() : entry.Note);
        json.WriteStartArray(Warnings);
        if (scan is { Warnings: not ScanWarnings.None }) ScanAnswers.WriteWarnings(json, scan.Warnings);
        json.WriteEndArray();
        if (record is Annulment annulment)
            json.WriteNumber(Annuls, annulment.Annulled);
        else
            json.WriteNull(Annuls);
        if (entry.By is { } by) json.WriteString("by"u8, by);
        if (scan?.Override is { } word)
        {
            json.WriteStartObject("override"u8);
            json.WriteString("by"u8, word.By);
            json.WriteString("reason"u8, word.Reason);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
