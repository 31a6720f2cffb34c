using Headcount.Core;

namespace Headcount.Cli.Pictures;

/// <summary>What the ticks of an axis of time are.</summary>
internal enum TickKind
{
    TimesOfDay,
    Days,
    Months,
}

/// <summary>Round places on an axis.</summary>
internal static class Ticks
{
    private static readonly long[] Minutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720];
    private static readonly int[] Days = [1, 2, 7, 14];
    private static readonly int[] Months = [1, 2, 3, 6, 12, 24, 60, 120, 600, 1200];
    private const long MicrosecondsPerMinute = 60_000_000;
    private const long MicrosecondsPerDay = 24 * 60 * MicrosecondsPerMinute;

    /// <summary>Round figures from one to another, both covered: 0, 500, 1,000, … At most so many steps.</summary>
    public static IReadOnlyList<long> Counts(long least, long most, int steps)
    {
        var step = StepFor(Math.Max(1, most - least), steps);
        var first = (long)Math.Floor((decimal)least / step) * step;
        var ticks = new List<long>();
        for (var tick = first; ; tick += step)
        {
            ticks.Add(tick);
            if (tick >= most) return ticks;
        }
    }

    /// <summary>Round times on the zone's clock from one instant to another, at most so many; and what they are.</summary>
    public static (IReadOnlyList<Instant> Ticks, TickKind Kind) Times(Instant from, Instant to, Zone zone, int most)
    {
        var range = to - from;
        foreach (var minutes in Minutes)
        {
            if (range.TotalMinutes / minutes <= most) return (EveryMinutes(minutes, from, to, zone), TickKind.TimesOfDay);
        }

        foreach (var days in Days)
        {
            if (range.TotalDays / days <= most) return (EveryDays(days, from, to, zone), TickKind.Days);
        }

        var months = Array.Find(Months, step => range.TotalDays / (30 * step) <= most);
        return (EveryMonths(months == 0 ? Months[^1] : months, from, to, zone), TickKind.Months);
    }

    private static long StepFor(long range, int steps)
    {
        for (var power = 1L; ; power *= 10)
        {
            foreach (var factor in (ReadOnlySpan<long>)[1, 2, 5])
            {
                // Never more ticks than asked for, the one below the least and the one above the most among them.
                if (range <= factor * power * Math.Max(1, steps - 1)) return factor * power;
            }
        }
    }

    private static List<Instant> EveryMinutes(long minutes, Instant from, Instant to, Zone zone)
    {
        var step = minutes * MicrosecondsPerMinute;
        var local = zone.ToLocal(from);
        var day = local - Mod(local, MicrosecondsPerDay);
        return Within(from, to, LocalTimes(day + (local - day) / step * step, step).Select(zone.FromLocal));
    }

    private static List<Instant> EveryDays(int days, Instant from, Instant to, Zone zone)
    {
        var local = zone.ToLocal(from);
        return Within(from, to, LocalTimes(local - Mod(local, MicrosecondsPerDay), days * MicrosecondsPerDay).Select(zone.FromLocal));
    }

    private static List<Instant> EveryMonths(int months, Instant from, Instant to, Zone zone)
    {
        var date = zone.ToDateTimeOffset(from).Date;
        var first = (date.Year * 12 + date.Month - 1) / months * months;
        return Within(from, to, Enumerable.Range(0, int.MaxValue).Select(i => first + (long)i * months).TakeWhile(month => month < 9999 * 12)
            .Select(month => zone.FromLocal(new DateTimeOffset((int)Math.Max(1, month / 12), (int)(month % 12) + 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000)));
    }

    private static IEnumerable<long> LocalTimes(long first, long step)
    {
        for (var time = first; ; time += step) yield return time;
    }

    // Where clocks change, two local times can be one instant, or out of order.
    private static List<Instant> Within(Instant from, Instant to, IEnumerable<Instant> times)
    {
        var ticks = new List<Instant>();
        foreach (var time in times)
        {
            if (time > to) break;
            if (time >= from && (ticks.Count == 0 || time > ticks[^1])) ticks.Add(time);
        }

        return ticks;
    }

    private static long Mod(long value, long divisor) => (value % divisor + divisor) % divisor;
}
