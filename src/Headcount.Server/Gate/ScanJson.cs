using System.Text.Json;
using Headcount.Streams;

namespace Headcount.Server.Gate;

/// <summary>Takes the fields of a scan out of its JSON, by the same rules as the readers of streams, and notes everything that is wrong with them at once.</summary>
/// <remarks>One thread at a time. A property test holds it and <see cref="JsonScanParser"/> together.</remarks>
internal sealed class ScanJson
{
    /// <summary>The name under which what is wrong with a body as a whole is told.</summary>
    public const string Whole = "body";

    private readonly JsonTexts _texts = new();

    private enum Field
    {
        None,
        Ticket,
        Gate,
        Type,
        Timestamp,
        Device,
        ScanId,
        Outcome,
        Decided,
        Reason,
        Override,
    }

    private static readonly string[] Names = [Whole, "ticket_id", "gate", "scan_type", "timestamp", "device_id", "scan_id", "outcome", "decided", "reason", "override"];

    /// <summary>Reads one body.</summary>
    /// <returns>Null, or why it cannot be read as JSON at all; what is wrong with its fields is in the result.</returns>
    public string? Read(ReadOnlySpan<byte> json, ref ScanFields fields)
    {
        if (JsonTexts.Refuse(json) is { } reason) return reason;
        _texts.Clear();
        try
        {
            var reader = new Utf8JsonReader(json, JsonTexts.Options);
            if (JsonTexts.EnterObject(ref reader, "a scan") is { } other)
            {
                fields.IsNoObject = true;
                fields.Wrong(Whole, other);
                return null;
            }

            Collect(ref reader, ref fields);
            return null;
        }
        catch (JsonException e)
        {
            return JsonTexts.Describe(e);
        }
    }

    private void Collect(ref Utf8JsonReader reader, ref ScanFields fields)
    {
        var seen = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = _texts.Take(ref reader, out var reason);
            if (reason is not null) fields.Wrong(Whole, reason);
            var field = reason is null ? FieldOf(name) : Field.None;
            reader.Read();
            if (field == Field.None)
            {
                var depth = reader.CurrentDepth;
                if (_texts.PassOver(ref reader) is { } forbidden) fields.Wrong(Whole, forbidden);
                Leave(ref reader, depth);
                continue;
            }

            if ((seen & (1 << (int)field)) != 0) fields.Wrong(Names[(int)field], $"{Names[(int)field]} is given twice");
            seen |= 1 << (int)field;
            if (field == Field.Override)
                TakeOverride(ref reader, ref fields);
            else
                TakeText(ref reader, ref fields, field);
        }

        reader.Read();
    }

    private static Field FieldOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 when name.SequenceEqual("gate"u8) => Field.Gate,
        6 when name.SequenceEqual("reason"u8) => Field.Reason,
        7 when name.SequenceEqual("scan_id"u8) => Field.ScanId,
        7 when name.SequenceEqual("outcome"u8) => Field.Outcome,
        7 when name.SequenceEqual("decided"u8) => Field.Decided,
        8 when name.SequenceEqual("override"u8) => Field.Override,
        9 when name.SequenceEqual("ticket_id"u8) => Field.Ticket,
        9 when name.SequenceEqual("scan_type"u8) => Field.Type,
        9 when name.SequenceEqual("timestamp"u8) => Field.Timestamp,
        9 when name.SequenceEqual("device_id"u8) => Field.Device,
        _ => Field.None,
    };

    private void TakeText(scoped ref Utf8JsonReader reader, ref ScanFields fields, Field field)
    {
        var name = Names[(int)field];
        ReadOnlySpan<byte> text = default;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                text = _texts.Take(ref reader, out var reason);
                if (reason is not null)
                {
                    fields.Wrong(name, $"{name}: {reason}");
                    return;
                }

                break;
            case JsonTokenType.Number when JsonTexts.IsInteger(reader.ValueSpan):
                text = reader.ValueSpan;
                break;
            case JsonTokenType.Null:
                break;

            // Not a field of a scan: it says something only beside a decision, and then must be text.
            case var _ when field == Field.Reason:
                SkipRest(ref reader);
                fields.Reason = "?"u8;
                return;
            default:
                fields.Wrong(name, $"{name} is {JsonTexts.Describe(reader.TokenType)}; text is needed");
                SkipRest(ref reader);
                return;
        }

        switch (field)
        {
            case Field.Ticket: fields.Ticket = text; break;
            case Field.Gate: fields.Gate = text; break;
            case Field.Type: fields.Type = text; break;
            case Field.Timestamp: fields.Timestamp = text; break;
            case Field.Device: fields.Device = text; break;
            case Field.ScanId: fields.ScanId = text; break;
            case Field.Outcome: fields.Outcome = text; break;
            case Field.Decided: fields.Decided = text; break;
            case Field.Reason: fields.Reason = text; break;
        }
    }

    private void TakeOverride(scoped ref Utf8JsonReader reader, ref ScanFields fields)
    {
        const string name = "override";
        if (reader.TokenType == JsonTokenType.Null) return;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            fields.Wrong(name, $"override is {Kind(reader.TokenType)}; an object is needed: {{\"reason\": …}}");
            SkipRest(ref reader);
            return;
        }

        fields.HasOverride = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = _texts.Take(ref reader, out var reason);
            reader.Read();
            var depth = reader.CurrentDepth;
            if (reason is not null)
            {
                fields.Wrong(name, $"override: {reason}");
            }
            else if (key.SequenceEqual("reason"u8) && reader.TokenType == JsonTokenType.String)
            {
                fields.OverrideReason = _texts.Take(ref reader, out reason);
                if (reason is not null) fields.Wrong(name, $"override: {reason}");
            }
            else if (_texts.PassOver(ref reader) is { } forbidden)
            {
                fields.Wrong(name, $"override: {forbidden}");
            }

            Leave(ref reader, depth);
        }
    }

    private static string Kind(JsonTokenType token) => token == JsonTokenType.Number ? "a number" : JsonTexts.Describe(token);

    // Over a value that was not entered.
    private static void SkipRest(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) reader.Skip();
    }

    // To the end of a value at a depth, wherever in it the reader is.
    private static void Leave(ref Utf8JsonReader reader, int depth)
    {
        SkipRest(ref reader);
        while (reader.CurrentDepth > depth) reader.Read();
    }
}
