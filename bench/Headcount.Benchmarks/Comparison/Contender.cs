namespace Headcount.Benchmarks.Comparison;

/// <summary>A program that answers the question of a race.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Command">How it is run from the repository's folder.</param>
internal sealed record Contender(string Name, IReadOnlyList<string> Command)
{
    /// <summary>What must be there for it to run; null = it always can.</summary>
    public string? Needs { get; init; }

    /// <summary>The keys of its answer that are compared with Headcount's; none = it gives no answer, and is there as a mark.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Which part of the input it reads, one in so many; its time is multiplied by that.</summary>
    public int OneIn { get; init; } = 1;

    /// <summary>The same question to Headcount where the contender reads a part only.</summary>
    public IReadOnlyList<string>? SameOfPart { get; init; }

    /// <summary>Whether what it needs is there.</summary>
    public bool IsPresent => Needs is null || (Needs.Contains('/', StringComparison.Ordinal) ? Path.Exists(Needs) : IsOnPath(Needs));

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
