using System.IO.Compression;
using System.Text;
using Headcount.Core;
using Headcount.Streams;

namespace Headcount.Fuzz;

/// <summary>A way to give bytes to the readers, and what must hold for whatever comes of it.</summary>
/// <param name="Name">What it goes by; its folder in the corpus too.</param>
/// <param name="Try">Throws where something does not hold.</param>
internal sealed record FuzzTarget(string Name, Action<byte[]> Try)
{
    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new("json-element", TryElement),
        new("list-container", TryList),
        new("csv", TryCsv),
        new("register", TryRegister),
        new("timestamp", TryTimestamp),
        new("whole-reader", TryWhole),
    ];

    private static readonly ReadOptions London = new() { Zone = Zone.TryFind("Europe/London", out var zone) ? zone : Zone.Utc };

    public static FuzzTarget Find(string name) =>
        All.FirstOrDefault(target => target.Name == name) ?? throw new ArgumentException($"no target {name}; there are {string.Join(", ", All.Select(target => target.Name))}");

    // What the fast path takes, the general path takes alike.
    private static void TryElement(byte[] bytes)
    {
        foreach (var options in (ReadOptions[])[new ReadOptions(), London])
        {
            var general = Readings.General(bytes, options);
            if (Readings.Fast(bytes, options.Zone) is { } fast && fast != general) throw new InvalidOperationException($"fast: {fast}\ngeneral: {general}");
        }
    }

    private static void TryList(byte[] bytes)
    {
        // What is no list may be taken for another container by its first bytes.
        if (bytes is [(byte)'[', ..]) CheckCuts(bytes);
        CheckReading(bytes, London);
    }

    private static void TryCsv(byte[] bytes)
    {
        byte[] whole = [.. "ticket_id,gate,scan_type,timestamp,device_id,scan_id\n"u8, .. bytes];
        CheckCuts(whole);
        CheckReading(whole, new ReadOptions());
        CheckReading(bytes, new ReadOptions { Foreign = new ForeignLog { Alternate = true, Gate = "G" } });
        CheckReading(bytes, new ReadOptions { Foreign = new ForeignLog { Map = new Dictionary<string, string> { ["entered"] = "in", ["left"] = "out" }, Gate = "G" } });
    }

    private static void TryRegister(byte[] bytes)
    {
        try
        {
            var read = RegisterReader.ReadAsync("-", new ReadOptions { StandardInput = new MemoryStream(bytes) }).GetAwaiter().GetResult();
            foreach (var ticket in read.Register)
            {
                if (ticket.TicketId.Value.Length == 0 || read.Register.Find(ticket.TicketId) is null) throw new InvalidOperationException($"a ticket '{ticket.TicketId}' that is not there");
            }
        }
        catch (InputException)
        {
            // Said in words.
        }
    }

    // Text and bytes are read alike, and what was read is read again from how it is written.
    private static void TryTimestamp(byte[] bytes)
    {
        foreach (var options in (ReadOptions[])[new ReadOptions(), London])
        {
            var isTime = Timestamp.TryParse(bytes, options.Zone, out var instant);
            if (isTime && (instant < Instant.Min || instant > Instant.Max)) throw new InvalidOperationException($"{instant.Microseconds} is out of range");
            if (bytes.AsSpan().ContainsAny("\"\\"u8) || bytes.AsSpan().ContainsAnyInRange((byte)0, (byte)31) || bytes.AsSpan().ContainsAnyInRange((byte)128, (byte)255)) continue;
            byte[] scan = [.. "{\"ticket_id\":\"T\",\"gate\":\"A\",\"scan_type\":\"in\",\"timestamp\":\""u8, .. bytes, .. "\"}"u8];
            var general = Readings.General(scan, options);
            if (isTime ? !general.Contains($" {instant.Microseconds} ", StringComparison.Ordinal) : !general.StartsWith("malformed", StringComparison.Ordinal)) throw new InvalidOperationException($"{isTime} {instant.Microseconds}, but {general}");
            TryElement(scan);
        }
    }

    private static void TryWhole(byte[] bytes)
    {
        CheckReading(bytes, new ReadOptions());
        CheckReading(Gzip(bytes), London);
        CheckReading(bytes, new ReadOptions { Foreign = new ForeignLog { Anonymous = true, Entry = ["1", "in"], Exit = ["0"], TimeFormat = "yyyy-MM-dd HH:mm:ss" } });

        // Compressed bytes with the same damage: the reader is told, or the checks of the format are passed.
        var damaged = Gzip(bytes);
        for (var i = 0; i < damaged.Length; i += 7) damaged[i] ^= bytes.Length > i ? (byte)(bytes[i] & 0x11) : (byte)0;
        CheckReading(damaged, new ReadOptions());
    }

    // The same with and without the fast path, by one worker and by two; nothing but InputException; every element has its place.
    private static void CheckReading(byte[] bytes, ReadOptions options)
    {
        var expected = Readings.Whole(bytes, options with { GeneralPathOnly = true, Workers = 1 });
        var actual = Readings.Whole(bytes, options with { Workers = 2 });
        if (expected != actual) throw new InvalidOperationException($"general: {expected}\nfast: {actual}");
    }

    // However the bytes come, the elements are the same, in order, and no byte is lost.
    private static void CheckCuts(byte[] bytes)
    {
        var expected = Readings.Cuts(bytes, int.MaxValue);
        foreach (var slice in (int[])[1, 13])
        {
            if (bytes.Length > 3000 && slice == 1) continue;
            var actual = Readings.Cuts(bytes, slice);
            if (expected != actual) throw new InvalidOperationException($"whole:\n{expected}\nin slices of {slice}:\n{actual}");
        }
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
