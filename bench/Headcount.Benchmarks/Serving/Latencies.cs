namespace Headcount.Benchmarks.Serving;

/// <summary>Percentiles of times.</summary>
internal static class Latencies
{
    /// <summary>The time that all but a share of them are within: the smallest that at least <paramref name="share"/> of them do not exceed.</summary>
    public static TimeSpan Percentile(IReadOnlyCollection<TimeSpan> times, double share)
    {
        if (times.Count == 0) return TimeSpan.Zero;
        var sorted = times.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>The middle one; of an even number the mean of the two.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
