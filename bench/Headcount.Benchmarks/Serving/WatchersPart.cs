namespace Headcount.Benchmarks.Serving;

/// <summary>Five hundred dashboards: when the number reaches all of them, and whether the gates notice.</summary>
internal static class WatchersPart
{
    private const double AimOfThroughput = 0.90;
    private const int RoundsToWarmUp = 2;
    private static readonly TimeSpan AimToAll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(Workplace place)
    {
        var service = await place.StartHeadcountAsync("watchers", isOnPostgres: false);
        await place.RunSteadyAsync(service, place.Plan.PerSecond, WarmUp);
        using (var watchers = Watchers.Connect(service, place.Plan.Watchers)) await place.RunSteadyAsync(service, place.Plan.PerSecond, WarmUp);
        var (alone, watched, toAll) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Math.Min(place.Plan.Rounds, 3); round++)
        {
            alone.Add(P99(await place.RunSteadyAsync(service, place.Plan.PerSecond, place.Plan.Steady / 2)));
            using var watchers = Watchers.Connect(service, place.Plan.Watchers);
            var run = await place.RunSteadyAsync(service, place.Plan.PerSecond, place.Plan.Steady / 2);
            watched.Add(P99(run));
            await Task.Delay(LastWords, place.Cancellation);
            watchers.Stop();
            if (watchers.TimesToAll(run.Answers) is { } times)
                toAll.Add(Latencies.Percentile(times, 0.99).TotalMilliseconds);
            else
                place.Wrong.Add($"{service.Name}: a watcher was never told of the last scan");
        }

        var who = $"{service.Name}, {place.Plan.Watchers} watchers";
        if (toAll.Count > 0)
        {
            var p99 = Latencies.Median(toAll);
            place.Findings.Add(new Finding("steady: from a scan's answer to its number with every watcher, p99", who, Finding.Milliseconds(p99), $"< {Finding.Milliseconds(AimToAll)}", p99 < AimToAll.TotalMilliseconds));
        }

        place.Findings.Add(new Finding("steady: p99 at the gates, without and with them", who, $"{Finding.Milliseconds(Latencies.Median(alone))}, {Finding.Milliseconds(Latencies.Median(watched))}"));
        await ThroughputAsync(place, service, who);
        await place.StopAllAsync();
    }

    private static double P99(SteadyRun run) => Latencies.Percentile(run.Latencies, 0.99).TotalMilliseconds;

    private static async Task ThroughputAsync(Workplace place, HeadcountService service, string who)
    {
        var (alone, watched, messages) = (new List<WrkRun>(), new List<WrkRun>(), 0L);
        for (var round = 0; round < RoundsToWarmUp; round++) await place.RunWrkAsync(service);
        for (var round = 0; round < place.Plan.Rounds; round++)
        {
            alone.Add(await place.RunWrkAsync(service));
            using var watchers = Watchers.Connect(service, place.Plan.Watchers);
            watched.Add(await place.RunWrkAsync(service));
            watchers.Stop();
            messages += watchers.Messages;
        }

        var ratio = Latencies.Median(watched.Zip(alone, (one, other) => one.PerSecond / other.PerSecond));
        place.Findings.Add(new Finding(
            $"{place.Plan.Connections} connections: scans a second, against without them", who,
            $"{Finding.Percent(ratio)} ({Finding.Number(messages / (double)(place.Plan.Rounds * place.Plan.Seconds))} messages a second)", $"≥ {Finding.Percent(AimOfThroughput)}", ratio >= AimOfThroughput));
        place.Findings.Add(new Finding(
            $"{place.Plan.Connections} connections: p99 without and with them", who,
            $"{Finding.Milliseconds(Latencies.Median(alone.Select(run => run.P99.TotalMilliseconds)))}, {Finding.Milliseconds(Latencies.Median(watched.Select(run => run.P99.TotalMilliseconds)))}"));
    }
}
