using System.Text.Json;

namespace Headcount.Core;

/// <summary>What a line after the first says.</summary>
internal enum RegisterLine
{
    Ticket,
    Presence,
    End,
}

/// <summary>Reads the lines of a download.</summary>
/// <remarks>One thread at a time. Texts that come again and again are kept once.</remarks>
internal sealed class RegisterLines
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GateName[]> _gates = new(StringComparer.Ordinal);

    public RegisterHeader ReadHeader(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            var json = document.RootElement;
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("protocol", out var protocol)) throw new FormatException("The download does not begin with what it is of.");
            if (protocol.GetInt32() != DeviceRegister.Protocol) throw new FormatException($"The server speaks version {protocol.GetRawText()} of the protocol; this device speaks {DeviceRegister.Protocol}.");
            return HeaderOf(json);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new FormatException("The first line of the download cannot be read: " + wrong.Message, wrong);
        }
    }

    public RegisterLine Read(ReadOnlySpan<byte> line, out Ticket? ticket, out TicketPresence? presence, out (long Tickets, long Presence) end)
    {
        (ticket, presence, end) = (null, null, default);
        try
        {
            var json = new Utf8JsonReader(line);
            json.Read();
            if (json.TokenType == JsonTokenType.StartObject)
            {
                end = EndOf(ref json);
                return RegisterLine.End;
            }

            if (json.TokenType != JsonTokenType.StartArray || !json.Read()) throw new FormatException("A line of the download is no list.");
            if (json.ValueTextEquals("t"u8)) ticket = TicketOf(ref json);
            else if (json.ValueTextEquals("p"u8)) presence = PresenceOf(ref json);
            else throw new FormatException($"A line of the download is of a kind that is not known: {json.GetString()}.");
            return ticket is not null ? RegisterLine.Ticket : RegisterLine.Presence;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException("A line of the download cannot be read: " + wrong.Message, wrong);
        }
    }

    private static (long Tickets, long Presence) EndOf(ref Utf8JsonReader json)
    {
        using var document = JsonDocument.ParseValue(ref json);
        var root = document.RootElement;
        if (!root.TryGetProperty("end", out _) || !root.TryGetProperty("tickets", out var tickets) || !root.TryGetProperty("presence", out var presence))
            throw new FormatException("The last line of the download does not say how many lines there were.");
        return (tickets.GetInt64(), presence.GetInt64());
    }

    // ["t", id, type, status, from, until, gates, single]; what is missing at the end is as if it were null.
    private Ticket TicketOf(ref Utf8JsonReader json)
    {
        var ticket = new Ticket(new TicketId(TextOf(ref json) ?? throw new FormatException("A ticket of the download has no id.")))
        {
            TicketType = NameOf(ref json),
            Status = NumberOf(ref json) switch { null or 0 => TicketStatus.Valid, 2 => TicketStatus.Unpaid, _ => TicketStatus.Revoked },
            ValidFrom = InstantOf(ref json),
            ValidUntil = InstantOf(ref json),
            Gates = GatesOf(ref json),
        };
        return NumberOf(ref json) is 1 ? ticket with { SingleEntry = true } : ticket;
    }

    // ["p", id, entered_at, gate, ever_entered, left_at]
    private TicketPresence PresenceOf(ref Utf8JsonReader json) => new(
        new TicketId(TextOf(ref json) ?? throw new FormatException("A ticket of the download has no id.")),
        InstantOf(ref json),
        NameOf(ref json) is { } gate ? new GateName(gate) : null,
        NumberOf(ref json) is 1,
        InstantOf(ref json));

    // Past the end there is nothing more; the end of a list inside is not it.
    private static bool Next(ref Utf8JsonReader json) => !IsOver(in json) && json.Read() && !IsOver(in json) && json.TokenType != JsonTokenType.Null;

    private static bool IsOver(in Utf8JsonReader json) => json is { TokenType: JsonTokenType.EndArray, CurrentDepth: 0 };

    private static string? TextOf(ref Utf8JsonReader json) => Next(ref json) ? json.GetString() : null;

    private string? NameOf(ref Utf8JsonReader json) => TextOf(ref json) is { } text ? Once(text) : null;

    private static long? NumberOf(ref Utf8JsonReader json) => Next(ref json) ? json.GetInt64() : null;

    private static Instant? InstantOf(ref Utf8JsonReader json) => NumberOf(ref json) is { } microseconds ? new Instant(microseconds) : null;

    private GateName[] GatesOf(ref Utf8JsonReader json)
    {
        if (!Next(ref json)) return [];
        using var list = JsonDocument.ParseValue(ref json);
        return GatesOf(list.RootElement);
    }

    private GateName[] GatesOf(JsonElement list)
    {
        var text = list.GetRawText();
        if (!_gates.TryGetValue(text, out var gates)) _gates[text] = gates = [.. list.EnumerateArray().Select(gate => new GateName(Once(gate.GetString()!)))];
        return gates;
    }

    private string Once(string text)
    {
        if (_names.TryGetValue(text, out var known)) return known;
        _names[text] = text;
        return text;
    }

    private RegisterHeader HeaderOf(JsonElement json)
    {
        var gates = json.GetProperty("gates").EnumerateArray().ToDictionary(gate => gate.GetProperty("gate").GetString()!, gate => ModeOf(gate.GetProperty("degraded_mode").GetString()), StringComparer.Ordinal);
        return new RegisterHeader
        {
            IsSnapshot = json.GetProperty("kind").GetString() == "snapshot",
            IsOfCodes = json.TryGetProperty("part", out var part) && part.GetString() == "codes",
            Event = json.GetProperty("event").GetString()!,
            EventId = json.GetProperty("event_id").GetInt64(),
            Name = json.GetProperty("name").GetString()!,
            Zone = json.GetProperty("zone").GetString()!,
            Version = json.GetProperty("version").GetString()!,
            Seq = json.GetProperty("seq").GetInt64(),
            TakenAt = new Instant(json.GetProperty("taken_at").GetInt64()),
            Rules = RulesOf(json.GetProperty("rules"), gates.Keys, json.GetProperty("ticket_types")),
            DegradedModes = gates,
            RequiresCodes = json.GetProperty("requires_codes").GetBoolean(),
            Keys = [.. json.GetProperty("keys").EnumerateArray().Select(KeyOf)],
        };
    }

    private AdmissionRules RulesOf(JsonElement rules, IEnumerable<string> gates, JsonElement types) => new()
    {
        Capacity = rules.GetProperty("capacity").GetInt64(),
        FirmCapacity = rules.GetProperty("firm_capacity") is { ValueKind: JsonValueKind.Number } firm ? firm.GetInt64() : null,
        ReentryWindow = TimeSpan.FromMinutes(rules.GetProperty("reentry_minutes").GetDouble()),
        RejectRapidReentry = rules.GetProperty("reentry_policy").GetString() == "reject",
        OpensAt = TimeOf(rules, "opens_at"),
        ClosesAt = TimeOf(rules, "closes_at"),
        Gates = gates.ToHashSet(StringComparer.Ordinal),
        TicketTypes = types.EnumerateArray().ToDictionary(type => type.GetProperty("name").GetString()!, type => new TicketTypeRules
        {
            Override = type.GetProperty("override").GetBoolean(),
            Gates = GatesOf(type.GetProperty("gates")),
            ValidFrom = TimeOf(type, "valid_from"),
            ValidUntil = TimeOf(type, "valid_until"),
            SingleEntry = type.GetProperty("single_entry").GetBoolean(),
        }, StringComparer.Ordinal),
    };

    private static Instant? TimeOf(JsonElement json, string name) => json.GetProperty(name) is { ValueKind: JsonValueKind.Number } time ? new Instant(time.GetInt64()) : null;

    private static TicketKey KeyOf(JsonElement key) => new(
        key.GetProperty("key_id").GetUInt32(), System.Buffers.Text.Base64Url.DecodeFromChars(key.GetProperty("public_key").GetString()), key.GetProperty("status").GetString() == "revoked");

    private static DegradedMode ModeOf(string? word) => word switch { "open" => DegradedMode.Open, "closed" => DegradedMode.Closed, _ => DegradedMode.Leased };
}
