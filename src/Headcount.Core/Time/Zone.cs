using System.Text;

namespace Headcount.Core;

/// <summary>A time zone in which a venue reads and writes its clock: it turns local times into instants, and back.</summary>
/// <remarks>
/// Immutable and safe on any thread. Only the mapping from an instant to its offset is asked of the system's zone data; the way
/// back is decided here, so that skipped and repeated local times come out alike on every machine.
/// </remarks>
public sealed class Zone
{
    private const long MicrosecondsPerMinute = 60_000_000;
    private const long MicrosecondsPerDay = 86_400_000_000;

    private readonly TimeZoneInfo? _info;
    private readonly long _fixedOffset;

    /// <summary>Coordinated Universal Time, the default of every stream.</summary>
    public static readonly Zone Utc = new("UTC", null, 0);

    private Zone(string id, TimeZoneInfo? info, long fixedOffset)
    {
        Id = id;
        _info = info;
        _fixedOffset = fixedOffset;
    }

    /// <summary>The name it was found by: an IANA name such as <c>Europe/London</c>, <c>UTC</c>, or an offset such as <c>+02:00</c>.</summary>
    public string Id { get; }

    /// <summary>Whether the offset is the same at every instant.</summary>
    public bool IsFixed => _info is null;

    /// <summary>Finds a zone by IANA name, <c>UTC</c>, <c>Z</c>, or a fixed offset (<c>+02:00</c>, <c>-0330</c>).</summary>
    /// <returns>False where there is no such zone, or this machine has no data on it.</returns>
    public static bool TryFind(string id, out Zone zone)
    {
        ArgumentNullException.ThrowIfNull(id);
        zone = Utc;
        if (id is "UTC" or "Z" or "z" or "Etc/UTC" or "Etc/GMT" or "GMT") return true;
        if (id.Length > 0 && id[0] is '+' or '-')
        {
            var parsed = Timestamp.TryParseOffset(Encoding.UTF8.GetBytes(id), out var offset);
            if (parsed) zone = new Zone(id, null, offset);
            return parsed;
        }

        // Never the machine's own zone, by whatever name.
        if (id.Length is 0 or > 64 || id.Equals("local", StringComparison.OrdinalIgnoreCase)) return false;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(id, out var info)) return false;
        zone = new Zone(id, info, 0);
        return true;
    }

    /// <summary>The offset from UTC in force at an instant, to the minute.</summary>
    public TimeSpan OffsetAt(Instant instant) => TimeSpan.FromMicroseconds(OffsetMicroseconds(instant.Microseconds));

    /// <summary>The instant of a local time, given as microseconds since 1970-01-01T00:00:00 on the zone's own clock.</summary>
    /// <remarks>A local time that a change of the clocks skips is moved forward by the size of the gap; one that occurs twice is the earlier instant.</remarks>
    public Instant FromLocal(long localMicroseconds)
    {
        if (_info is null) return new Instant(localMicroseconds - _fixedOffset);

        // The offsets a day and a bit to either side; zones change at most once in between.
        const long window = MicrosecondsPerDay + MicrosecondsPerDay / 4;
        var before = OffsetMicroseconds(localMicroseconds - window);
        var after = OffsetMicroseconds(localMicroseconds + window);
        if (before == after) return new Instant(localMicroseconds - before);

        var byBefore = localMicroseconds - before;
        var byAfter = localMicroseconds - after;
        var beforeHolds = OffsetMicroseconds(byBefore) == before;
        var afterHolds = OffsetMicroseconds(byAfter) == after;
        if (beforeHolds && afterHolds) return new Instant(Math.Min(byBefore, byAfter));
        return new Instant(afterHolds && !beforeHolds ? byAfter : byBefore);
    }

    /// <summary>The zone's own clock at an instant, as microseconds since 1970-01-01T00:00:00 on that clock.</summary>
    public long ToLocal(Instant instant) => instant.Microseconds + OffsetMicroseconds(instant.Microseconds);

    /// <summary>The first instant of the local day that an instant falls in.</summary>
    public Instant StartOfDay(Instant instant)
    {
        var local = ToLocal(instant);
        var time = local % MicrosecondsPerDay;
        if (time < 0) time += MicrosecondsPerDay;
        return FromLocal(local - time);
    }

    /// <summary>ISO 8601 on the zone's clock with its offset, <c>2025-09-30T11:30:00+02:00</c>; a fraction only where there is one.</summary>
    public string Format(Instant instant)
    {
        // Every line of a long answer has one or two of these: digits by hand, an eighth of the time of a format string.
        var offset = OffsetMicroseconds(instant.Microseconds);
        var local = ClampedDateTime(instant.Microseconds + offset);
        Span<char> text = stackalloc char[32];
        Put(text, 0, local.Year, 4);
        Put(text, 5, local.Month, 2);
        Put(text, 8, local.Day, 2);
        Put(text, 11, local.Hour, 2);
        Put(text, 14, local.Minute, 2);
        Put(text, 17, local.Second, 2);
        (text[4], text[7], text[10], text[13], text[16]) = ('-', '-', 'T', ':', ':');
        var length = 19;
        var fraction = (int)(local.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        if (fraction > 0)
        {
            text[length] = '.';
            Put(text, length + 1, fraction, 6);
            length = text[..26].TrimEnd('0').Length;
        }

        var minutes = (int)(Math.Abs(offset) / MicrosecondsPerMinute);
        text[length] = offset < 0 ? '-' : '+';
        Put(text, length + 1, minutes / 60, 2);
        text[length + 3] = ':';
        Put(text, length + 4, minutes % 60, 2);
        return new string(text[..(length + 6)]);
    }

    private static void Put(Span<char> text, int at, int number, int digits)
    {
        for (var i = at + digits - 1; i >= at; i--)
        {
            text[i] = (char)('0' + number % 10);
            number /= 10;
        }
    }

    /// <summary>The zone's clock at an instant, as a .NET time with the zone's offset: for showing it to people.</summary>
    public DateTimeOffset ToDateTimeOffset(Instant instant)
    {
        var offset = OffsetMicroseconds(instant.Microseconds);
        return new DateTimeOffset(DateTime.SpecifyKind(ClampedDateTime(instant.Microseconds + offset), DateTimeKind.Unspecified), TimeSpan.FromMicroseconds(offset));
    }

    internal long OffsetMicroseconds(long utcMicroseconds) =>
        _info is null
            ? _fixedOffset
            : _info.GetUtcOffset(DateTime.SpecifyKind(ClampedDateTime(utcMicroseconds), DateTimeKind.Utc)).Ticks / TimeSpan.TicksPerMicrosecond;

    private static DateTime ClampedDateTime(long microseconds) =>
        DateTime.UnixEpoch.AddTicks(Math.Clamp(microseconds, Instant.Min.Microseconds, Instant.Max.Microseconds) * TimeSpan.TicksPerMicrosecond);
}
