namespace Headcount.Benchmarks.Serving;

/// <summary>What the parts of a run share: a folder that is thrown away, PostgreSQL, and the findings.</summary>
internal sealed class Workplace : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _started = [];
    private readonly string _root;
    private int _runs;

    private Workplace(ServePlan plan, string root, PostgresServer? postgres, CancellationToken cancellation) =>
        (Plan, _root, Postgres, Cancellation) = (plan, root, postgres, cancellation);

    public ServePlan Plan { get; }

    public PostgresServer? Postgres { get; }

    public CancellationToken Cancellation { get; }

    public string Folder => _root;

    /// <summary>The rows of the table.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>What was answered wrongly: any of it fails the benchmark.</summary>
    public List<string> Wrong { get; } = [];

    /// <summary>What was left out, and why.</summary>
    public List<string> LeftOut { get; } = [];

    public static async Task<Workplace> OpenAsync(ServePlan plan, CancellationToken cancellation)
    {
        var root = Directory.CreateTempSubdirectory("headcount-bench-").FullName;

        // PostgreSQL's user must get at its folder in it.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        var postgres = PostgresServer.Programs is null ? null : await PostgresServer.StartAsync(root, cancellation);
        var workplace = new Workplace(plan, root, postgres, cancellation);
        if (postgres is null) workplace.LeftOut.Add("Everything on PostgreSQL: not installed (Debian: postgresql).");
        return workplace;
    }

    /// <summary>Headcount on SQLite and, where it is there, on PostgreSQL, each on an empty database.</summary>
    public async Task<IReadOnlyList<HeadcountService>> StartHeadcountsAsync(string part)
    {
        var services = new List<HeadcountService> { await StartHeadcountAsync(part, isOnPostgres: false) };
        if (Postgres is not null) services.Add(await StartHeadcountAsync(part, isOnPostgres: true));
        return services;
    }

    /// <summary>Headcount on an empty database.</summary>
    public async Task<HeadcountService> StartHeadcountAsync(string part, bool isOnPostgres)
    {
        var database = isOnPostgres ? await Postgres!.CreateDatabaseAsync($"headcount_{part}", _root, Cancellation) : null;
        var name = isOnPostgres ? "Headcount on PostgreSQL" : "Headcount on SQLite";
        return Keep(await HeadcountService.StartAsync(name, Path.Combine(_root, part + (isOnPostgres ? "-postgres" : "-sqlite")), database, Plan.Venue, Cancellation));
    }

    /// <summary>Sees to it that something is stopped at the end.</summary>
    public T Keep<T>(T started) where T : IAsyncDisposable
    {
        _started.Add(started);
        return started;
    }

    /// <summary>Stops everything that was started by a part.</summary>
    public async Task StopAllAsync()
    {
        while (_started.Count > 0)
        {
            var last = _started[^1];
            _started.RemoveAt(_started.Count - 1);
            await last.DisposeAsync();
        }
    }

    /// <summary>A run of wrk, its answers looked at afterwards.</summary>
    public async Task<WrkRun> RunWrkAsync(Service service)
    {
        await Console.Error.WriteAsync('.');

        // What the one before has left to be written would hold up the disk for this one.
        await ChildProgram.RunAsync("sync", ["sync"], Path.Combine(_root, "sync.log"), Cancellation);
        var run = await Wrk.RunAsync(service, Plan.Venue, $"w{++_runs:D3}", Plan.Connections, Plan.Seconds, _root, Cancellation);
        if (run.Errors > 0) Wrong.Add($"{service.Name}: {run.Errors} connections broke or got no answer");
        Wrong.AddRange(await service.CheckAsync(run.Answered, Cancellation));
        return run;
    }

    /// <summary>A run at a steady rate, its answers looked at afterwards.</summary>
    public async Task<SteadyRun> RunSteadyAsync(Service service, int perSecond, TimeSpan duration)
    {
        await Console.Error.WriteAsync('.');
        using var load = new SteadyLoad(service, Plan.Venue, $"s{++_runs:D3}", perSecond, duration);
        var run = await load.RunAsync(Cancellation);
        Wrong.AddRange(run.Errors.Select(error => $"{service.Name}: {error}"));
        Wrong.AddRange(await service.CheckAsync(run.Answered, Cancellation));
        return run;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAllAsync();
        }
        finally
        {
            if (Postgres is not null) await Postgres.DisposeAsync();
        }

        if (Wrong.Count == 0)
            Directory.Delete(_root, recursive: true);
        else
            await Console.Error.WriteLineAsync($"What the services left is in {_root}.");
    }
}
