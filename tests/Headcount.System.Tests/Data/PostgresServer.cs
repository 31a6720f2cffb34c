using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Headcount.SystemTests.Data;

/// <summary>A private PostgreSQL server in a folder of its own, from Debian's packages, started once for all tests that ask for it.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _binaries;
    private readonly DirectoryInfo _folder;
    private readonly int _port;
    private int _databases;

    private PostgresServer(string binaries)
    {
        _binaries = binaries;
        _folder = Directory.CreateTempSubdirectory("headcount-postgres-");
        _port = FreePort();
    }

    /// <summary>The server of this test run, running; null where PostgreSQL is not installed.</summary>
    public static async Task<PostgresServer?> LaunchAsync()
    {
        if (FindBinaries() is not { } binaries) return null;
        var server = new PostgresServer(binaries);
        try
        {
            await server.InitialiseAsync();
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes an empty database and gives its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>, on the same port, with the same databases.</summary>
    public Task StartAsync() => RunAsync("pg_ctl", ["-D", Cluster, "-l", Path.Combine(_folder.FullName, "log"), "-w", "-t", "60", "start"]);

    /// <summary>Stops it at once; whoever is connected loses the connection.</summary>
    public Task StopAsync() => RunAsync("pg_ctl", ["-D", Cluster, "-m", "fast", "-w", "-t", "60", "stop"]);

    /// <summary>Stops all its processes where they are: connections stand, and nothing answers. Go on with <see cref="ThawAsync"/>.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Cluster, "postmaster.pid"))) await RunAsync("pg_ctl", ["-D", Cluster, "-m", "immediate", "-w", "-t", "60", "stop"]);
        _folder.Delete(recursive: true);
    }

    /// <summary>Where it listens.</summary>
    public int Port => _port;

    // The postmaster leads a group of its own, with every backend in it.
    private async Task SignalAsync(string signal)
    {
        var postmaster = (await File.ReadAllLinesAsync(Path.Combine(Cluster, "postmaster.pid")))[0].Trim();
        await CommandAsync("sh", ["-c", $"kill -{signal} {postmaster} $(ps -o pid= --ppid {postmaster})"]);
    }

    private string Cluster => Path.Combine(_folder.FullName, "cluster");

    private string ConnectionString(string database) => $"Host=127.0.0.1;Port={_port};Username=headcount;Database={database}";

    private async Task InitialiseAsync()
    {
        if (IsRoot) await CommandAsync("chown", ["postgres", _folder.FullName]);
        await RunAsync("initdb", ["-D", Cluster, "-U", "headcount", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-instructions"]);
        await File.AppendAllTextAsync(Path.Combine(Cluster, "postgresql.conf"), $"""

            port = {_port}
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            fsync = on
            max_connections = 200
            timezone = 'UTC'
            """);
    }

    private static bool IsRoot => Environment.UserName == "root";

    // PostgreSQL refuses to be run by root.
    private Task RunAsync(string program, string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        return IsRoot ? CommandAsync("runuser", ["-u", "postgres", "--", path, .. arguments]) : CommandAsync(path, arguments);
    }

    private async Task CommandAsync(string program, string[] arguments)
    {
        // What it prints goes to a file: a server that it starts would keep a pipe open for ever.
        var output = Path.Combine(_folder.FullName, "output");
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "out=\"$1\"; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null", "sh", output, program, .. arguments]) { WorkingDirectory = _folder.FullName })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with status {process.ExitCode}: {await File.ReadAllTextAsync(output)}");
    }

    private static string? FindBinaries() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(folder => File.Exists(Path.Combine(folder, "initdb"))).Max()
        : null;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>The server that tests share: <c>[assembly: AssemblyFixture]</c> stops it at the end. It is started by whoever asks first.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer?>> Server = new(PostgresServer.LaunchAsync);

    /// <summary>The running server; null where PostgreSQL is not installed.</summary>
    public static Task<PostgresServer?> FindAsync() => Server.Value;

    /// <summary>The running server. Where PostgreSQL is not installed, the test is skipped.</summary>
    public static async Task<PostgresServer> GetAsync()
    {
        var server = await Server.Value;
        Assert.SkipWhen(server is null, "PostgreSQL is not installed (Debian's package postgresql).");
        return server!;
    }

    public async ValueTask DisposeAsync()
    {
        if (Server.IsValueCreated && await Server.Value is { } server) await server.DisposeAsync();
    }
}
