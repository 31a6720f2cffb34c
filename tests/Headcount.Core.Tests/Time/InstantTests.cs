using Headcount.Core;

namespace Headcount.Core.Tests.Time;

public sealed class InstantTests
{
    [Theory]
    [InlineData(0L, "1970-01-01T00:00:00+00:00")]
    [InlineData(1L, "1970-01-01T00:00:00.000001+00:00")]
    [InlineData(-1L, "1969-12-31T23:59:59.999999+00:00")]
    [InlineData(100_000L, "1970-01-01T00:00:00.1+00:00")]
    [InlineData(1_759_231_800_000_000L, "2025-09-30T11:30:00+00:00")]
    public void an_instant_counts_microseconds_from_1970(long microseconds, string text) =>
        Assert.Equal(text, new Instant(microseconds).ToString());

    [Fact]
    public void the_first_and_the_last_instant_are_those_of_the_calendar()
    {
        Assert.Equal("0001-01-01T00:00:00+00:00", Instant.Min.ToString());
        Assert.Equal("9999-12-31T23:59:59.999999+00:00", Instant.Max.ToString());
    }

    [Fact]
    public void what_is_finer_than_a_microsecond_is_cut_off_before_1970_too()
    {
        var time = new DateTimeOffset(1969, 12, 31, 23, 59, 59, TimeSpan.Zero).AddTicks(19);
        Assert.Equal("1969-12-31T23:59:59.000001+00:00", Instant.FromDateTimeOffset(time).ToString());
        Assert.Equal(new Instant(-1), new Instant(0) + TimeSpan.FromTicks(-1));
    }

    [Fact]
    public void a_net_time_and_back_is_the_same_instant() =>
        Instants.Any.Sample(instant => Instant.FromDateTimeOffset(instant.ToDateTimeOffset()) == instant);

    [Fact]
    public void the_offset_of_a_net_time_does_not_matter()
    {
        var utc = new DateTimeOffset(2025, 9, 30, 9, 30, 0, TimeSpan.Zero);
        Assert.Equal(Instant.FromDateTimeOffset(utc), Instant.FromDateTimeOffset(utc.ToOffset(TimeSpan.FromHours(2))));
    }

    [Fact]
    public void differences_and_order_agree() =>
        Gen.Select(Instants.Recorded, Instants.Recorded).Sample((first, second) =>
            second + (first - second) == first
            && Math.Sign(first.CompareTo(second)) == (first - second).CompareTo(TimeSpan.Zero)
            && (first < second) == (second > first)
            && (first <= second) == !(first > second)
            && (first >= second) == !(first < second));

    [Fact]
    public void an_instant_outside_the_calendar_is_no_net_time() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Instant(Instant.Max.Microseconds + 1).ToDateTimeOffset());
}
