using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Headcount.Core;
using Headcount.Simulation;
using Headcount.Streams;

namespace Headcount.Benchmarks.Micro;

/// <summary>One line of NDJSON: the path for the usual shape, the path for any shape, and mere tokens as a mark.</summary>
[MemoryDiagnoser]
public unsafe class Parsing
{
    private readonly FastScanParser _fast = new(Zone.Utc);
    private readonly JsonScanParser _general = new(new ElementReading(new ReadOptions()));
    private byte[] _lines = [];
    private int _length;

    /// <summary>What the lines hold.</summary>
    [Params("brief", "with ids", "with ids, spaced")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var lines = Lines.Write(new ScanFormat(Brief: Shape == "brief", LocalTimes: Shape == "brief"));
        if (Shape == "with ids, spaced") lines = Lines.Spaced(lines);
        _length = lines.Length;
        _lines = [.. lines, .. new byte[FastScanParser.Slack]];
    }

    [Benchmark(OperationsPerInvoke = Lines.Scans)]
    public long FastPath()
    {
        var sum = 0L;
        var element = default(ScanElement);
        fixed (byte* start = _lines)
        {
            var end = start + _length;
            for (var at = start; at < end; at++)
            {
                at = _fast.Read(at, end, ref element);
                if (at is null) throw new InvalidOperationException("The fast path did not take a line.");
                sum += element.Instant;
            }
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Lines.Scans)]
    public long GeneralPath()
    {
        var sum = 0L;
        var element = default(ScanElement);
        for (var rest = _lines.AsSpan(0, _length); rest.IndexOf((byte)'\n') is >= 0 and var end; rest = rest[(end + 1)..])
        {
            _general.Read(rest[..end], ref element);
            sum += element.Instant;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Lines.Scans, Baseline = true)]
    public int TokensOnly()
    {
        var tokens = 0;
        for (var rest = _lines.AsSpan(0, _length); rest.IndexOf((byte)'\n') is >= 0 and var end; rest = rest[(end + 1)..])
        {
            var reader = new Utf8JsonReader(rest[..end]);
            while (reader.Read()) tokens++;
        }

        return tokens;
    }
}
