using System.Security.Cryptography;

namespace Headcount.Benchmarks.Serving;

/// <summary>A PostgreSQL of the benchmark's own, as Debian's package sets it up, in a folder that is thrown away: durable, on a port of this machine only.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "headcount";

    private readonly ChildProgram _program;
    private readonly string _password;
    private readonly int _port;

    private PostgresServer(ChildProgram program, string password, int port) => (_program, _password, _port) = (program, password, port);

    /// <summary>Where Debian keeps its programs; null = it is not installed.</summary>
    public static string? Programs => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")).LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
        : null;

    public static async Task<PostgresServer> StartAsync(string folder, CancellationToken cancellation)
    {
        var programs = Programs ?? throw new InvalidOperationException("PostgreSQL is not installed.");
        var (data, password, port) = (Path.Combine(folder, "postgres"), Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), ChildProgram.FreePort());
        Directory.CreateDirectory(data);
        var passwordFile = Path.Combine(data, "password");
        await File.WriteAllTextAsync(passwordFile, password, cancellation);

        // It refuses to run as root.
        string[] asPostgres = [];
        if (Environment.IsPrivilegedProcess)
        {
            asPostgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
            await ChildProgram.RunAsync("chown", ["chown", "-R", "postgres:", data], Path.Combine(folder, "chown.log"), cancellation);
        }

        var cluster = Path.Combine(data, "cluster");
        await ChildProgram.RunAsync(
            "initdb",
            [.. asPostgres, Path.Combine(programs, "initdb"), "-D", cluster, "-U", User, "-E", "UTF8", "--no-locale", "--auth=scram-sha-256", $"--pwfile={passwordFile}"],
            Path.Combine(folder, "initdb.log"), cancellation);
        var program = ChildProgram.Start(
            "PostgreSQL",
            [.. asPostgres, Path.Combine(programs, "postgres"), "-D", cluster, "-p", $"{port}", "-k", data, "-c", "listen_addresses=127.0.0.1"],
            Path.Combine(folder, "postgres.log"), isInterrupted: true);
        var server = new PostgresServer(program, password, port);
        await program.WaitUntilAsync(_ => Task.FromResult(File.Exists(Path.Combine(cluster, "postmaster.pid")) && File.ReadAllText(Path.Combine(cluster, "postmaster.pid")).Contains("ready", StringComparison.Ordinal)), cancellation);
        return server;
    }

    /// <summary>Makes a database and gives its address.</summary>
    public async Task<string> CreateDatabaseAsync(string name, string folder, CancellationToken cancellation)
    {
        await ChildProgram.RunAsync("createdb", ["psql", "-q", AddressOf("postgres"), "-c", $"CREATE DATABASE {name}"], Path.Combine(folder, "createdb.log"), cancellation);
        return AddressOf(name);
    }

    private string AddressOf(string database) => $"postgres://{User}:{_password}@127.0.0.1:{_port}/{database}";

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
