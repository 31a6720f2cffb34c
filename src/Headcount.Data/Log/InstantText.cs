using System.Text;
using Headcount.Core;

namespace Headcount.Data.Log;

/// <summary>Instants as SQLite keeps them: <c>2025-09-30 10:02:15.000000</c>, in UTC, always 26 characters, so that the order of the text is the order of time.</summary>
internal static class InstantText
{
    public const int Length = 26;

    private const int DateLength = 10;

    private const long MicrosecondsPerDay = 86_400_000_000;

    public static string Of(Instant instant)
    {
        Span<byte> text = stackalloc byte[Length];
        Write(instant, text);
        return Encoding.ASCII.GetString(text);
    }

    /// <summary>Writes <see cref="Length"/> bytes.</summary>
    public static void Write(Instant instant, Span<byte> text)
    {
        if (instant < Instant.Min || instant > Instant.Max) throw new ArgumentOutOfRangeException(nameof(instant), instant.Microseconds, "Only the years 1 to 9999 can be kept.");
        var since = instant.Microseconds - Instant.Min.Microseconds;
        var (days, time) = Math.DivRem(since, MicrosecondsPerDay);
        var date = DateOnly.FromDayNumber((int)days);
        text = text[..Length];
        date.Deconstruct(out var year, out var month, out var day);
        Put(text, 0, year, 4);
        Put(text, 5, month, 2);
        Put(text, 8, day, 2);
        var (seconds, fraction) = Math.DivRem(time, 1_000_000);
        var clock = (int)seconds;
        Put(text, 11, clock / 3600, 2);
        Put(text, 14, clock / 60 % 60, 2);
        Put(text, 17, clock % 60, 2);
        Put(text, 20, (int)fraction, 6);
        (text[4], text[7], text[10], text[13], text[16], text[19]) = ((byte)'-', (byte)'-', (byte)' ', (byte)':', (byte)':', (byte)'.');
    }

    /// <exception cref="FormatException">It is no such text.</exception>
    public static Instant Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length == Length && text[10] == ' ' && text[19] == '.')
        {
            var date = new DateOnly(Number(text[..4]), Number(text[5..7]), Number(text[8..10]));
            long seconds = (Number(text[11..13]) * 60 + Number(text[14..16])) * 60 + Number(text[17..19]);
            return new Instant(Instant.Min.Microseconds + date.DayNumber * MicrosecondsPerDay + seconds * 1_000_000 + Number(text[20..]));
        }

        // What another program wrote by its own habits.
        if (Timestamp.TryParse(text.Length == DateLength ? [.. text, .. " 00:00"u8] : text, Zone.Utc, out var instant)) return instant;
        throw new FormatException($"'{Encoding.UTF8.GetString(text)}' is no time: 2025-09-30 10:02:15.000000 was expected.");
    }

    private static void Put(Span<byte> text, int at, int number, int digits)
    {
        for (var i = at + digits - 1; i >= at; i--)
        {
            text[i] = (byte)('0' + number % 10);
            number /= 10;
        }
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            var value = (uint)digit - '0';
            if (value > 9) throw new FormatException($"'{Encoding.UTF8.GetString(digits)}' is no number in a time.");
            number = number * 10 + (int)value;
        }

        return number;
    }
}
