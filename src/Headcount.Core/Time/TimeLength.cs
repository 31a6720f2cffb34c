using System.Globalization;
using System.Xml;

namespace Headcount.Core;

/// <summary>Lengths of time as people and ISO 8601 write them.</summary>
public static class TimeLength
{
    /// <summary>The longest that is taken.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1000);

    /// <summary>Reads <c>30s</c>, <c>15m</c>, <c>1h30m</c>, <c>1d</c> or <c>PT15M</c>.</summary>
    /// <returns>False where it is none of these, not longer than nothing, or longer than <see cref="Longest"/>. Months and years, which have no fixed length, are not taken.</returns>
    public static bool TryParse(string text, out TimeSpan length)
    {
        ArgumentNullException.ThrowIfNull(text);
        length = default;
        var parsed = text.StartsWith('P') ? TryParseIso(text, ref length) : TryParseParts(text, ref length);
        return parsed && length >= TimeSpan.FromMicroseconds(1) && length <= Longest;
    }

    private static bool TryParseIso(string text, ref TimeSpan length)
    {
        // Months and years have no fixed length, and XmlConvert would make one up.
        var date = text.AsSpan(0, text.IndexOf('T', StringComparison.Ordinal) is var t and >= 0 ? t : text.Length);
        if (text.Length > 64 || date.IndexOfAny('Y', 'M') >= 0) return false;
        try
        {
            length = XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (Exception problem) when (problem is FormatException or OverflowException)
        {
            return false;
        }
    }

    private static bool TryParseParts(string text, ref TimeSpan length)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny("smhd");
            if (end is < 1 or > 17) return false;
            if (!IsPlain(rest[..end]) || !decimal.TryParse(rest[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
            var ticks = number * rest[end] switch { 's' => TimeSpan.TicksPerSecond, 'm' => TimeSpan.TicksPerMinute, 'h' => TimeSpan.TicksPerHour, _ => TimeSpan.TicksPerDay };
            if (ticks > Longest.Ticks || length > Longest) return false;
            length += new TimeSpan((long)ticks);
            rest = rest[(end + 1)..];
        }

        return text.Length > 0;
    }

    // Digits, and behind a point at most seven more.
    private static bool IsPlain(ReadOnlySpan<char> number)
    {
        var point = number.IndexOf('.');
        var whole = point < 0 ? number : number[..point];
        var fraction = point < 0 ? default : number[(point + 1)..];
        return whole.Length is >= 1 and <= 9 && whole.IndexOfAnyExceptInRange('0', '9') < 0
            && (point < 0 || fraction.Length is >= 1 and <= 7) && fraction.IndexOfAnyExceptInRange('0', '9') < 0;
    }
}
