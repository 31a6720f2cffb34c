using System.Globalization;
using System.Text;
using Headcount.Core;
using Headcount.Streams;

namespace Headcount.Fuzz;

/// <summary>What the readers make of bytes, in words.</summary>
internal static class Readings
{
    public static unsafe string? Fast(byte[] bytes, Zone zone)
    {
        var parser = new FastScanParser(zone);
        var buffer = new byte[bytes.Length + FastScanParser.Slack];
        bytes.CopyTo(buffer, 0);
        buffer[bytes.Length] = (byte)'\n';
        fixed (byte* start = buffer)
        {
            var element = default(ScanElement);
            return parser.Read(start, start + bytes.Length, ref element) == start + bytes.Length ? Words(in element) : null;
        }
    }

    public static string General(byte[] bytes, ReadOptions options)
    {
        var element = default(ScanElement);
        new JsonScanParser(new ElementReading(options)).Read(bytes, ref element);
        return Words(in element);
    }

    /// <summary>A whole reading, or what an <see cref="InputException"/> said.</summary>
    public static string Whole(byte[] bytes, ReadOptions options)
    {
        var reader = new ScanReader(options with { StandardInput = new MemoryStream(bytes), ShownSetAside = int.MaxValue });
        ScanLedger ledger;
        try
        {
            ledger = reader.ReadAsync(["-"]).GetAwaiter().GetResult();
        }
        catch (InputException e)
        {
            return e.Message;
        }

        var intake = ledger.Intake;
        if (intake.Malformed != reader.SetAsideCount) throw new InvalidOperationException($"{intake.Malformed} malformed, {reader.SetAsideCount} set aside");
        var words = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{intake}\n");
        var before = 0L;
        foreach (var (position, scan) in ledger.InArrivalOrder())
        {
            if (position < before) throw new InvalidOperationException($"position {position} after {before}");
            before = position;
            words.Append(CultureInfo.InvariantCulture, $"{position} {scan.TicketId} {scan.Gate} {scan.Type} {scan.Timestamp.Microseconds} {scan.DeviceId} {scan.Outcome} {scan.Seq}\n");
        }

        _ = ledger.Occupancy();
        if (ledger.Mode != LedgerMode.Anonymous) _ = ledger.Anomalies();
        return words.AppendJoin('\n', reader.SetAside).ToString();
    }

    /// <summary>The elements that bytes are cut into when they come in slices.</summary>
    public static string Cuts(byte[] bytes, int slice)
    {
        var words = new StringBuilder();
        var cut = 0;
        var feed = new BlockFeed(new ReadOptions { StandardInput = new Slices(bytes, slice), Follow = true }, new ExpectedColumns(field => field, ["ticket_id"]));
        try
        {
            foreach (var block in feed.Read(["-"], CancellationToken.None)) Take(block);
        }
        catch (InputException e)
        {
            return e.Message;
        }

        if (cut != bytes.Length) throw new InvalidOperationException($"{cut} of {bytes.Length} bytes were given away");
        return words.ToString();

        void Take(Block block)
        {
            var end = 0;
            foreach (var range in block.Ranges ?? Lines(block.Bytes))
            {
                if (range.Start < end || range.Start + range.Length > block.Length) throw new InvalidOperationException("elements overlap");
                end = range.Start + range.Length;
                words.Append(CultureInfo.InvariantCulture, $"{cut + range.Start} {range.Length} {range.Broken}\n");
            }

            cut += block.Length;
            feed.Return(block);
        }
    }

    private static List<ElementRange> Lines(ReadOnlySpan<byte> bytes)
    {
        var ranges = new List<ElementRange>();
        foreach (var line in bytes.Split((byte)'\n'))
        {
            var (start, length) = line.GetOffsetAndLength(bytes.Length);
            if (length > 0 && bytes[start + length - 1] == '\r') length--;
            if (!Blanks.IsBlank(bytes.Slice(start, length))) ranges.Add(new ElementRange(start, length));
        }

        return ranges;
    }

    private static string Words(scoped in ScanElement element) => element.Kind switch
    {
        ElementKind.Malformed => $"malformed: {element.Reason}",
        ElementKind.Annulment => $"annulment {element.Annuls}",
        ElementKind.Closing => $"closing {element.Instant} ",
        _ => $"{element.Kind} {Text(element.Ticket)} {Text(element.Gate)} {Text(element.Device)} {Text(element.ScanId)} {element.Flags} {element.Instant} {element.Seq}",
    };

    private static string Text(ReadOnlySpan<byte> text) => Convert.ToHexString(text);

    /// <summary>Bytes that come in slices.</summary>
    private sealed class Slices(byte[] bytes, int slice) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, slice)]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
    }
}
