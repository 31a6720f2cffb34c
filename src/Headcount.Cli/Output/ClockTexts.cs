using System.Text;
using Headcount.Core;

namespace Headcount.Cli.Output;

/// <summary>Writes instants as <see cref="Zone.Format"/> does, very many of them: the texts of the minutes that came before are kept.</summary>
internal sealed class ClockTexts(Zone zone)
{
    /// <summary>The longest text, <c>2025-09-30T11:30:00.123456+02:00</c>.</summary>
    public const int MaxLength = 32;

    private const long Minute = 60_000_000;

    // A day and a half.
    private const int Kept = 2048;
    private const int UpToMinutes = 17;
    private const int OffsetBytes = 6;

    private readonly long[] _minutes = new long[Kept];
    private readonly byte[]?[] _texts = new byte[Kept][];

    /// <summary>Writes an instant, given in microseconds, and says how many bytes that took.</summary>
    public int Format(long microseconds, Span<byte> text)
    {
        var minute = microseconds / Minute;
        var kept = (int)(minute & (Kept - 1));
        if (microseconds < 0 || ((_minutes[kept] != minute || _texts[kept] is null) && !Keep(kept, minute)))
            return Encoding.UTF8.GetBytes(zone.Format(new Instant(microseconds)), text);

        var known = _texts[kept]!;
        known.AsSpan(0, UpToMinutes).CopyTo(text);
        var rest = (int)(microseconds - minute * Minute);
        var second = rest / 1_000_000;
        text[UpToMinutes] = (byte)('0' + second / 10);
        text[UpToMinutes + 1] = (byte)('0' + second % 10);
        var length = UpToMinutes + 2;
        length += FormatFraction(rest % 1_000_000, text[length..]);
        known.AsSpan(known.Length - OffsetBytes).CopyTo(text[length..]);
        return length + OffsetBytes;
    }

    /// <summary>Writes millionths as <c>.123456</c> without zeros at the end, or nothing where there are none.</summary>
    public static int FormatFraction(int millionths, Span<byte> text)
    {
        if (millionths == 0) return 0;
        var length = 7;
        while (millionths % 10 == 0)
        {
            millionths /= 10;
            length--;
        }

        for (var at = length - 1; at > 0; at--)
        {
            text[at] = (byte)('0' + millionths % 10);
            millionths /= 10;
        }

        text[0] = (byte)'.';
        return length;
    }

    // False for the minutes in which the clocks change: their texts do not go by one offset.
    private bool Keep(int kept, long minute)
    {
        var (start, next) = (new Instant(minute * Minute), new Instant((minute + 1) * Minute));
        if (next >= Instant.Max || zone.OffsetAt(start) != zone.OffsetAt(next)) return false;
        (_minutes[kept], _texts[kept]) = (minute, Encoding.UTF8.GetBytes(zone.Format(start)));
        return true;
    }
}
