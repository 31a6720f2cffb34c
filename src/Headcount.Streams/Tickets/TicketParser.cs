using System.Buffers;
using System.Text;
using System.Text.Json;
using Headcount.Core;

namespace Headcount.Streams;

/// <summary>Reads tickets from blocks into a register.</summary>
/// <param name="register">Where the tickets go.</param>
/// <param name="zone">The zone of times without an offset.</param>
/// <param name="mayGoFast">Whether tickets of the usual shape go the fast way.</param>
/// <param name="give">Who gets the tickets instead; then none goes the fast way, which knows only of registers.</param>
internal sealed unsafe class TicketParser(Register register, Zone zone, bool mayGoFast = true, Action<GivenTicket>? give = null)
{
    private static readonly string[] FieldNames = ["ticket_id", "ticket_type", "user_id", "status", "valid_from", "valid_until", "gates", "single_entry"];
    private static readonly byte[][] FieldNamesUtf8 = [.. FieldNames.Select(Encoding.UTF8.GetBytes)];

    private readonly JsonTexts _texts = new();
    private readonly TicketReading _reading = new(register, zone, give);
    private readonly bool _mayGoFast = mayGoFast && give is null;
    private byte[] _scratch = new byte[1024];

    /// <summary>How many elements were read so far, those that cannot be read among them.</summary>
    public long Elements { get; private set; }

    /// <summary>Reads all tickets of a block, and gives the lines (from 0), places among all elements (from 0) and reasons of those that cannot be read.</summary>
    public IReadOnlyList<(int Line, long Element, string Reason)> Read(Block block)
    {
        if (block.Kind == BlockKind.Overlong) return block.IsFirstPiece ? [(0, Elements++, $"it is longer than {ReadOptions.MaxElementBytes} bytes")] : [];

        // Ends every loop of the fast path.
        block.Buffer[block.Length] = (byte)'\n';
        var wrong = new List<(int, long, string)>();
        var line = 0;
        if (block.Ranges is { } ranges)
        {
            var counted = 0;
            foreach (var range in ranges)
            {
                line += block.Bytes[counted..range.Start].Count((byte)'\n');
                counted = range.Start;
                if ((range.Broken ?? Read(block, range.Start, range.Length)) is { } reason) wrong.Add((line, Elements, reason));
                Elements++;
            }

            return wrong;
        }

        for (var at = 0; at < block.Length; line++)
        {
            var end = block.Bytes[at..].IndexOf((byte)'\n');
            var length = end < 0 ? block.Length - at : end;
            if (!Blanks.IsBlank(block.Bytes.Slice(at, length)))
            {
                if (Read(block, at, length) is { } reason) wrong.Add((line, Elements, reason));
                Elements++;
            }

            at += length + 1;
        }

        return wrong;
    }

    private string? Read(Block block, int start, int length)
    {
        var element = block.Bytes.Slice(start, length);
        if (element is [.., (byte)'\r']) element = element[..^1];
        if (_mayGoFast && block.Kind == BlockKind.Json && element.Length <= ReadOptions.MaxElementBytes && ReadFast(element)) return null;
        if (JsonTexts.Refuse(element) is { } refused) return refused;
        _reading.Clear();
        return (block.Kind == BlockKind.Csv ? ReadRow(element, block.Header!) : ReadJson(element)) ?? _reading.Finish();
    }

    private bool ReadFast(ReadOnlySpan<byte> element)
    {
        fixed (byte* start = element) return FastTicketParser.Read(start, start + element.Length, register);
    }

    private string? ReadRow(ReadOnlySpan<byte> row, CsvHeader header)
    {
        if (_scratch.Length < row.Length) _scratch = new byte[row.Length * 2];
        var used = 0;
        for (var column = 0; ; column++)
        {
            if (!CsvRow.TryField(ref row, header.Delimiter, _scratch, ref used, out var text, out var isLast)) return "its quotes do not match";
            if (column >= header.Names.Length && !text.IsEmpty) return $"it has more fields than the {header.Names.Length} columns of the header";
            var field = column < header.Names.Length ? Array.IndexOf(FieldNames, header.Names[column]) : -1;
            if (field >= 0 && !text.IsEmpty && _reading.TakeText(field, text, isCsv: true) is { } reason) return reason;
            if (isLast) return null;
        }
    }

    private string? ReadJson(ReadOnlySpan<byte> element)
    {
        _texts.Clear();
        try
        {
            var reader = new Utf8JsonReader(element, JsonTexts.Options);
            return JsonTexts.EnterObject(ref reader, "a ticket") ?? ReadObject(ref reader);
        }
        catch (JsonException e)
        {
            return JsonTexts.Describe(e);
        }
    }

    private string? ReadObject(ref Utf8JsonReader reader)
    {
        var seen = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = _texts.Take(ref reader, out var reason);
            if (reason is not null) return reason;
            var field = FieldOf(name);
            reader.Read();
            if (field < 0)
                reason = _texts.PassOver(ref reader);
            else if ((seen & (1 << field)) != 0)
                reason = $"{FieldNames[field]} is given twice";
            else
                reason = ReadField(ref reader, field);
            if (reason is not null) return reason;
            if (field >= 0) seen |= 1 << field;
        }

        reader.Read();
        return null;
    }

    private static int FieldOf(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < FieldNamesUtf8.Length; i++)
        {
            if (name.SequenceEqual(FieldNamesUtf8[i])) return i;
        }

        return -1;
    }

    private string? ReadField(ref Utf8JsonReader reader, int field)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String when field != TicketReading.SingleEntry && field != TicketReading.Gates:
                var text = _texts.Take(ref reader, out var reason);
                return reason ?? (text.IsEmpty ? null : _reading.TakeText(field, text, isCsv: false));
            case JsonTokenType.Number when field <= TicketReading.User && JsonTexts.IsInteger(reader.ValueSpan):
                return _reading.TakeText(field, reader.ValueSpan, isCsv: false);
            case JsonTokenType.True or JsonTokenType.False when field == TicketReading.SingleEntry:
                _reading.TakeSingleEntry(reader.TokenType == JsonTokenType.True);
                return null;
            case JsonTokenType.StartArray when field == TicketReading.Gates:
                return ReadGates(ref reader);
            default:
                return $"{FieldNames[field]} is {JsonTexts.Describe(reader.TokenType)}; {(field == TicketReading.SingleEntry ? "true or false" : field == TicketReading.Gates ? "a list of texts" : "text")} is needed";
        }
    }

    private string? ReadGates(ref Utf8JsonReader reader)
    {
        _reading.StartGates();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            string? reason = null;
            var gate = reader.TokenType == JsonTokenType.Number && JsonTexts.IsInteger(reader.ValueSpan) ? reader.ValueSpan
                : reader.TokenType == JsonTokenType.String ? _texts.Take(ref reader, out reason)
                : default;
            reason ??= reader.TokenType is JsonTokenType.Number or JsonTokenType.String ? _reading.TakeGate(gate) : "gates is not a list of texts";
            if (reason is not null) return reason;
        }

        return null;
    }
}
