namespace Headcount.Server.Problems;

/// <summary>Lets so many through a second, and some more at once after a quiet time (the generic cell rate algorithm: one number, no lock).</summary>
/// <remarks>Any thread.</remarks>
internal sealed class Meter
{
    private readonly TimeProvider _time;
    private readonly long _interval;
    private readonly long _tolerance;

    // When the next one would be due if they came evenly.
    private long _due;

    public Meter(TimeProvider time, int perSecond, int burst)
    {
        _time = time;
        _interval = Math.Max(1, time.TimestampFrequency / perSecond);
        _tolerance = _interval * (burst - 1);
        _due = time.GetTimestamp();
    }

    /// <summary>Whether one more may pass; if not, after how many seconds to try again.</summary>
    public bool TryTake(out int retryAfterSeconds)
    {
        var now = _time.GetTimestamp();
        while (true)
        {
            var due = Volatile.Read(ref _due);
            var early = due - now;
            if (early > _tolerance)
            {
                retryAfterSeconds = (int)Math.Min(3_600, (early - _tolerance) / _time.TimestampFrequency + 1);
                return false;
            }

            if (Interlocked.CompareExchange(ref _due, Math.Max(due, now) + _interval, due) != due) continue;
            retryAfterSeconds = 0;
            return true;
        }
    }

    /// <summary>Whether it has been quiet for so long that a new meter would do as well.</summary>
    public bool IsRested => Volatile.Read(ref _due) <= _time.GetTimestamp();
}
