using System.Text;
using System.Text.Json;
using Headcount.Core;

namespace Headcount.Streams;

/// <summary>Reads one JSON element of any valid shape: the general path, by which the fast one is judged.</summary>
/// <remarks>One thread at a time; the spans of the result are good until the next element.</remarks>
internal sealed class JsonScanParser
{
    private enum Field
    {
        Ticket,
        Gate,
        Type,
        Timestamp,
        Device,
        ScanId,
        Outcome,
        Entered,
        Left,
        Seq,
        Annuls,
    }

    private static readonly string[] FieldNames =
        ["ticket_id", "gate", "scan_type", "timestamp", "device_id", "scan_id", "outcome", "entered", "left", "seq", "annuls"];

    private readonly ElementReading _reading;
    private readonly (byte[] Name, Field Field)[] _known;
    private readonly JsonTexts _texts = new();

    public JsonScanParser(ElementReading reading)
    {
        _reading = reading;
        var known = new List<(byte[], Field)>();
        for (var field = Field.Ticket; field <= Field.Annuls; field++)
        {
            // Both times of a row are known only where they were mapped.
            if (field is Field.Entered or Field.Left && reading.IsOurs) continue;
            if (field is Field.Outcome or Field.Seq or Field.Annuls && !reading.KnowsOutcomes) continue;
            known.Add((Encoding.UTF8.GetBytes(reading.ColumnOf(FieldNames[(int)field])), field));
        }

        _known = [.. known];
    }

    /// <summary>Reads an element.</summary>
    public void Read(ReadOnlySpan<byte> json, ref ScanElement element)
    {
        var fields = default(ElementFields);
        var reason = Collect(json, ref fields);
        if (reason is null)
        {
            _reading.Understand(in fields, ref element);
            return;
        }

        element.Kind = ElementKind.Malformed;
        element.Reason = reason;
    }

    private string? Collect(ReadOnlySpan<byte> json, ref ElementFields fields)
    {
        if (JsonTexts.Refuse(json) is { } reason) return reason;
        _texts.Clear();
        try
        {
            var reader = new Utf8JsonReader(json, JsonTexts.Options);
            return CollectObject(ref reader, ref fields);
        }
        catch (JsonException e)
        {
            return JsonTexts.Describe(e);
        }
    }

    private string? CollectObject(ref Utf8JsonReader reader, ref ElementFields fields)
    {
        if (JsonTexts.EnterObject(ref reader, "a scan") is { } other) return other;
        var seen = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (_texts.Take(ref reader, out var reason) is var name && reason is not null) return reason;
            reader.Read();
            var isKnown = false;
            for (var i = 0; i < _known.Length; i++)
            {
                if (!name.SequenceEqual(_known[i].Name)) continue;
                isKnown = true;
                reason = TakeField(ref reader, ref fields, _known[i].Field, ref seen);
                if (reason is not null) return reason;
            }

            if (!isKnown || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                reason = _texts.PassOver(ref reader);
                if (reason is not null) return reason;
            }
        }

        reader.Read();
        return null;
    }

    private string? TakeField(scoped ref Utf8JsonReader reader, ref ElementFields fields, Field field, ref int seen)
    {
        // The numbers of a log's records are not fields of a scan: what is not a number there is no number.
        var isNumber = field >= Field.Seq;
        var name = _reading.ColumnOf(FieldNames[(int)field]);
        if (!isNumber && (seen & (1 << (int)field)) != 0) return $"{name} is given twice";
        seen |= 1 << (int)field;
        var text = default(ReadOnlySpan<byte>);
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                text = _texts.Take(ref reader, out var reason);
                if (reason is not null) return reason;
                break;
            case JsonTokenType.Number when isNumber || JsonTexts.IsInteger(reader.ValueSpan):
                text = reader.ValueSpan;
                break;
            case JsonTokenType.Null:
                break;
            default:
                if (!isNumber) return $"{name} is {JsonTexts.Describe(reader.TokenType)}; text is needed";
                break;
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
            case Field.Entered: fields.Entered = text; break;
            case Field.Left: fields.Left = text; break;
            case Field.Seq: fields.Seq = text; break;
            case Field.Annuls: fields.Annuls = text; break;
        }

        return null;
    }
}
