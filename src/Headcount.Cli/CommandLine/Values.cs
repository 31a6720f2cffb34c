using System.CommandLine;
using System.Globalization;
using Headcount.Core;

namespace Headcount.Cli.CommandLine;

/// <summary>The values of a command line as what they mean: each is checked here, and what is wrong says what would be right.</summary>
internal sealed class Values(ParseResult parse)
{
    private Zone? _zone;

    /// <summary>The zone of times that carry no offset.</summary>
    public Zone Zone => _zone ??= FindZone();

    public string? Text(Option<string?> option) => parse.GetValue(option);

    public bool Flag(Option<bool> option) => parse.GetValue(option);

    public string[] Inputs(Argument<string[]> argument) => parse.GetValue(argument) ?? [];

    public bool IsGiven(Option option) => parse.GetResult(option) is { Implicit: false };

    /// <summary>A path, which cannot be empty.</summary>
    public string? Path(Option<string?> option) =>
        Text(option) is { Length: 0 } ? throw new UsageException($"{option.Name} names no file.") : Text(option);

    /// <summary>Parts between commas; an option given several times adds up.</summary>
    public IReadOnlyList<string>? List(Option<string[]> option) =>
        IsGiven(option) ? [.. (parse.GetValue(option) ?? []).SelectMany(list => list.Split(',')).Where(part => part.Length > 0)] : null;

    public Instant? Time(Option<string?> option)
    {
        if (Text(option) is not { } text) return null;
        return Timestamp.TryParse(text, Zone, out var instant)
            ? instant
            : throw new UsageException($"{option.Name} '{text}' is not a time. Write for example {option.Name} 2025-09-30T11:30 (in the zone of --zone) or {option.Name} 2025-09-30T11:30:00+02:00.");
    }

    public long? Count(Option<string?> option, long least = 0)
    {
        if (Text(option) is not { } text) return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) && count >= least
            ? count
            : throw new UsageException($"{option.Name} '{text}' is not a whole number of {least} or more.");
    }

    public TimeSpan? Minutes(Option<string?> option)
    {
        if (Text(option) is not { } text) return null;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes) && minutes <= MostMinutes
            ? new TimeSpan((long)(minutes * TimeSpan.TicksPerMinute))
            : throw new UsageException($"{option.Name} '{text}' is not a number of minutes, 0 or more (fractions are allowed: 2.5).");
    }

    /// <summary>A length of time: <c>30s</c>, <c>15m</c>, <c>1h30m</c>, <c>1d</c> or <c>PT15M</c>.</summary>
    public TimeSpan? Length(Option<string?> option)
    {
        if (Text(option) is not { } text) return null;
        return TimeLength.TryParse(text, out var length)
            ? length
            : throw new UsageException($"{option.Name} '{text}' is not a length of time. Write 30s, 15m, 1h, 1d or PT15M; more than nothing and at most 1000 days.");
    }

    private const decimal MostMinutes = 1_000_000_000;

    private Zone FindZone()
    {
        if (Text(InputOptions.Zone) is not { } id) return Zone.Utc;
        return Zone.TryFind(id, out var zone)
            ? zone
            : throw new UsageException($"--zone '{id}' is not a time zone. Write an IANA name such as Europe/London, UTC, or an offset such as +02:00.");
    }
}
