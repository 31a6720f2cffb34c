using System.Globalization;

namespace Headcount.Cli.Playback;

/// <summary>How many seconds of the day go by in one; without a number, all of them at once.</summary>
internal sealed record Speed(decimal? Times)
{
    private static readonly decimal[] Steps = [1, 2, 5, 10, 20, 60, 120, 300, 600, 1200, 3600, 7200, 36_000];

    public const decimal Fastest = 1_000_000;

    public static readonly Speed Max = new((decimal?)null);

    public static readonly Speed Usual = new(60m);

    public Speed Faster => Array.Find(Steps, step => step > Times) is > 0 and var step ? new Speed(step) : this;

    public Speed Slower => Times is null ? new Speed(Steps[^1]) : Array.FindLast(Steps, step => step < Times) is > 0 and var step ? new Speed(step) : this;

    /// <summary>How much of the day goes by in a stretch of real time.</summary>
    public TimeSpan DayTime(TimeSpan real) => new((long)Math.Min(real.Ticks * (Times ?? Fastest), TimeSpan.MaxValue.Ticks / 4));

    /// <summary>How much real time a stretch of the day takes.</summary>
    public TimeSpan RealTime(TimeSpan day) => Times is { } times ? new TimeSpan((long)(day.Ticks / times)) : TimeSpan.Zero;

    /// <summary>How much later than a first one something is, played at this speed; also where nothing waits, what was later is later.</summary>
    public TimeSpan ShiftedTime(TimeSpan day) => new((long)(day.Ticks / (Times ?? Fastest)));

    public override string ToString() => Times is { } times ? string.Create(CultureInfo.InvariantCulture, $"×{times:0.###}") : "max";
}
