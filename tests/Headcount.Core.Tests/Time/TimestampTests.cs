using System.Globalization;
using System.Text;
using Headcount.Core;

namespace Headcount.Core.Tests.Time;

/// <summary>Which texts are timestamps, and which instants they are.</summary>
public sealed class TimestampTests
{
    /// <summary>What gates send, and the instant in UTC.</summary>
    public static readonly TheoryData<string, string> Valid = new()
    {
        { "2025-09-30T11:30:00", "2025-09-30T11:30:00+00:00" },
        { "2025-09-30 11:30:00", "2025-09-30T11:30:00+00:00" },
        { "2025-09-30T11:30", "2025-09-30T11:30:00+00:00" },
        { "2025-09-30 11:30", "2025-09-30T11:30:00+00:00" },
        { "2025-09-30T11:30Z", "2025-09-30T11:30:00+00:00" },
        { "2025-09-30T11:30:00Z", "2025-09-30T11:30:00+00:00" },
        { "2025-09-30T11:30:00z", "2025-09-30T11:30:00+00:00" },
        { "2025-09-30T11:30:00+02:00", "2025-09-30T09:30:00+00:00" },
        { "2025-09-30T11:30:00+0200", "2025-09-30T09:30:00+00:00" },
        { "2025-09-30T11:30+0200", "2025-09-30T09:30:00+00:00" },
        { "2025-09-30T11:30:00-03:30", "2025-09-30T15:00:00+00:00" },
        { "2025-09-30T11:30:00+00:00", "2025-09-30T11:30:00+00:00" },
        { "2025-09-30T11:30:00-00:00", "2025-09-30T11:30:00+00:00" },
        { "2025-09-30T23:30:00-23:59", "2025-10-01T23:29:00+00:00" },
        { "2025-09-30T11:30:00.5", "2025-09-30T11:30:00.5+00:00" },
        { "2025-09-30T11:30:00.123456", "2025-09-30T11:30:00.123456+00:00" },
        { "2025-09-30T11:30:00.1234569999", "2025-09-30T11:30:00.123456+00:00" },
        { "2025-09-30T11:30:00.0000009", "2025-09-30T11:30:00+00:00" },
        { "2025-09-30T11:30:00.250+02:00", "2025-09-30T09:30:00.25+00:00" },
        { "2025-09-30T00:00:00", "2025-09-30T00:00:00+00:00" },
        { "2025-09-30T23:59:59.999999", "2025-09-30T23:59:59.999999+00:00" },
        { "2024-02-29T12:00:00", "2024-02-29T12:00:00+00:00" },
        { "1969-12-31T23:59:59.999999", "1969-12-31T23:59:59.999999+00:00" },
        { "0001-01-01T00:00:00", "0001-01-01T00:00:00+00:00" },
        { "9999-12-31T23:59:59.9999999", "9999-12-31T23:59:59.999999+00:00" },
    };

    private static readonly Gen<string> AnyValid = Gen.Int[0, Valid.Count - 1].Select(at => Valid.ElementAt(at).Data.Item1);

    /// <summary>What is set aside rather than guessed at, and why.</summary>
    public static readonly TheoryData<string, string> Invalid = new()
    {
        { "", "nothing" },
        { "2025-09-30", "no time" },
        { "11:30:00", "no date" },
        { "2025-09-30T11", "no minutes" },
        { "2025-09-30T11:30:00+02", "an offset of hours alone" },
        { "2025-09-30T11:30:00+2:00", "an offset of one digit" },
        { "2025-09-30T11:30:00+02:0", "an offset cut short" },
        { "2025-09-30T11:30:00+02:00:00", "an offset with seconds" },
        { "2025-09-30T11:30:00+24:00", "an offset of a day" },
        { "2025-09-30T11:30:00+02:60", "an offset of sixty minutes" },
        { "2025-09-30T11:30:00 +02:00", "a blank before the offset" },
        { "2025-09-30T11:30:00\u221202:00", "a typographic minus" },
        { "2025-09-30T11:30:00UTC", "a zone's name" },
        { "2025-09-30T11:30:00ZZ", "Z twice" },
        { "2025-09-30t11:30:00", "a small t" },
        { "2025-09-30_11:30:00", "another sign between date and time" },
        { "2025-09-30  11:30:00", "two blanks" },
        { "2025-09-30T11:30:00,5", "a comma before the fraction" },
        { "2025-09-30T11:30:00.", "a fraction without digits" },
        { "2025-09-30T11:30:00.Z", "a fraction without digits" },
        { "2025-09-30T11:30.5", "a fraction of a minute" },
        { "2025-09-30T11:30:", "seconds without digits" },
        { "2025-09-30T11:30:5", "seconds of one digit" },
        { "2025-09-30T24:00:00", "an hour of 24" },
        { "2025-09-30T11:60:00", "a minute of 60" },
        { "2025-09-30T23:59:60", "a second of 60" },
        { "2025-09-30T23:59:60Z", "a second of 60" },
        { "2025-00-30T11:30:00", "month 0" },
        { "2025-13-30T11:30:00", "month 13" },
        { "2025-09-00T11:30:00", "day 0" },
        { "2025-09-31T11:30:00", "31 September" },
        { "2025-02-29T11:30:00", "29 February in a common year" },
        { "1900-02-29T11:30:00", "29 February in 1900" },
        { "0000-01-01T00:00:00", "year 0" },
        { "0001-01-01T00:00:00+00:01", "before year 1 in UTC" },
        { "9999-12-31T23:59:59-00:01", "after year 9999 in UTC" },
        { "+2025-09-30T11:30:00", "a signed year" },
        { "12025-09-30T11:30:00", "a year of five digits" },
        { "25-09-30T11:30:00", "a year of two digits" },
        { "20250930T113000", "the basic format" },
        { "2025-W40-2T11:30:00", "a week date" },
        { "2025/09/30T11:30:00", "slashes" },
        { "30-09-2025T11:30:00", "the day first" },
        { " 2025-09-30T11:30:00", "a blank before" },
        { "2025-09-30T11:30:00 ", "a blank after" },
        { "2025-09-30T11:30:00\n", "a line feed after" },
        { "2025-09-30T11:30:0\u0660", "a digit of another script" },
        { "1759231800", "seconds since 1970" },
    };

    [Theory, MemberData(nameof(Valid))]
    public void a_timestamp_is_an_instant(string text, string instant)
    {
        Assert.True(Timestamp.TryParse(text, Zone.Utc, out var parsed), text);
        Assert.Equal(instant, parsed.ToString());
    }

    [Theory, MemberData(nameof(Invalid))]
    public void anything_else_is_not_a_timestamp(string text, string why)
    {
        Assert.False(Timestamp.TryParse(text, Zone.Utc, out _), why);
        Assert.False(Timestamp.TryParse(Encoding.UTF8.GetBytes(text), Zone.Utc, out _), why);
    }

    [Theory]
    [InlineData("2025-09-30T11:30:00", "2025-09-30T09:30:00+00:00")]
    [InlineData("2025-09-30T11:30:00Z", "2025-09-30T11:30:00+00:00")]
    [InlineData("2025-09-30T11:30:00-01:00", "2025-09-30T12:30:00+00:00")]
    public void only_a_timestamp_without_an_offset_is_in_the_streams_zone(string text, string instant)
    {
        Assert.True(Zone.TryFind("+02:00", out var zone));
        Assert.True(Timestamp.TryParse(text, zone, out var parsed));
        Assert.Equal(instant, parsed.ToString());
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00", "+02:00")]
    [InlineData("9999-12-31T23:59:59", "-02:00")]
    public void a_local_time_beyond_the_calendar_is_refused(string text, string zoneId)
    {
        Assert.True(Zone.TryFind(zoneId, out var zone));
        Assert.False(Timestamp.TryParse(text, zone, out _));
    }

    [Fact]
    public void text_of_any_length_is_answered()
    {
        Assert.False(Timestamp.TryParse(new string('1', 1_000_000), Zone.Utc, out _));
        Assert.False(Timestamp.TryParse("2025-09-30T11:30:00+" + new string('0', 1_000_000), Zone.Utc, out _));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(240)]
    [InlineData(5_000)]
    public void digits_beyond_the_microsecond_are_cut_off_however_many(int digits)
    {
        var text = "2025-09-30T11:30:00.123456" + new string('9', digits - 6) + "Z";
        Assert.True(Timestamp.TryParse(text, Zone.Utc, out var parsed));
        Assert.Equal("2025-09-30T11:30:00.123456+00:00", parsed.ToString());
    }

    [Fact]
    public void what_an_instant_prints_is_read_back() =>
        Instants.Any.Sample(instant => Timestamp.TryParse(instant.ToString(), Zone.Utc, out var back) && back == instant);

    [Fact]
    public void no_bytes_make_it_throw() =>
        Gen.Byte.Array[0, 40].Sample(bytes => { Timestamp.TryParse(bytes, Zone.Utc, out _); });

    [Fact]
    public void a_timestamp_with_one_byte_changed_is_read_as_the_calendar_says() =>
        Gen.Select(AnyValid, Gen.Int[0, 40], Gen.Char[' ', '~']).Sample((text, at, with) =>
        {
            var changed = text[..(at % text.Length)] + with + text[(at % text.Length + 1)..];
            if (!Timestamp.TryParse(changed, Zone.Utc, out var parsed)) return true;
            // .NET is more lenient, and rounds what we cut off; but where both read it they must agree.
            return !DateTimeOffset.TryParse(changed, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expected)
                || (Instant.FromDateTimeOffset(expected) - parsed).Duration() <= TimeSpan.FromMicroseconds(1);
        });
}
