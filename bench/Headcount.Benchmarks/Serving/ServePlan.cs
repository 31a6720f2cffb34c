namespace Headcount.Benchmarks.Serving;

/// <summary>How much is measured.</summary>
internal sealed record ServePlan
{
    public int Rounds { get; init; } = 5;

    /// <summary>How long a run of wrk takes.</summary>
    public int Seconds { get; init; } = 6;

    public int Connections { get; init; } = 256;

    public Venue Venue { get; init; } = new(100_000, 5_000);

    public int PerSecond { get; init; } = 1_000;

    public TimeSpan Steady { get; init; } = TimeSpan.FromSeconds(20);

    public int Watchers { get; init; } = 500;

    /// <summary>How many scans a batch holds, and how many batches are loaded.</summary>
    public int BatchScans { get; init; } = 100_000;

    public int Batches { get; init; } = 10;

    /// <summary>The simulated day that is loaded, as <c>bench/run</c> generated it, and its register.</summary>
    public required string Day { get; init; }

    public required string Register { get; init; }

    /// <summary>Whether this only tries whether everything works: too short for its numbers to mean anything.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Which part to run; empty = all.</summary>
    public string Only { get; init; } = "";

    /// <summary>A plan that takes a minute.</summary>
    public ServePlan Quick() => this with
    {
        Rounds = 1, Seconds = 2, Connections = 64, Venue = new Venue(10_000, 1_000), Steady = TimeSpan.FromSeconds(3), Watchers = 50, BatchScans = 10_000, Batches = 2, IsQuick = true,
    };
}
