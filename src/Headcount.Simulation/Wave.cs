namespace Headcount.Simulation;

/// <summary>When people do something: weights of equal stretches of the day, drawn from in whole milliseconds since its midnight.</summary>
internal sealed class Wave
{
    public const int Minute = 60_000;

    private readonly int _start;
    private readonly int _step;
    private readonly int[] _cumulative;

    /// <param name="start">The hour and minute at which it begins, as 1030 for half past ten.</param>
    /// <param name="stepMinutes">The length of one stretch.</param>
    /// <param name="weights">One for each stretch.</param>
    public Wave(int start, int stepMinutes, params int[] weights)
    {
        _start = Clock(start);
        _step = stepMinutes * Minute;
        _cumulative = Chance.Cumulate(weights);
    }

    /// <summary>Milliseconds since midnight of an hour and minute, as 1030 for half past ten.</summary>
    public static int Clock(int hourAndMinute) => (hourAndMinute / 100 * 60 + hourAndMinute % 100) * Minute;

    /// <summary>One moment. Each stretch runs over into the next, which makes a smooth curve of the steps.</summary>
    public int Draw(Chance chance) => _start + chance.Pick(_cumulative) * _step + chance.Below(_step) + chance.Below(_step);
}
