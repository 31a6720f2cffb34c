namespace Headcount.Benchmarks.Serving;

/// <summary>The first baseline, started.</summary>
internal sealed class Constant : Service
{
    /// <summary>What ./headcount sets for a server.</summary>
    public static readonly IReadOnlyDictionary<string, string> LauncherSettings = new Dictionary<string, string>
    {
        ["DOTNET_gcConcurrent"] = "1",
        ["DOTNET_GCgen0size"] = "0x2000000",
        ["DOTNET_TieredPGO"] = "1",
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
    };

    private Constant(ChildProgram program, Uri address)
        : base("constant answer, bare", program, address) => Devices = [.. Venue.Devices.Select(device => new DeviceToken(device.Id, device.Gate, $"token-of-{device.Id}"))];

    /// <summary>This program, with the runtime's settings that Headcount was published with.</summary>
    public static string[] Command(string serve)
    {
        const string published = "artifacts/headcount";
        var settings = Path.Combine(published, File.ReadAllText(Path.Combine(published, "current")).Trim(), "headcount.runtimeconfig.json");
        return [Path.Combine(Environment.GetEnvironmentVariable("DOTNET_ROOT")!, "dotnet"), "exec", "--runtimeconfig", settings, typeof(Constant).Assembly.Location, serve];
    }

    /// <summary>Starts it.</summary>
    public static async Task<Constant> StartAsync(string folder, CancellationToken cancellation)
    {
        var address = new Uri($"http://127.0.0.1:{ChildProgram.FreePort()}");
        var program = ChildProgram.Start("the constant service", [.. Command("serve-constant"), address.ToString()], Path.Combine(folder, "constant.log"), LauncherSettings);
        using var client = ClientOf(address);
        await program.WaitUntilReadyAsync(client, "/health/ready", cancellation);
        return new Constant(program, address);
    }
}

/// <summary>The second baseline, started: <c>classic.py</c> with its Redis, on a database of the common PostgreSQL.</summary>
internal sealed class Classic : Service
{
    private readonly ChildProgram _redis;

    private Classic(ChildProgram program, ChildProgram redis, Uri address, IReadOnlyList<DeviceToken> devices)
        : base("classic", program, address) => (_redis, Devices) = (redis, devices);

    /// <summary>What it needs and is not there.</summary>
    public static async Task<IReadOnlyList<string>> MissingAsync(string folder, CancellationToken cancellation)
    {
        var missing = new List<string>();
        if (!ChildProgram.IsOnPath("redis-server")) missing.Add("redis-server");
        if (PostgresServer.Programs is null) missing.Add("postgresql");
        try
        {
            await ChildProgram.RunAsync("python3", ["/usr/bin/python3", "-c", "import fastapi, uvicorn, asyncpg, redis.asyncio, uvloop, httptools"], Path.Combine(folder, "python.log"), cancellation);
        }
        catch (InvalidOperationException)
        {
            missing.Add("python3-fastapi python3-uvicorn python3-asyncpg python3-redis python3-hiredis python3-uvloop python3-httptools");
        }

        return missing;
    }

    public static async Task<Classic> StartAsync(string folder, string database, Venue venue, CancellationToken cancellation)
    {
        var devices = Venue.Devices.Select(device => new DeviceToken(device.Id, device.Gate, $"token-of-{device.Id}")).ToArray();
        var (port, redisPort) = (ChildProgram.FreePort(), ChildProgram.FreePort());
        var redis = ChildProgram.Start("Redis", ["redis-server", "--bind", "127.0.0.1", "--port", $"{redisPort}", "--save", "", "--appendonly", "no", "--dir", folder], Path.Combine(folder, "redis.log"));
        try
        {
            var environment = new Dictionary<string, string>
            {
                ["CLASSIC_DB"] = database,
                ["CLASSIC_REDIS"] = $"redis://127.0.0.1:{redisPort}",
                ["CLASSIC_TICKETS"] = $"{venue.Tickets}",
                ["CLASSIC_CAPACITY"] = $"{venue.Capacity}",
                ["CLASSIC_TOKENS"] = string.Join(',', devices.Select(device => $"{device.Token}={device.DeviceId}")),
            };
            string[] command =
            [
                "/usr/bin/python3", "-m", "uvicorn", "classic:app", "--app-dir", "bench/baselines", "--host", "127.0.0.1", "--port", $"{port}",
                "--workers", "1", "--loop", "uvloop", "--http", "httptools", "--log-level", "warning", "--no-access-log",
            ];
            var program = ChildProgram.Start("the classic service", command, Path.Combine(folder, "classic.log"), environment);
            var service = new Classic(program, redis, new Uri($"http://127.0.0.1:{port}"), devices);
            using var client = ClientOf(service.Address);
            await program.WaitUntilReadyAsync(client, "/health/ready", cancellation);
            return service;
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _redis.DisposeAsync();
    }
}
