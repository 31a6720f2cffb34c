using System.Globalization;
using System.Runtime.InteropServices;

namespace Headcount.Benchmarks.Serving;

/// <summary>The live service, measured from outside: through the program that people run, over HTTP, on this machine. <c>bench/run serve</c> starts it.</summary>
internal static class ServeBenchmark
{
    private static readonly (string Name, Func<Workplace, Task> RunAsync)[] Parts =
        [("throughput", ThroughputPart.RunAsync), ("steady", SteadyPart.RunAsync), ("watchers", WatchersPart.RunAsync), ("loaded", LoadedPart.RunAsync), ("mqtt", MqttPart.RunAsync)];

    /// <summary>Runs the parts and prints the table. Returns 1 where an answer was wrong; an aim that is missed is said, and no failure.</summary>
    public static async Task<int> RunAsync(ServePlan plan)
    {
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var parts = Parts.Where(part => part.Name.StartsWith(plan.Only, StringComparison.Ordinal)).ToArray();
        if (parts.Length == 0)
        {
            await Console.Error.WriteLineAsync($"No part is called '{plan.Only}'. There are: {string.Join(", ", Parts.Select(part => part.Name))}.");
            return 2;
        }

        try
        {
            await using var place = await Workplace.OpenAsync(plan, stop.Token);
            foreach (var (name, runAsync) in parts)
            {
                await Console.Error.WriteAsync($"{name} ");
                await runAsync(place);
                await Console.Error.WriteLineAsync();
            }

            Print(place);
            return place.Wrong.Count == 0 ? 0 : 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
        catch (InvalidOperationException problem)
        {
            await Console.Error.WriteLineAsync($"\n{problem.Message}");
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static void Print(Workplace place)
    {
        var output = Console.Out;
        output.WriteLine();
        output.WriteLine(Machine(place));
        output.WriteLine();
        Finding.Write(place.Findings, output);
        output.WriteLine();
        foreach (var sentence in place.LeftOut) output.WriteLine($"Left out: {sentence}");
        foreach (var sentence in place.Wrong.Distinct()) output.WriteLine($"WRONG: {sentence}");
        if (place.Wrong.Count == 0) output.WriteLine("Every answer agrees with a recount of the log.");
        if (place.Plan.IsQuick) output.WriteLine("This was a trial of the benchmark: the numbers mean nothing.");
    }

    private static string Machine(Workplace place)
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return string.Create(CultureInfo.InvariantCulture,
            $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {Environment.ProcessorCount} cores ({processor}), {memory >> 30} GB, {RuntimeInformation.OSDescription}, .NET {Environment.Version}; "
            + $"write and fsync of 4 KB: {Disk.SyncTime(place.Folder).TotalMilliseconds:0.00} ms. Clients and services share the machine.");
    }
}
