namespace Headcount.SystemTests.Serving;

/// <summary>The clock, moved on by as much as a test says. It never stands still, and nobody waits.</summary>
internal sealed class MovedClock : TimeProvider
{
    private long _movedTicks;

    public void Move(TimeSpan by) => Interlocked.Add(ref _movedTicks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _movedTicks));

    public override long GetTimestamp() => base.GetTimestamp() + (long)(new TimeSpan(Interlocked.Read(ref _movedTicks)).TotalSeconds * TimestampFrequency);
}
