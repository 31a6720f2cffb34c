using System.Diagnostics;
using Headcount.SystemTests.Mqtt;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Headcount.SystemTests.Amqp;

/// <summary>A real RabbitMQ of a test's own, in a folder of its own, and the Erlang port mapper that it needs, so that neither outlives the tests.</summary>
internal sealed class RabbitServer : IAsyncDisposable
{
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("headcount-rabbit-");
    private readonly int _port = FreePort.Find();
    private readonly int _distributionPort = FreePort.Find();
    private readonly int _mapperPort = FreePort.Find();
    private Process? _mapper;
    private Process? _process;

    public string Address => $"amqp://guest:guest@127.0.0.1:{_port}/";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<RabbitServer> StartAsync()
    {
        if (!File.Exists(Program)) Assert.Skip("RabbitMQ is not installed (Debian's package rabbitmq-server).");
        var server = new RabbitServer();
        try
        {
            server._mapper = Start("epmd", ["-port", $"{server._mapperPort}", "-address", "127.0.0.1"], []);
            await server.RunAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, with what it kept.</summary>
    public async Task RunAsync()
    {
        var settings = Path.Combine(_folder.FullName, "rabbitmq.conf");
        await File.WriteAllTextAsync(settings, $"listeners.tcp.1 = 127.0.0.1:{_port}\ndisk_free_limit.absolute = 10MB\n", Ended);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "enabled_plugins"), "[].\n", Ended);
        _process = Start(Program, [], new Dictionary<string, string>
        {
            ["HOME"] = _folder.FullName, ["ERL_EPMD_PORT"] = $"{_mapperPort}", ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODENAME"] = $"headcount{_port}@localhost", ["RABBITMQ_DIST_PORT"] = $"{_distributionPort}", ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1", ["RABBITMQ_NODE_PORT"] = $"{_port}",
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder.FullName, "mnesia"), ["RABBITMQ_LOG_BASE"] = _folder.FullName, ["RABBITMQ_PID_FILE"] = Path.Combine(_folder.FullName, "pid"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder.FullName, "enabled_plugins"), ["RABBITMQ_CONFIG_FILE"] = settings, ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+S 1:1 +sbwt none",
        });
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await ConnectAsync();
                return;
            }
            catch (Exception problem) when (problem is RabbitMQClientException or IOException or OperationCanceledException && !Ended.IsCancellationRequested)
            {
                Assert.False(_process.HasExited, "rabbitmq-server ended before it took connections.");
                Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(90), "rabbitmq-server does not take connections.");
            }

            await timer.WaitForNextTickAsync(Ended);
        }
    }

    /// <summary>Ends it as a power cut does.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    public Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = new Uri(Address), AutomaticRecoveryEnabled = false }.CreateConnectionAsync(Ended);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (_mapper is { } mapper)
        {
            mapper.Kill();
            await mapper.WaitForExitAsync(CancellationToken.None);
            mapper.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private static Process Start(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}

/// <summary>The RabbitMQ that the tests of a class share; it is started by whoever asks first.</summary>
public sealed class SharedRabbit : IAsyncDisposable
{
    private RabbitServer? _server;

    internal async Task<RabbitServer> GetAsync() => _server ??= await RabbitServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}
