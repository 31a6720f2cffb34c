using System.Text;
using Headcount.Streams;

namespace Headcount.Core.Tests.Streaming;

/// <summary>The fast path and the general path say the same of every input; so do one worker and many, one read and many.</summary>
public sealed class PathAgreementTests
{
    private static readonly ReadOptions[] Zones = [new(), new() { Zone = London() }];

    [Fact]
    public void what_the_fast_path_takes_the_general_path_takes_alike() =>
        Gen.Select(GeneratedScans.Mutated(GeneratedScans.Element), Gen.Bool).Sample((bytes, london) =>
        {
            var options = Zones[london ? 1 : 0];
            if (FastWords(bytes, options.Zone) is { } fast) Assert.Equal(GeneralWords(bytes, options), fast);
        }, iter: 40_000);

    [Fact]
    public void what_is_written_like_the_scan_before_it_is_read_like_any_other() =>
        (from scan in GeneratedScans.Element
         from next in GeneratedScans.Mutated(Gen.Const(scan))
         select (scan, next)).Sample((scan, next) =>
        {
            if (FastWords(next, Zone.Utc, before: Encoding.UTF8.GetBytes(scan)) is { } fast) Assert.Equal(GeneralWords(next, new ReadOptions()), fast);
            Assert.Equal(FastWords(next, Zone.Utc), FastWords(next, Zone.Utc, before: Encoding.UTF8.GetBytes(scan)));
        }, iter: 40_000);

    [Fact]
    public void an_object_that_is_taken_for_flat_ends_where_the_skimmer_says() =>
        Gen.Select(GeneratedScans.Mutated(GeneratedScans.Element), GeneratedScans.Mutated(GeneratedScans.Element), Given.AnyOf("", ",", "]", "\n")).Sample((one, other, between) =>
        {
            byte[] bytes = [.. one, .. Encoding.UTF8.GetBytes(between), .. other];
            byte[] buffer = [.. bytes, .. new byte[FastScanParser.Slack]];
            var flat = FlatObject.Length(buffer.AsSpan(0, bytes.Length));
            if (flat < 0) return;
            var skimmer = new ValueSkimmer();
            skimmer.Reset();
            Assert.Equal((flat, false), (skimmer.Feed(bytes), skimmer.IsBroken));
        }, iter: 40_000);

    [Fact]
    public void the_fast_path_takes_most_of_what_gates_write()
    {
        var taken = 0;
        GeneratedScans.WellFormed.Sample(scan =>
        {
            if (FastWords(Encoding.UTF8.GetBytes(scan), Zone.Utc) is not null) Interlocked.Increment(ref taken);
        }, iter: 1000);
        Assert.Equal(1000, taken);
    }

    [Fact]
    public void with_or_without_the_fast_path_every_input_is_read_alike() =>
        Gen.Select(GeneratedScans.Mutated(GeneratedScans.Element).Array[0, 12], Given.AnyOf("\n", "\r\n", "\n\n", ",\n", ","), Gen.Int[1, 40], Gen.Bool).Sample((elements, separator, slice, london) =>
        {
            var options = Zones[london ? 1 : 0];
            var bytes = Join(elements, separator);
            if (separator[0] == ',') bytes = [(byte)'[', .. bytes, (byte)']'];
            var expected = Words(bytes, options with { GeneralPathOnly = true });
            Assert.Equal(expected, Words(bytes, options));
            Assert.Equal(expected, Words(bytes, options, slice));
        }, iter: 3000);

    [Fact]
    public void shuffled_scans_at_different_instants_give_the_same_answers() =>
        (from scans in GeneratedScans.WellFormed.Array[0, 60]
         let distinct = scans.DistinctBy(Instant).ToArray()
         from shuffled in Gen.Shuffle(distinct)
         select (distinct, shuffled)).Sample((distinct, shuffled) => Assert.Equal(Answers(distinct), Answers(shuffled)), iter: 500);

    [Fact]
    public void scans_that_come_again_change_nothing_but_repeated() =>
        Gen.Select(GeneratedScans.WellFormed.Array[1, 60], Gen.Int[0, 59].Array[0, 30]).Sample((scans, again) =>
        {
            var once = scans.Distinct().ToArray();
            var more = once.Concat(again.Select(i => once[i % once.Length])).ToArray();
            Assert.Equal(Answers(once), Answers(more));
            Assert.Equal(new Intake(once.Length, again.Length, 0, 0), Read(Join(more), new ReadOptions()).Intake);
        }, iter: 500);

    private static string Instant(string scan) => scan.Split("\"timestamp\":")[1][..22];

    private static string Answers(string[] scans)
    {
        var ledger = Read(Join(scans), new ReadOptions()).Ledger;
        var report = ledger.Occupancy();
        var anomalies = ledger.Anomalies().Anomalies.Select(one => $"{one.Kind} {one.TicketId} {one.Timestamp} {one.Gate} {one.Elapsed}");
        return $"{report.Occupancy} {report.Entries} {report.Exits} {report.FirstEntries} {string.Join(',', report.ByGate)} {string.Join(',', report.Flow)} "
            + $"{ledger.Timeline(TimeSpan.FromMinutes(10), Zone.Utc).Peak} {string.Join(';', anomalies)}";
    }

    private static byte[] Join(string[] scans) => Encoding.UTF8.GetBytes(string.Join('\n', scans));

    private static byte[] Join(byte[][] elements, string separator)
    {
        using var all = new MemoryStream();
        for (var i = 0; i < elements.Length; i++)
        {
            if (i > 0) all.Write(Encoding.UTF8.GetBytes(separator));
            all.Write(elements[i]);
        }

        return all.ToArray();
    }

    private static Read Read(byte[] bytes, ReadOptions options, int slice = int.MaxValue) => Given.ReadAsync(bytes, options, slice).GetAwaiter().GetResult();

    private static string Words(byte[] bytes, ReadOptions options, int slice = int.MaxValue)
    {
        try
        {
            return Read(bytes, options, slice).AllWords();
        }
        catch (InputException e)
        {
            return e.Message;
        }
    }

    internal static string? FastWords(byte[] bytes, Zone zone, byte[]? before = null)
    {
        var parser = new FastScanParser(zone);
        if (before is not null) FastWords(parser, before);
        return FastWords(parser, bytes);
    }

    private static unsafe string? FastWords(FastScanParser parser, byte[] bytes)
    {
        var buffer = new byte[bytes.Length + FastScanParser.Slack];
        bytes.CopyTo(buffer, 0);
        buffer[bytes.Length] = (byte)'\n';
        fixed (byte* start = buffer)
        {
            var element = default(ScanElement);
            var end = start + bytes.Length;
            return parser.Read(start, end, ref element) == end ? ElementWords(in element) : null;
        }
    }

    internal static string GeneralWords(byte[] bytes, ReadOptions options)
    {
        var element = default(ScanElement);
        new JsonScanParser(new ElementReading(options)).Read(bytes, ref element);
        return ElementWords(in element);
    }

    private static string ElementWords(scoped in ScanElement element) => element.Kind == ElementKind.Malformed
        ? $"malformed: {element.Reason}"
        : $"{element.Kind} {Text(element.Ticket)} {Text(element.Gate)} {Text(element.Device)} {Text(element.ScanId)} {element.Flags} {element.Instant} {element.Seq}";

    private static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);

    private static Zone London() => Zone.TryFind("Europe/London", out var zone) ? zone : throw new InvalidOperationException("No zone data.");
}
