using BenchmarkDotNet.Attributes;
using Headcount.Core;

namespace Headcount.Benchmarks.Micro;

/// <summary>The admission machine with a million scans in it: a question about the past, and one more decision.</summary>
public class AdmissionAtTime
{
    private const int Scans = 1_000_000;
    private const long Minute = 60_000_000;
    private const long Start = 1_759_219_200_000_000;

    private static readonly AdmissionRules Rules = new() { Capacity = 50_000 };
    private static readonly GateName[] Gates = [new("A"), new("B"), new("C"), new("D")];

    private readonly Admission _admission = new(Rules);
    private readonly Attempt[] _attempts = new Attempt[4096];
    private int _asked;

    [GlobalSetup]
    public void Setup()
    {
        for (var i = 0; i < Scans; i++) _admission.Apply(_admission.Decide(AttemptOf(i)).ToRecord(i + 1));

        // Each asks as if it were the next; none is applied, so that the machine stays as it is.
        for (var i = 0; i < _attempts.Length; i++) _attempts[i] = AttemptOf(Scans + i);
    }

    [Benchmark]
    public long At() => _admission.At(AnyInstant()).Occupancy;

    [Benchmark]
    public long OccupancyAt() => _admission.OccupancyAt(AnyInstant());

    [Benchmark]
    public RefusalReason Decide() => _admission.Decide(_attempts[_asked++ & (_attempts.Length - 1)]).Reason;

    // A hundred thousand tickets take turns, in and out.
    private static Attempt AttemptOf(int i)
    {
        var type = i / 100_000 % 2 == 0 ? ScanType.Entry : ScanType.Exit;
        var at = new Instant(Start + i * (Minute / 1_000));
        return new Attempt(new Scan(new TicketId($"T{i % 100_000:D6}"), Gates[i % Gates.Length], type, at), at);
    }

    // All over the day, in an order that no cache foresees.
    private Instant AnyInstant() => new(Start + (long)((uint)(_asked++ * 2_654_435_769u) % (ulong)Scans) * (Minute / 1_000));
}
