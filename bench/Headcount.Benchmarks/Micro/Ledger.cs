using BenchmarkDotNet.Attributes;
using Headcount.Core;

namespace Headcount.Benchmarks.Micro;

/// <summary>A ledger filled scan by scan, and what its questions cost, each per scan.</summary>
[MemoryDiagnoser]
public class Ledger
{
    private readonly Scan[] _withIds = [.. Lines.Day.Scans.Select(simulated => simulated.Scan)];
    private Scan[] _brief = [];
    private ScanLedger _filled = new();
    private Instant _noon;

    [GlobalSetup]
    public void Setup()
    {
        _brief = [.. _withIds.Select(scan => scan with { DeviceId = null, ScanId = null })];
        _filled = _brief.ToLedger();
        _noon = _brief[_brief.Length / 2].Timestamp;
    }

    [Benchmark(OperationsPerInvoke = Lines.Scans)]
    public ScanLedger Add() => _brief.ToLedger();

    [Benchmark(OperationsPerInvoke = Lines.Scans)]
    public ScanLedger AddWithIds() => _withIds.ToLedger();

    [Benchmark(OperationsPerInvoke = Lines.Scans)]
    public long Occupancy() => _filled.Occupancy().Occupancy;

    [Benchmark(OperationsPerInvoke = Lines.Scans)]
    public long OccupancyAtNoon() => _filled.Occupancy(_noon).Occupancy;

    [Benchmark(OperationsPerInvoke = Lines.Scans)]
    public int Anomalies() => _filled.Anomalies().Anomalies.Count;
}
