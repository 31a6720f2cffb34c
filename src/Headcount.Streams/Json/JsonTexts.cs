using System.Text.Json;
using System.Text.Unicode;

namespace Headcount.Streams;

/// <summary>The texts of one JSON element, as the general path reads them; good until the next element.</summary>
internal sealed class JsonTexts
{
    /// <summary>Any depth will do: the reader keeps a bit for each level, and an element has an end.</summary>
    public static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue };

    private byte[] _scratch = new byte[1024];
    private int _used;

    public void Clear() => _used = 0;

    /// <summary>Why an element is not even looked into; null where it is.</summary>
    public static string? Refuse(ReadOnlySpan<byte> element) =>
        element.Length > ReadOptions.MaxElementBytes ? $"it is {element.Length} bytes long; at most {ReadOptions.MaxElementBytes} are allowed"
        : element.Contains((byte)0) ? "it holds U+0000"
        : !Utf8.IsValid(element) ? "it is not valid UTF-8"
        : null;

    /// <summary>Enters the object that an element must be; or says what it is instead.</summary>
    public static string? EnterObject(ref Utf8JsonReader reader, string wanted)
    {
        if (!reader.Read()) return "it is empty";
        if (reader.TokenType == JsonTokenType.StartObject) return null;
        var kind = reader.TokenType == JsonTokenType.Number ? "a number" : Describe(reader.TokenType);
        while (reader.Read())
        {
        }

        return $"it is {kind}, not {wanted}";
    }

    public static string Describe(JsonException e) => $"it is not JSON: {WithoutPlace(e.Message)}";

    /// <summary>Passes over the value of a key that is not ours: ignored, but for text that nobody may send.</summary>
    public string? PassOver(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        var isNested = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        do
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) continue;
            Take(ref reader, out var reason);
            if (reason is not null) return reason;
        }
        while (isNested && reader.Read() && reader.CurrentDepth > depth);

        return null;
    }

    /// <summary>The text of a string or a name, its escapes undone; or why nobody may send it.</summary>
    public ReadOnlySpan<byte> Take(scoped ref Utf8JsonReader reader, out string? reason)
    {
        reason = null;
        if (!reader.ValueIsEscaped) return reader.ValueSpan;
        if (_scratch.Length - _used < reader.ValueSpan.Length)
        {
            // What was read into the old one stays where it is.
            _scratch = new byte[Math.Max(_scratch.Length * 2, reader.ValueSpan.Length)];
            _used = 0;
        }

        var room = _scratch.AsSpan(_used);
        reason = JsonText.Unescape(reader.ValueSpan, room, out var written);
        _used += written;
        return room[..written];
    }

    public static bool IsInteger(ReadOnlySpan<byte> number) => number.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0;

    public static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.Null => "null",
        JsonTokenType.Number => "a number with a fraction or an exponent",
        _ => "a text",
    };

    private static string WithoutPlace(string message)
    {
        var place = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var byteAt = message.IndexOf("BytePositionInLine: ", StringComparison.Ordinal);
        return place < 0 ? message
            : byteAt < 0 ? message[..place]
            : $"{message[..place].TrimEnd('.')} (byte {message[(byteAt + "BytePositionInLine: ".Length)..].TrimEnd('.')})";
    }
}
