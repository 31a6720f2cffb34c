using Headcount.Fuzz;

namespace Headcount.SystemTests.Streams;

/// <summary>Every target of the fuzzer, briefly and from a fixed seed; <c>./fuzz</c> runs them at length.</summary>
public sealed class FuzzTests
{
    public static TheoryData<string> Targets => [.. FuzzTarget.All.Select(target => target.Name)];

    [Theory, MemberData(nameof(Targets))]
    public void a_target_bears_its_corpus_and_changes_of_it(string target)
    {
        var run = new FuzzRun(FuzzTarget.Find(target), seed: 20250930);
        for (var steps = 0; steps < 400; steps++)
        {
            var failure = run.Step();
            Assert.True(failure is null, $"step {steps}: {failure?.Message}\n{Convert.ToBase64String(failure?.Input ?? [])}");
        }
    }
}
