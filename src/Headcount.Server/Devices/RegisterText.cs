using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Headcount.Core;
using Headcount.Engine;

namespace Headcount.Server.Devices;

/// <summary>Writes the lines of a download.</summary>
internal sealed class RegisterText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _bytes = new(64 * 1024);
    private long _tickets;
    private long _presence;

    /// <summary>What is written and was not taken.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public void Taken() => _bytes.ResetWrittenCount();

    public void Header(EventSettings settings, string part, bool isSnapshot, string version, long seq, Instant takenAt, IReadOnlyList<EventKey> keys) => Line(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("protocol", DeviceRegister.Protocol);
        json.WriteString("kind", isSnapshot ? "snapshot" : "changes");
        json.WriteString("part", part);
        json.WriteString("event", settings.Slug);
        json.WriteNumber("event_id", settings.EventId);
        json.WriteString("name", settings.Name);
        json.WriteString("zone", settings.Zone.Id);
        json.WriteString("version", version);
        json.WriteNumber("seq", seq);
        json.WriteNumber("taken_at", takenAt.Microseconds);
        json.WriteNumber("max_age_seconds", (long)DeviceRegister.MostAge.TotalSeconds);
        Rules(json, settings);
        json.WriteBoolean("requires_codes", settings.RequiresCodes);
        json.WriteStartArray("keys");
        foreach (var key in keys)
        {
            json.WriteStartObject();
            json.WriteNumber("key_id", key.KeyId);
            json.WriteString("public_key", Base64Url.EncodeToString(key.PublicKey));
            json.WriteString("status", key.Status);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    public void Ticket(Ticket ticket)
    {
        _tickets++;
        Line(json =>
        {
            json.WriteStartArray();
            json.WriteStringValue("t");
            json.WriteStringValue(ticket.TicketId.Value);
            var last = ticket.SingleEntry ? 6 : ticket.Gates.Count > 0 ? 5 : ticket.ValidUntil is not null ? 4 : ticket.ValidFrom is not null ? 3 : ticket.Status != TicketStatus.Valid ? 2 : ticket.TicketType is not null ? 1 : 0;
            if (last >= 1) Text(json, ticket.TicketType);
            if (last >= 2) json.WriteNumberValue(ticket.Status switch { TicketStatus.Valid => 0, TicketStatus.Revoked => 1, _ => 2 });
            if (last >= 3) Time(json, ticket.ValidFrom);
            if (last >= 4) Time(json, ticket.ValidUntil);
            if (last >= 5) Gates(json, ticket.Gates);
            if (last >= 6) json.WriteNumberValue(1);
            json.WriteEndArray();
        });
    }

    public void Presence(TicketPresence ticket)
    {
        _presence++;
        Line(json =>
        {
            json.WriteStartArray();
            json.WriteStringValue("p");
            json.WriteStringValue(ticket.TicketId.Value);
            Time(json, ticket.EnteredAt);
            Text(json, ticket.Gate?.Value);
            json.WriteNumberValue(ticket.EverEntered ? 1 : 0);
            if (ticket.LeftAt is not null) Time(json, ticket.LeftAt);
            json.WriteEndArray();
        });
    }

    public void End() => Line(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("end", true);
        json.WriteNumber("tickets", _tickets);
        json.WriteNumber("presence", _presence);
        json.WriteEndObject();
    });

    private static void Rules(Utf8JsonWriter json, EventSettings settings)
    {
        var rules = settings.Rules;
        json.WriteStartObject("rules");
        json.WriteNumber("capacity", rules.Capacity);
        json.WritePropertyName("firm_capacity");
        if (rules.FirmCapacity is { } firm) json.WriteNumberValue(firm);
        else json.WriteNullValue();
        json.WriteString("reentry_policy", rules.RejectRapidReentry ? "reject" : "warn");
        json.WriteNumber("reentry_minutes", rules.ReentryWindow.TotalMinutes);
        Time(json, "opens_at", rules.OpensAt);
        Time(json, "closes_at", rules.ClosesAt);
        json.WriteEndObject();
        json.WriteStartArray("gates");
        foreach (var gate in rules.Gates)
        {
            json.WriteStartObject();
            json.WriteString("gate", gate);
            json.WriteString("degraded_mode", DeviceSettings.WordOf(settings.DegradedModes.GetValueOrDefault(gate)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("ticket_types");
        foreach (var (name, type) in rules.TicketTypes)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteBoolean("override", type.Override);
            json.WritePropertyName("gates");
            Gates(json, type.Gates);
            Time(json, "valid_from", type.ValidFrom);
            Time(json, "valid_until", type.ValidUntil);
            json.WriteBoolean("single_entry", type.SingleEntry);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void Line(Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(_bytes, Options)) write(json);
        _bytes.GetSpan(1)[0] = (byte)'\n';
        _bytes.Advance(1);
    }

    private static void Gates(Utf8JsonWriter json, IReadOnlyList<GateName> gates)
    {
        json.WriteStartArray();
        foreach (var gate in gates) json.WriteStringValue(gate.Value);
        json.WriteEndArray();
    }

    private static void Text(Utf8JsonWriter json, string? text)
    {
        if (text is null) json.WriteNullValue();
        else json.WriteStringValue(text);
    }

    private static void Time(Utf8JsonWriter json, Instant? time)
    {
        if (time is { } instant) json.WriteNumberValue(instant.Microseconds);
        else json.WriteNullValue();
    }

    private static void Time(Utf8JsonWriter json, string name, Instant? time)
    {
        json.WritePropertyName(name);
        Time(json, time);
    }
}
