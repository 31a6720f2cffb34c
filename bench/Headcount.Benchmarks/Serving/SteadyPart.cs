namespace Headcount.Benchmarks.Serving;

/// <summary>How long a scan waits at a steady thousand a second.</summary>
internal static class SteadyPart
{
    private static readonly TimeSpan AimP99 = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(Workplace place)
    {
        foreach (var service in await place.StartHeadcountsAsync("steady"))
        {
            await place.RunSteadyAsync(service, place.Plan.PerSecond, WarmUp);
            var (p50s, p99s, longest) = (new List<double>(), new List<double>(), TimeSpan.Zero);
            for (var round = 0; round < Math.Min(place.Plan.Rounds, 3); round++)
            {
                var run = await place.RunSteadyAsync(service, place.Plan.PerSecond, place.Plan.Steady);
                p50s.Add(Latencies.Percentile(run.Latencies, 0.5).TotalMilliseconds);
                p99s.Add(Latencies.Percentile(run.Latencies, 0.99).TotalMilliseconds);
                longest = run.Latencies.Append(longest).Max();
            }

            var p99 = Latencies.Median(p99s);
            place.Findings.Add(new Finding(
                $"steady {Finding.Number(place.Plan.PerSecond)} a second: p50, p99, longest", service.Name,
                $"{Finding.Milliseconds(Latencies.Median(p50s))}, {Finding.Milliseconds(p99)}, {Finding.Milliseconds(longest)}", $"p99 < {Finding.Milliseconds(AimP99)}", p99 < AimP99.TotalMilliseconds));
        }

        await place.StopAllAsync();
    }
}
