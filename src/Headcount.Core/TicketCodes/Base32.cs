namespace Headcount.Core;

/// <summary>Base 32 as in RFC 4648, without padding: capitals and digits alone, so that any keyboard types it and a QR code holds it in few bits.</summary>
internal static class Base32
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new char[(bytes.Length * 8 + 4) / 5];
        var (bits, have, at) = (0, 0, 0);
        foreach (var one in bytes)
        {
            (bits, have) = ((bits << 8 | one) & 0xFFF, have + 8);
            while (have >= 5)
            {
                have -= 5;
                text[at++] = Alphabet[bits >> have & 31];
            }
        }

        if (have > 0) text[at] = Alphabet[bits << (5 - have) & 31];
        return new string(text);
    }

    /// <summary>The bytes of a text, small letters taken too; false where it is none, or could have been written otherwise.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = new byte[text.Length * 5 / 8];
        if (text.Length % 8 is 1 or 3 or 6) return false;
        var (bits, have, at) = (0, 0, 0);
        foreach (var letter in text)
        {
            var value = char.IsAsciiLetter(letter) ? (letter | 32) - 'a' : letter is >= '2' and <= '7' ? letter - '2' + 26 : -1;
            if (value < 0) return false;
            (bits, have) = ((bits << 5 | value) & 0xFFF, have + 5);
            if (have < 8) continue;
            have -= 8;
            bytes[at++] = (byte)(bits >> have);
        }

        return (bits & ((1 << have) - 1)) == 0;
    }
}
