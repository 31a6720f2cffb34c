using System.CommandLine;
using Headcount.Streams;

namespace Headcount.Cli.CommandLine;

/// <summary>The options that every reading command takes.</summary>
internal static class InputOptions
{
    public static readonly Argument<string[]> Inputs = new("inputs")
    {
        HelpName = "INPUT…",
        Description = "Files, - (standard input, the default), or http(s) addresses, read as one stream in this order. NDJSON, JSON or CSV, plain or compressed with gzip, Brotli or Zstandard: recognised by content.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static readonly Option<string?> Zone = new("--zone") { HelpName = "ZONE", Description = "The zone of times without an offset, and of the answer: Europe/London, UTC, +02:00 (default: UTC)." };
    public static readonly Option<string?> Token = new("--token") { HelpName = "TOKEN", Description = "The bearer token for addresses (default: HEADCOUNT_TOKEN of the environment)." };
    public static readonly Option<bool> Follow = new("--follow") { Description = "The input does not end: the figures are refreshed as it grows, until Ctrl-C." };
    public static readonly Option<bool> Strict = new("--strict") { Description = "Stop at the first malformed element, with exit status 1." };
    public static readonly Option<string?> Rejects = new("--rejects") { HelpName = "FILE", Description = "Write malformed elements, whole, to this file." };
    public static readonly Option<bool> Json = new("--json") { Description = "Print one JSON document, and nothing else, on standard output." };

    public static readonly Option<string[]> Map = new("--map") { HelpName = "FIELD=COLUMN,…", Description = "Which columns (or JSON fields) hold ticket_id, gate, scan_type, timestamp, device_id, scan_id; or entered and left, where a row holds both times." };
    public static readonly Option<string[]> Entry = new("--entry") { HelpName = "VALUE,…", Description = "The values of the type column that mean an entry; rows with other values are skipped. With --alternate: the rows that are taken." };
    public static readonly Option<string[]> Exit = new("--exit") { HelpName = "VALUE,…", Description = "The values of the type column that mean an exit." };
    public static readonly Option<string?> Gate = new("--gate") { HelpName = "NAME", Description = "The gate, where the log has no column for it." };
    public static readonly Option<bool> Alternate = new("--alternate") { Description = "There is no direction: a ticket's scans go in, out, in, …" };
    public static readonly Option<bool> Anonymous = new("--anonymous") { Description = "There are no tickets: every row is a body. For occupancy, timeline and replay." };
    public static readonly Option<string?> TimeFormat = new("--time-format") { HelpName = "FORMAT", Description = "The .NET custom format of times that are not ISO 8601: d/M/yyyy H:mm" };

    public static readonly Option[] Reading = [Zone, Token, Follow, Strict, Rejects, Json];

    /// <summary>What a command takes that plays a finished input and prints no document.</summary>
    public static readonly Option[] ReadingToPlay = [Zone, Token, Strict, Rejects];

    public static readonly Option[] ForeignLogs = [Map, Entry, Exit, Gate, Alternate, Anonymous, TimeFormat];

    /// <summary>How the input is to be read, as far as the options say.</summary>
    public static ReadOptions Read(Values values, TimeProvider time, bool canFollow) => new()
    {
        Zone = values.Zone,
        Token = values.Text(Token) ?? Environment.GetEnvironmentVariable("HEADCOUNT_TOKEN"),
        Follow = canFollow && values.Flag(Follow),
        Strict = values.Flag(Strict),
        RejectsPath = values.Path(Rejects),
        Foreign = ReadForeign(values),
        Time = time,
    };

    private static ForeignLog? ReadForeign(Values values)
    {
        if (!ForeignLogs.Any(values.IsGiven)) return null;
        IReadOnlyDictionary<string, string> map = new Dictionary<string, string>();
        if (values.IsGiven(Map) && !ForeignLog.TryParseMap(string.Join(',', values.List(Map)!), out map, out var error))
            throw new UsageException($"--map: {error}. For example --map ticket_id=ID,timestamp=Datetime,scan_type=Type.");

        var foreign = new ForeignLog
        {
            Map = map,
            Entry = values.List(Entry) ?? [],
            Exit = values.List(Exit) ?? [],
            Gate = values.Text(Gate),
            Alternate = values.Flag(Alternate),
            Anonymous = values.Flag(Anonymous),
            TimeFormat = values.Text(TimeFormat),
        };
        Check(foreign);
        return foreign;
    }

    private static void Check(ForeignLog foreign)
    {
        if (foreign.Alternate && foreign.Anonymous)
            throw new UsageException("--alternate goes by tickets, and with --anonymous there are none: give one of them.");
        if (foreign.Alternate && foreign.Exit.Count > 0)
            throw new UsageException("--exit names a direction, and with --alternate there is none: give one or the other. (--entry with --alternate names the rows that are taken.)");
        if (foreign.BothTimesInOneRow && (foreign.Alternate || foreign.Entry.Count > 0 || foreign.Exit.Count > 0))
            throw new UsageException("A row that holds both times (entered, left) needs no direction: leave out --entry, --exit and --alternate.");
        if (foreign.Entry.Intersect(foreign.Exit, StringComparer.Ordinal).FirstOrDefault() is { } both)
            throw new UsageException($"'{both}' is among both --entry and --exit: a value means one direction.");
        if (foreign.Gate is { Length: 0 or > 64 })
            throw new UsageException("--gate is the name of a gate, of 1 to 64 characters.");
        if (foreign.Gate is not null && foreign.Map.ContainsKey("gate"))
            throw new UsageException("--gate names the one gate of a log without a gate column, and --map names such a column: give one or the other.");
        if (foreign.TimeFormat is not null && !IsTimeFormat(foreign.TimeFormat))
            throw new UsageException($"--time-format '{foreign.TimeFormat}' is not a .NET custom format. For example d/M/yyyy H:mm or yyyyMMddHHmmss.");
    }

    private static bool IsTimeFormat(string format)
    {
        try
        {
            return format.Length > 1 && DateTime.UnixEpoch.ToString(format, System.Globalization.CultureInfo.InvariantCulture).Length > 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
