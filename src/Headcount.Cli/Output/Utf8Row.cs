using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Headcount.Core;

namespace Headcount.Cli.Output;

/// <summary>JSON text, written straight into bytes: whole rows of a very long list at a time, or what <see cref="JsonOut"/> puts together key by key.</summary>
internal sealed class Utf8Row(Zone zone)
{
    private readonly ClockTexts _clock = new(zone);
    private byte[] _bytes = new byte[1024];
    private int _used;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _used);

    public void Clear() => _used = 0;

    /// <summary>Text as it is to stand in the document: punctuation, keys.</summary>
    public Utf8Row Raw(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        _used += text.Length;
        return this;
    }

    public Utf8Row Number(long number)
    {
        number.TryFormat(Room(20), out var written);
        _used += written;
        return this;
    }

    /// <summary>A text in quotes.</summary>
    public Utf8Row Text(ReadOnlySpan<byte> text)
    {
        Raw("\""u8);
        if (IsPlain(text))
            Raw(text);
        else
            Raw(Escaped(text));
        return Raw("\""u8);
    }

    /// <summary>A text in quotes. What is no valid text (half of a surrogate pair) is written as U+FFFD.</summary>
    public Utf8Row Text(string text)
    {
        Span<byte> buffer = stackalloc byte[256];
        return text.Length * 3 <= buffer.Length ? Text(buffer[..Encoding.UTF8.GetBytes(text, buffer)]) : Text(Encoding.UTF8.GetBytes(text));
    }

    public Utf8Row Time(long microseconds)
    {
        Raw("\""u8);
        _used += _clock.Format(microseconds, Room(ClockTexts.MaxLength));
        return Raw("\""u8);
    }

    /// <summary>A length of time in seconds, exactly: a fraction only where there is one.</summary>
    public Utf8Row Seconds(long microseconds)
    {
        Number(microseconds / 1_000_000);
        _used += ClockTexts.FormatFraction((int)(microseconds % 1_000_000), Room(7));
        return this;
    }

    /// <summary>A text without its quotes, as it stands in a JSON document that is not part of a web page.</summary>
    public static byte[] Escaped(ReadOnlySpan<byte> text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.ToArray();

    private static bool IsPlain(ReadOnlySpan<byte> text)
    {
        foreach (var unit in text)
        {
            if (unit is < (byte)' ' or > (byte)'~' or (byte)'"' or (byte)'\\') return false;
        }

        return true;
    }

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - _used < bytes) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + bytes));
        return _bytes.AsSpan(_used);
    }
}
