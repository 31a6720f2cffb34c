using System.Text;

namespace Headcount.Streams;

/// <summary>The text of JSON strings whose escapes are known to be well-formed.</summary>
internal static class JsonText
{
    /// <summary>Undoes the escapes of a string.</summary>
    /// <param name="raw">What stands between the quotes.</param>
    /// <param name="text">Room for the result, at least as long.</param>
    /// <param name="written">How much of it was used.</param>
    /// <returns>Null, or why the text is not taken: U+0000, or half of a surrogate pair.</returns>
    public static string? Unescape(ReadOnlySpan<byte> raw, Span<byte> text, out int written)
    {
        written = 0;
        while (!raw.IsEmpty)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain < 0) plain = raw.Length;
            raw[..plain].CopyTo(text[written..]);
            written += plain;
            raw = raw[plain..];
            if (raw.IsEmpty) break;

            if (raw[1] != 'u')
            {
                text[written++] = Plain(raw[1]);
                raw = raw[2..];
                continue;
            }

            var scalar = Hex(raw[2..]);
            raw = raw[6..];
            if (scalar == 0) return "it holds U+0000";
            if (char.IsSurrogate((char)scalar))
            {
                var isPair = char.IsHighSurrogate((char)scalar) && raw.Length >= 6 && raw[0] == '\\' && raw[1] == 'u' && char.IsLowSurrogate((char)Hex(raw[2..]));
                if (!isPair) return "it holds half of a surrogate pair, which is no character";
                scalar = char.ConvertToUtf32((char)scalar, (char)Hex(raw[2..]));
                raw = raw[6..];
            }

            written += new Rune(scalar).EncodeToUtf8(text[written..]);
        }

        return null;
    }

    private static int Hex(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits[..4]) value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        return value;
    }

    private static byte Plain(byte escape) => escape switch
    {
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        _ => escape,
    };
}
