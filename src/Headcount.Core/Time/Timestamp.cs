using System.Text;

namespace Headcount.Core;

/// <summary>Reads the timestamps that gates send: ISO 8601 date and time, with or without an offset.</summary>
/// <remarks>
/// <c>T</c> or a blank between date and time; seconds may be left out; any number of fractional digits, cut off after the sixth; <c>Z</c>, <c>z</c>,
/// <c>+02:00</c> or <c>+0200</c>, or nothing: then it is local time in the zone given. A second of <c>60</c> is not a time.
/// </remarks>
public static class Timestamp
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const int EpochDayNumber = 719_162;

    /// <summary>Reads a timestamp from text.</summary>
    /// <returns>False where the text is not a timestamp, or is outside the years 1 to 9999.</returns>
    public static bool TryParse(string text, Zone zone, out Instant instant)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(Encoding.UTF8.GetBytes(text), zone, out instant);
    }

    /// <summary>Reads a timestamp from UTF-8.</summary>
    /// <returns>False where the text is not a timestamp, or is outside the years 1 to 9999.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, Zone zone, out Instant instant)
    {
        ArgumentNullException.ThrowIfNull(zone);
        instant = default;
        if (!TryParseLocal(text, out var local, out var rest)) return false;
        if (rest.IsEmpty)
            instant = zone.FromLocal(local);
        else if (rest is [(byte)'Z' or (byte)'z'])
            instant = new Instant(local);
        else if (TryParseOffset(rest, out var offset))
            instant = new Instant(local - offset);
        else
            return false;
        return instant >= Instant.Min && instant <= Instant.Max;
    }

    /// <summary>Reads an offset, <c>+02:00</c> or <c>+0200</c>, as microseconds east of UTC.</summary>
    internal static bool TryParseOffset(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (text.Length is not (5 or 6) || text[0] is not ((byte)'+' or (byte)'-')) return false;
        if (text.Length == 6 && text[3] != ':') return false;
        if (!TwoDigits(text[1..], out var hours) || !TwoDigits(text[^2..], out var minutes)) return false;
        if (hours > 23 || minutes > 59) return false;
        microseconds = (hours * 60L + minutes) * 60 * MicrosecondsPerSecond;
        if (text[0] == '-') microseconds = -microseconds;
        return true;
    }

    /// <summary>The clock part: microseconds since 1970-01-01T00:00:00 on whatever clock it was, and what follows it.</summary>
    internal static bool TryParseLocal(ReadOnlySpan<byte> text, out long local, out ReadOnlySpan<byte> rest)
    {
        local = 0;
        rest = default;
        if (text.Length < 16 || text[10] is not ((byte)'T' or (byte)' ') || text[13] != ':') return false;
        if (!TryParseDate(text, out var day)) return false;
        if (!TwoDigits(text[11..], out var hour) || !TwoDigits(text[14..], out var minute) || hour > 23 || minute > 59) return false;

        var second = 0;
        var fraction = 0L;
        rest = text[16..];
        if (rest.Length > 0 && rest[0] == ':')
        {
            if (rest.Length < 3 || !TwoDigits(rest[1..], out second) || second > 59) return false;
            rest = rest[3..];
            if (rest.Length > 0 && rest[0] == '.')
            {
                var digits = 1;
                var scale = MicrosecondsPerSecond;
                for (; digits < rest.Length && char.IsAsciiDigit((char)rest[digits]); digits++)
                {
                    if (scale == 1) continue;
                    scale /= 10;
                    fraction += (rest[digits] - '0') * scale;
                }

                if (digits == 1) return false;
                rest = rest[digits..];
            }
        }

        local = ((day * 24L + hour) * 60 + minute) * 60 * MicrosecondsPerSecond + second * MicrosecondsPerSecond + fraction;
        return true;
    }

    /// <summary>The first ten bytes, <c>YYYY-MM-DD</c>, as days since 1970-01-01.</summary>
    internal static bool TryParseDate(ReadOnlySpan<byte> text, out int day)
    {
        day = 0;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-') return false;
        if (!TwoDigits(text, out var century) || !TwoDigits(text[2..], out var years)) return false;
        if (!TwoDigits(text[5..], out var month) || !TwoDigits(text[8..], out var date)) return false;
        var year = century * 100 + years;
        if (year == 0 || month is 0 or > 12 || date == 0 || date > DateTime.DaysInMonth(year, month)) return false;
        day = new DateOnly(year, month, date).DayNumber - EpochDayNumber;
        return true;
    }

    private static bool TwoDigits(ReadOnlySpan<byte> text, out int value)
    {
        var tens = (uint)text[0] - '0';
        var ones = (uint)text[1] - '0';
        value = (int)(tens * 10 + ones);
        return tens <= 9 && ones <= 9;
    }
}
