using Headcount.Client;

namespace Headcount.Cli.Sending;

/// <summary>What came of the scans that were sent. Any thread.</summary>
internal sealed class SendingCounts
{
    private readonly Lock _lock = new();
    private readonly HashSet<long> _seqs = [];
    private readonly List<int> _latencies = [];
    private readonly SortedDictionary<string, long> _refusals = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _failures = new(StringComparer.Ordinal);

    public long Sent { get; private set; }

    public long Accepted { get; private set; }

    public long Recorded { get; private set; }

    public long Rejected { get; private set; }

    public long Repeated { get; private set; }

    public long Conflicts { get; private set; }

    public long Failed { get; private set; }

    /// <summary>How many are inside, as the server last said.</summary>
    public long? Inside { get; private set; }

    public IReadOnlyDictionary<string, long> Refusals => _refusals;

    /// <summary>Why scans could not be handed in, in the server's words.</summary>
    public IReadOnlyDictionary<string, long> Failures => _failures;

    public void Took(ScanResult result, TimeSpan latency)
    {
        lock (_lock)
        {
            Sent++;
            _latencies.Add((int)Math.Min(latency.TotalMicroseconds, int.MaxValue));
            Inside = result.CurrentOccupancy ?? Inside;

            // The first answer comes again, with the number of the first record.
            if (result.Seq is { } seq && !_seqs.Add(seq))
            {
                Repeated++;
                return;
            }

            switch (result.Status)
            {
                case ScanStatus.Accepted:
                    Accepted++;
                    break;
                case ScanStatus.Recorded:
                    Recorded++;
                    break;
                case ScanStatus.Conflict:
                    Conflicts++;
                    break;
                default:
                    Rejected++;
                    Count(_refusals, result.Reason ?? "rejected", 1);
                    break;
            }
        }
    }

    public void Took(int sent, BatchResult result, TimeSpan latency)
    {
        lock (_lock)
        {
            Sent += sent;
            Recorded += result.Recorded;
            Repeated += result.Repeated;
            Rejected += result.Rejected;
            Failed += result.Invalid;
            _latencies.Add((int)Math.Min(latency.TotalMicroseconds, int.MaxValue));
            foreach (var invalid in result.Results.Where(one => one.Status == "invalid")) Count(_failures, invalid.Error ?? "invalid", 1);
            if (result.Rejected > 0) Count(_refusals, "by the device", result.Rejected);
        }
    }

    public void Failing(string why)
    {
        lock (_lock)
        {
            Sent++;
            Failed++;
            Count(_failures, why, 1);
        }
    }

    /// <summary>How long an answer took, at a share of the answers; null where there was none.</summary>
    public TimeSpan? Latency(double share)
    {
        lock (_lock)
        {
            if (_latencies.Count == 0) return null;
            var sorted = _latencies.Order().ToArray();
            return TimeSpan.FromMicroseconds(sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))]);
        }
    }

    private static void Count(SortedDictionary<string, long> counts, string key, long more) => counts[key] = counts.GetValueOrDefault(key) + more;
}
