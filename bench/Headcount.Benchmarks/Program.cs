using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Headcount.Benchmarks.Comparison;
using Headcount.Benchmarks.Measuring;
using Headcount.Benchmarks.Serving;

namespace Headcount.Benchmarks;

/// <summary>Started by <c>bench/run</c>: <c>compare DIR RUNS [NAME]</c>, <c>memory DIR</c>, <c>serve DIR …</c>, or <c>micro</c> with BenchmarkDotNet's own arguments.</summary>
internal static class Program
{
    private static int Main(string[] args) => args switch
    {
        ["compare", var data, var runs, .. var only] => Compare(data, int.Parse(runs, null), only is [var name] ? name : ""),
        ["memory", var data, var scans, var tickets] => MemoryPromise.Check(data, long.Parse(scans, null), long.Parse(tickets, null)),
        ["micro", .. var rest] => Micro(rest),
        ["serve", var day, var register, var rounds, var seconds, var extent, .. var part] => Serve(day, register, int.Parse(rounds, null), int.Parse(seconds, null), extent == "quick", part is [var name] ? name : ""),
        ["serve-constant", var urls] => ConstantService.Serve(urls),
        ["serve-same-host", var urls, var folder] => SameHost.ServeAsync(urls, folder).GetAwaiter().GetResult(),
        _ => Usage(),
    };

    private static int Compare(string data, int runs, string only)
    {
        var races = Races.On(data).Where(race => race.Name.Equals(only, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (races.Length == 0) races = [.. Races.On(data).Where(race => race.Name.Contains(only, StringComparison.OrdinalIgnoreCase))];
        if (races.Length == 0)
        {
            Console.Error.WriteLine($"No comparison is called '{only}'. There are: {string.Join(", ", Races.On(data).Select(race => race.Name))}.");
            return 2;
        }

        var isRight = true;
        var results = new List<RaceResult>();
        foreach (var race in races)
        {
            var result = race.Run(runs, Path.Combine(data, "answers"));
            foreach (var difference in result.Differences) Console.WriteLine($"DIFFERENT: {difference}");
            isRight &= result.Differences.Count == 0;
            results.Add(result);
        }

        ResultTable.Write(results, Console.Out);
        Console.WriteLine(isRight ? "All answers agree." : "Answers differ: see above.");
        return isRight ? 0 : 1;
    }

    private static int Serve(string day, string register, int rounds, int seconds, bool isQuick, string part)
    {
        var plan = new ServePlan { Day = day, Register = register, Rounds = rounds, Seconds = seconds, Only = part };
        return ServeBenchmark.RunAsync(isQuick ? plan.Quick() : plan).GetAwaiter().GetResult();
    }

    // In this process: the parts measured are internal to the libraries, and nothing has to be built for them.
    private static int Micro(string[] args)
    {
        var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
        return summaries.Any(summary => summary.HasCriticalValidationErrors) ? 1 : 0;
    }

    private static int Usage()
    {
        Console.Error.WriteLine("Start bench/run instead: it prepares what this needs.");
        return 2;
    }
}
