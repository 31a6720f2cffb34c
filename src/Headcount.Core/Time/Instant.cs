using System.Diagnostics.CodeAnalysis;

namespace Headcount.Core;

/// <summary>A point in time, to the microsecond, without a zone: the only kind of time presence is counted in.</summary>
/// <remarks>Covers the years 1 to 9999. A local time becomes an instant through a <see cref="Zone"/>.</remarks>
/// <param name="Microseconds">Microseconds since 1970-01-01T00:00:00Z; negative before.</param>
[SuppressMessage("Usage", "CA2225", Justification = "Since and Plus are the named forms of the operators.")]
public readonly record struct Instant(long Microseconds) : IComparable<Instant>
{
    /// <summary>0001-01-01T00:00:00Z, the earliest instant a scan can have.</summary>
    public static readonly Instant Min = FromDateTimeOffset(DateTimeOffset.MinValue);

    /// <summary>9999-12-31T23:59:59.999999Z, the latest instant a scan can have.</summary>
    public static readonly Instant Max = FromDateTimeOffset(DateTimeOffset.MaxValue);

    /// <summary>The instant of a .NET time; what is finer than a microsecond is cut off.</summary>
    public static Instant FromDateTimeOffset(DateTimeOffset time) =>
        new(FloorDivide(time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks, TimeSpan.TicksPerMicrosecond));

    /// <summary>The same instant as a .NET time in UTC.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instant is outside <see cref="Min"/> … <see cref="Max"/>.</exception>
    public DateTimeOffset ToDateTimeOffset() =>
        new(DateTimeOffset.UnixEpoch.Ticks + checked(Microseconds * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>This instant moved by a span (cut to the microsecond).</summary>
    public Instant Plus(TimeSpan span) => new(Microseconds + FloorDivide(span.Ticks, TimeSpan.TicksPerMicrosecond));

    /// <summary>The elapsed time from <paramref name="earlier"/> to this instant.</summary>
    public TimeSpan Since(Instant earlier) => new((Microseconds - earlier.Microseconds) * TimeSpan.TicksPerMicrosecond);

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Microseconds.CompareTo(other.Microseconds);

    /// <summary>ISO 8601 in UTC: <c>2025-09-30T11:30:00+00:00</c>, a fraction only where there is one.</summary>
    public override string ToString() => Zone.Utc.Format(this);

    /// <summary>The instant of a .NET time (<see cref="FromDateTimeOffset"/>).</summary>
    public static implicit operator Instant(DateTimeOffset time) => FromDateTimeOffset(time);

    /// <summary>Elapsed time between two instants (<see cref="Since"/>).</summary>
    public static TimeSpan operator -(Instant later, Instant earlier) => later.Since(earlier);

    /// <summary>An instant moved forward (<see cref="Plus"/>).</summary>
    public static Instant operator +(Instant start, TimeSpan span) => start.Plus(span);

    /// <summary>Earlier than.</summary>
    public static bool operator <(Instant left, Instant right) => left.Microseconds < right.Microseconds;

    /// <summary>Later than.</summary>
    public static bool operator >(Instant left, Instant right) => left.Microseconds > right.Microseconds;

    /// <summary>At or before.</summary>
    public static bool operator <=(Instant left, Instant right) => left.Microseconds <= right.Microseconds;

    /// <summary>At or after.</summary>
    public static bool operator >=(Instant left, Instant right) => left.Microseconds >= right.Microseconds;

    internal static long FloorDivide(long value, long divisor) =>
        value / divisor - (value % divisor < 0 ? 1 : 0);
}
