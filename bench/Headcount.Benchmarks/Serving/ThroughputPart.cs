namespace Headcount.Benchmarks.Serving;

/// <summary>How many scans a second at 256 connections, against a constant answer on the same host and against the classic design: all in turn, ratios round by round.</summary>
internal static class ThroughputPart
{
    private const double AimOfConstant = 0.60;
    private const double AimOverClassic = 25;

    // Until everything that is called often is compiled for speed.
    private const int RoundsToWarmUp = 2;

    private static readonly TimeSpan AimP99 = TimeSpan.FromMilliseconds(25);

    public static async Task RunAsync(Workplace place)
    {
        var services = await StartAsync(place);
        var runs = services.ToDictionary(service => service, _ => new List<WrkRun>());
        for (var round = 0; round < RoundsToWarmUp; round++)
        {
            foreach (var service in services) await place.RunWrkAsync(service);
        }

        for (var round = 0; round < place.Plan.Rounds; round++)
        {
            foreach (var service in services) runs[service].Add(await place.RunWrkAsync(service));
        }

        foreach (var service in services) Report(place, service, services, runs);
        await place.StopAllAsync();
    }

    private static async Task<IReadOnlyList<Service>> StartAsync(Workplace place)
    {
        var (folder, cancellation) = (place.Folder, place.Cancellation);
        var services = new List<Service> { place.Keep(await Constant.StartAsync(folder, cancellation)), place.Keep(await SameHost.StartAsync(folder, place.Plan.Venue, cancellation)) };
        var missing = await Classic.MissingAsync(folder, cancellation);
        if (missing.Count == 0)
            services.Add(place.Keep(await Classic.StartAsync(folder, await place.Postgres!.CreateDatabaseAsync("classic", folder, cancellation), place.Plan.Venue, cancellation)));
        else
            place.LeftOut.Add($"The classic design: not installed (Debian: {string.Join(' ', missing)}).");
        services.AddRange(await place.StartHeadcountsAsync("throughput"));
        return services;
    }

    private static void Report(Workplace place, Service service, IReadOnlyList<Service> services, Dictionary<Service, List<WrkRun>> runs)
    {
        var question = $"{place.Plan.Connections} connections";
        var (ours, answered) = (runs[service], runs[service].Select(run => run.Answered).ToArray());
        var refused = answered.Sum(one => one.Refused) / (double)answered.Sum(one => one.Accepted + one.Refused);
        var p99 = Latencies.Median(ours.Select(run => run.P99.TotalMilliseconds));
        place.Findings.Add(new Finding($"{question}: scans a second", service.Name, $"{Finding.Number(Latencies.Median(ours.Select(run => run.PerSecond)))} ({Finding.Percent(refused)} refused)"));
        if (service is HeadcountService)
        {
            foreach (var (baseline, aim) in services.Select(other => (other, other is Classic ? AimOverClassic : AimOfConstant)).Where(pair => pair.other is not HeadcountService))
            {
                var ratio = Latencies.Median(ours.Zip(runs[baseline], (one, other) => one.PerSecond / other.PerSecond));
                var isShare = baseline is not Classic;
                place.Findings.Add(new Finding(
                    $"{question}: against {(isShare ? $"a {baseline.Name}" : "the classic design")}", service.Name,
                    isShare ? Finding.Percent(ratio) : Finding.Times(ratio), $"≥ {(isShare ? Finding.Percent(aim) : Finding.Times(aim))}", ratio >= aim));
            }
        }

        var p50 = Latencies.Median(ours.Select(run => run.Median.TotalMilliseconds));
        place.Findings.Add(new Finding(
            $"{question}: p50, p99", service.Name, $"{Finding.Milliseconds(p50)}, {Finding.Milliseconds(p99)}",
            service is HeadcountService ? $"p99 < {Finding.Milliseconds(AimP99)}" : null, service is HeadcountService ? p99 < AimP99.TotalMilliseconds : null));
    }
}
