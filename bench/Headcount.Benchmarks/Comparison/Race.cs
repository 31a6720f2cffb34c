using Headcount.Benchmarks.Measuring;

namespace Headcount.Benchmarks.Comparison;

/// <summary>One contender's runs.</summary>
internal sealed record Showing(Contender Contender, IReadOnlyList<Run> Runs)
{
    /// <summary>Median seconds, of the whole input.</summary>
    public double Wall => Median(run => run.Wall) * Contender.OneIn;

    /// <summary>Median seconds of processor time, of the whole input.</summary>
    public double Processor => Median(run => run.Processor) * Contender.OneIn;

    /// <summary>Median peak of memory, in bytes, as measured.</summary>
    public double Peak => Median(run => run.PeakBytes);

    private double Median(Func<Run, double> of)
    {
        var sorted = Runs.Select(of).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>What came of a race.</summary>
internal sealed record RaceResult(Race Race, IReadOnlyList<Showing> Showings, IReadOnlyList<string> Absent, IReadOnlyList<string> Differences);

/// <summary>One question on one input, put to several programs in turn. Headcount is the first of them.</summary>
/// <param name="Name">What is asked.</param>
/// <param name="Input">The text that is read, unpacked; null = it is too small to matter.</param>
/// <param name="Contenders">Who is asked.</param>
internal sealed record Race(string Name, string? Input, IReadOnlyList<Contender> Contenders)
{
    private const double SlowSeconds = 4;
    private const int RunsOfSlow = 3;

    /// <summary>Runs everybody once to warm up and to compare the answers, then in turn (A B C A B C …), so that drift hits all.</summary>
    public RaceResult Run(int runs, string answers)
    {
        Directory.CreateDirectory(answers);
        var present = Contenders.Where(contender => contender.IsPresent).ToArray();
        var absent = Contenders.Except(present).Select(contender => $"{contender.Name}: not run, {contender.Needs} is not there").ToArray();
        var showings = present.ToDictionary(contender => contender, _ => new List<Run>());
        var differences = new List<string>();
        Console.Error.Write($"{Name} ");
        foreach (var contender in present)
        {
            // The run that warms up counts where it is slow anyway.
            var run = Measure(contender, answers);
            if (run.Wall >= SlowSeconds) showings[contender].Add(run);
            differences.AddRange(Compare(contender, present[0], answers));
        }

        for (var round = 0; round < runs; round++)
        {
            foreach (var contender in present)
            {
                var isSlow = showings[contender].Any(run => run.Wall >= SlowSeconds);
                if (!isSlow || showings[contender].Count < Math.Min(runs, RunsOfSlow)) showings[contender].Add(Measure(contender, answers));
            }
        }

        Console.Error.WriteLine();
        return new RaceResult(this, [.. present.Select(contender => new Showing(contender, showings[contender]))], absent, differences);
    }

    private Run Measure(Contender contender, string answers)
    {
        Console.Error.Write('.');
        return ProcessMeter.Measure(contender.Command, AnswerFile(contender.Name, answers));
    }

    private IEnumerable<string> Compare(Contender contender, Contender ours, string answers)
    {
        if (contender == ours || contender.Keys.Count == 0) return [];
        var expected = AnswerFile(ours.Name, answers);
        if (contender.SameOfPart is not null)
        {
            expected = AnswerFile($"{ours.Name} of a part", answers);
            ProcessMeter.Measure(contender.SameOfPart, expected);
        }

        return Answers.Differences(File.ReadAllText(expected), File.ReadAllText(AnswerFile(contender.Name, answers)), contender.Keys)
            .Select(difference => $"{Name}, {contender.Name}: {difference}");
    }

    private string AnswerFile(string name, string answers) => Path.Combine(answers, $"{Name}-{name}.json".Replace(' ', '-').Replace('/', '-'));
}
