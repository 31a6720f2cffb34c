using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Engine.Alerts;
using Headcount.Server.Alerts;

namespace Headcount.Server.Webhooks;

/// <summary>What goes to a receiver: <c>{"event":…,"seq":…,"items":[{"topic":…,…},…]}</c>, in order.</summary>
internal static class WebhookBodies
{
    // It goes into no page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Records of the log; each has a topic.</summary>
    public static string Records(string slug, Zone zone, IReadOnlyList<LogEntry> entries) => Write(slug, entries[^1].Seq, json =>
    {
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            json.WriteString("topic", WebhookTopics.Of(entry.Record));
            json.WriteNumber("seq", entry.Seq);
            switch (entry.Record)
            {
                case ScanRecord scan:
                    WriteScan(json, zone, scan);
                    break;
                case DayClosing closing:
                    json.WriteString("at", zone.Format(closing.At));
                    json.WriteString("received_at", Time(zone, closing.ReceivedAt));
                    json.WriteString("by", entry.By);
                    break;
            }

            json.WriteNumber("occupancy", entry.Occupancy);
            json.WriteNumber("capacity", entry.Capacity);
            json.WriteEndObject();
        }
    });

    public static string Alert(EventSettings settings, long alertId, AlertChange change) => Write(settings.Slug, change.Alert.Seq, json =>
    {
        json.WriteStartObject();
        json.WriteString("topic", WebhookTopics.Alert);
        json.WriteNumber("seq", change.Alert.Seq);
        AlertJson.WriteFields(json, settings.Zone, alertId, change);
        json.WriteEndObject();
    });

    /// <summary>Tickets that changed; whose they are is not told.</summary>
    public static string Tickets(EventSettings settings, long seq, IReadOnlyCollection<Ticket> tickets) => Write(settings.Slug, seq, json =>
    {
        foreach (var ticket in tickets)
        {
            json.WriteStartObject();
            json.WriteString("topic", WebhookTopics.TicketChanged);
            json.WriteString("ticket_id", ticket.TicketId.Value);
            json.WriteString("ticket_type", ticket.TicketType);
            json.WriteString("status", ticket.Status switch { TicketStatus.Revoked => "revoked", TicketStatus.Unpaid => "unpaid", _ => "valid" });
            json.WriteString("valid_from", Time(settings.Zone, ticket.ValidFrom));
            json.WriteString("valid_until", Time(settings.Zone, ticket.ValidUntil));
            json.WriteStartArray("gates");
            foreach (var gate in ticket.Gates) json.WriteStringValue(gate.Value);
            json.WriteEndArray();
            json.WriteBoolean("single_entry", ticket.SingleEntry);
            json.WriteEndObject();
        }
    });

    /// <summary>More tickets changed than can be told one by one: the register is to be read again.</summary>
    public static string AllTickets(EventSettings settings, long seq) => Write(settings.Slug, seq, json =>
    {
        json.WriteStartObject();
        json.WriteString("topic", WebhookTopics.TicketChanged);
        json.WriteNull("ticket_id");
        json.WriteEndObject();
    });

    public static string Test(EventSettings settings, long seq, Instant at) => Write(settings.Slug, seq, json =>
    {
        json.WriteStartObject();
        json.WriteString("topic", WebhookTopics.Test);
        json.WriteString("at", settings.Zone.Format(at));
        json.WriteString("message", "Somebody tries this webhook. Nothing has happened.");
        json.WriteEndObject();
    });

    /// <summary>A body's place in the order: the record that its first item is about, else the last one that it reflects.</summary>
    public static long PlaceOf(string body)
    {
        using var json = JsonDocument.Parse(body);
        var first = json.RootElement.GetProperty("items")[0];
        return (first.TryGetProperty("seq", out var seq) ? seq : json.RootElement.GetProperty("seq")).GetInt64();
    }

    private static void WriteScan(Utf8JsonWriter json, Zone zone, ScanRecord record)
    {
        json.WriteString("ticket_id", record.Scan.TicketId.Value);
        json.WriteString("ticket_type", record.TicketType);
        json.WriteString("gate", record.Scan.Gate.Value);
        json.WriteString("scan_type", record.Scan.Type.Code());
        json.WriteString("timestamp", Time(zone, record.CountedAt));
        json.WriteString("scan_time", zone.Format(record.Scan.Timestamp));
        json.WriteString("received_at", Time(zone, record.ReceivedAt));
        json.WriteString("device_id", record.Scan.DeviceId?.Value);
        json.WriteString("scan_id", record.Scan.ScanId?.Value);
        json.WriteString("outcome", record.Outcome.Code());
        json.WriteString("reason", record.Reason == RefusalReason.None ? null : record.Reason.Code());
        json.WriteStartArray("warnings");
        foreach (var code in record.Warnings.CodesOf()) json.WriteStringValue(code);
        json.WriteEndArray();
    }

    private static string? Time(Zone zone, Instant? time) => time is { } instant ? zone.Format(instant) : null;

    private static string Write(string slug, long seq, Action<Utf8JsonWriter> writeItems)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("event", slug);
            json.WriteNumber("seq", seq);
            json.WriteStartArray("items");
            writeItems(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
