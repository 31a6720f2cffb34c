using Headcount.Core;

namespace Headcount.Engine.Alerts;

/// <summary>How many things happened in the last so many seconds, by the second.</summary>
internal sealed class SlidingCount(TimeSpan within)
{
    private const long MicrosecondsPerSecond = 1_000_000;

    private readonly long[] _seconds = new long[(int)within.TotalSeconds];
    private readonly int[] _counts = new int[(int)within.TotalSeconds];

    public void Add(Instant at)
    {
        var second = SecondOf(at);
        var slot = SlotOf(second);
        if (_seconds[slot] != second)
        {
            // What comes late by more than the window is of no interest.
            if (_counts[slot] > 0 && _seconds[slot] > second) return;
            (_seconds[slot], _counts[slot]) = (second, 0);
        }

        _counts[slot]++;
    }

    /// <summary>How many there were in the window that ends at an instant.</summary>
    public int At(Instant now)
    {
        var second = SecondOf(now);
        var count = 0;
        for (var slot = 0; slot < _seconds.Length; slot++)
        {
            if (_seconds[slot] > second - _seconds.Length && _seconds[slot] <= second) count += _counts[slot];
        }

        return count;
    }

    private int SlotOf(long second)
    {
        var slot = (int)(second % _seconds.Length);
        return slot < 0 ? slot + _seconds.Length : slot;
    }

    private static long SecondOf(Instant at) => (at.Microseconds - (at.Microseconds < 0 ? MicrosecondsPerSecond - 1 : 0)) / MicrosecondsPerSecond;
}
