using System.Globalization;
using System.Text;
using Headcount.Core;

namespace Headcount.Cli.Output;

/// <summary>Figures, times and names as people read them.</summary>
internal static class People
{
    /// <summary><c>12,345</c></summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>1 scan</c>, <c>12,345 scans</c></summary>
    public static string Count(long count, string one) => $"{Count(count)} {one}{(count == 1 ? "" : "s")}";

    /// <summary><c>2025-09-30 11:30:00 UTC</c>, or with the zone's offset.</summary>
    public static string Time(Zone zone, Instant instant)
    {
        var time = zone.ToDateTimeOffset(instant);
        return zone.Id == Zone.Utc.Id
            ? time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF 'UTC'", CultureInfo.InvariantCulture)
            : time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF zzz", CultureInfo.InvariantCulture);
    }

    /// <summary><c>11:30:00</c></summary>
    public static string Clock(Zone zone, Instant instant) =>
        zone.ToDateTimeOffset(instant).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary><c>3 min 20 s</c>, <c>15 min</c>, <c>0.5 s</c>: the two greatest parts.</summary>
    public static string Span(TimeSpan span) =>
        span.TotalDays >= 1 ? Parts((long)span.TotalDays, "d", span.Hours, "h")
        : span.TotalHours >= 1 ? Parts(span.Hours, "h", span.Minutes, "min")
        : span.TotalMinutes >= 1 ? Parts(span.Minutes, "min", span.Seconds, "s")
        : string.Create(CultureInfo.InvariantCulture, $"{span.Ticks / (decimal)TimeSpan.TicksPerSecond:0.###} s");

    /// <summary>A name from the input without what could move a terminal's cursor or turn its text round.</summary>
    public static string Name(string name)
    {
        if (!name.EnumerateRunes().Any(IsUnprintable)) return name;
        var printable = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes()) printable.Append(IsUnprintable(rune) ? "\uFFFD" : rune.ToString());
        return printable.ToString();
    }

    /// <summary>A name, cut to at most so many columns.</summary>
    public static string Name(string name, int columns)
    {
        var printable = Name(name);
        if (DisplayWidth.Of(printable) <= columns) return printable;
        var cut = new StringBuilder();
        var width = 0;
        foreach (var rune in printable.EnumerateRunes())
        {
            width += DisplayWidth.Of(rune);
            if (width > columns - 1) break;
            cut.Append(rune.ToString());
        }

        return cut.Append('…').ToString();
    }

    private static string Parts(long great, string unit, long small, string smallUnit) =>
        small == 0 ? $"{Count(great)} {unit}" : $"{Count(great)} {unit} {small} {smallUnit}";

    private static bool IsUnprintable(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069;
}
