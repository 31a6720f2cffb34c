using System.Net.Http.Json;
using System.Text.Json;

namespace Headcount.Benchmarks.Serving;

/// <summary>Scans over MQTT with QoS 1, from the device to its answer: how many a second a hundred devices get on disk, and how long a scan takes at a steady thousand a second.</summary>
internal static class MqttPart
{
    private const int Devices = 100;
    private const int AimPerSecond = 10_000;

    // What the usual client library sends before it waits for an acknowledgement.
    private const int Window = 20;

    private static readonly TimeSpan AimP99 = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(Workplace place)
    {
        var port = ChildProgram.FreePort();
        Environment.SetEnvironmentVariable("HEADCOUNT_MQTT", $"mqtt://127.0.0.1:{port}");
        try
        {
            foreach (var service in await StartAsync(place, port)) await MeasureAsync(place, service.Service, service.Port);
        }
        finally
        {
            Environment.SetEnvironmentVariable("HEADCOUNT_MQTT", null);
        }

        await place.StopAllAsync();
    }

    // One after the other: each has a port of its own.
    private static async Task<IReadOnlyList<(HeadcountService Service, int Port)>> StartAsync(Workplace place, int port)
    {
        var services = new List<(HeadcountService, int)> { (await place.StartHeadcountAsync("mqtt", isOnPostgres: false), port) };
        if (place.Postgres is null) return services;
        var other = ChildProgram.FreePort();
        Environment.SetEnvironmentVariable("HEADCOUNT_MQTT", $"mqtt://127.0.0.1:{other}");
        services.Add((await place.StartHeadcountAsync("mqtt", isOnPostgres: true), other));
        return services;
    }

    private static async Task MeasureAsync(Workplace place, HeadcountService service, int port)
    {
        var gates = await ConnectAsync(service, port, place.Cancellation);
        var runs = 0;
        try
        {
            foreach (var window in (int[])[1, Window])
            {
                await RunAsync(load => load.FloodAsync(window, WarmUp, place.Cancellation));
                var rates = new List<double>();
                for (var round = 0; round < place.Plan.Rounds; round++)
                {
                    var run = await RunAsync(load => load.FloodAsync(window, TimeSpan.FromSeconds(place.Plan.Seconds), place.Cancellation));
                    rates.Add(run.Latencies.Count / run.Took.TotalSeconds);
                }

                var isAimed = window == Window;
                var rate = Latencies.Median(rates);
                place.Findings.Add(new Finding(
                    $"MQTT QoS 1, {Devices} devices, {window} under way each: durable scans a second", service.Name, Finding.Number(rate), isAimed ? $"≥ {Finding.Number(AimPerSecond)}" : null, isAimed ? rate >= AimPerSecond : null));
            }

            var (p50s, p99s, longest) = (new List<double>(), new List<double>(), TimeSpan.Zero);
            for (var round = 0; round < Math.Min(place.Plan.Rounds, 3); round++)
            {
                var run = await RunAsync(load => load.SteadyAsync(place.Plan.PerSecond, place.Plan.Steady, place.Cancellation));
                p50s.Add(Latencies.Percentile(run.Latencies, 0.5).TotalMilliseconds);
                p99s.Add(Latencies.Percentile(run.Latencies, 0.99).TotalMilliseconds);
                longest = run.Latencies.Append(longest).Max();
            }

            place.Findings.Add(new Finding(
                $"MQTT QoS 1, steady {Finding.Number(place.Plan.PerSecond)} a second: p50, p99, longest", service.Name,
                $"{Finding.Milliseconds(Latencies.Median(p50s))}, {Finding.Milliseconds(Latencies.Median(p99s))}, {Finding.Milliseconds(longest)}", $"p99 < {Finding.Milliseconds(AimP99)}", Latencies.Median(p99s) < AimP99.TotalMilliseconds));
        }
        finally
        {
            foreach (var gate in gates) gate.Dispose();
        }

        async Task<MqttRun> RunAsync(Func<MqttLoad, Task<MqttRun>> runAsync)
        {
            await Console.Error.WriteAsync('.');
            var run = await runAsync(new MqttLoad(place.Plan.Venue, gates, $"m{++runs:D3}"));
            place.Wrong.AddRange(run.Errors.Select(error => $"{service.Name}: {error}"));
            place.Wrong.AddRange(await service.CheckAsync(run.Answered, place.Cancellation));
            return run;
        }
    }

    private static async Task<IReadOnlyList<MqttGate>> ConnectAsync(HeadcountService service, int port, CancellationToken cancellation)
    {
        var gates = new List<MqttGate>();
        for (var number = 0; number < Devices; number++)
        {
            var (id, gate) = ($"mqtt-{number}", Venue.Gates[number % Venue.Gates.Length]);
            using var response = await service.Owner.PostAsJsonAsync($"/api/events/{Venue.Slug}/devices", new { device_id = id, gate }, cancellation);
            await HeadcountService.SucceededAsync(response, cancellation);
            var token = (await response.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("token").GetString()!;
            gates.Add(await MqttGate.OpenAsync(port, new DeviceToken(id, gate, token), cancellation));
        }

        return gates;
    }
}
