using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Headcount.SystemTests.Fanout;

/// <summary>A real Redis of a test's own, which keeps nothing.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("headcount-redis-");
    private readonly int _port;
    private Process? _process;

    private RedisServer(int port) => _port = port;

    public string Address => $"127.0.0.1:{_port}";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<RedisServer> StartAsync()
    {
        var server = new RedisServer(FreePort());
        await server.RunAsync();
        return server;
    }

    /// <summary>Starts it, empty.</summary>
    public async Task RunAsync()
    {
        try
        {
            _process = Process.Start(new ProcessStartInfo("redis-server", ["--port", $"{_port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder.FullName])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("redis-server is not installed.");
        }

        // Its log says when it takes connections.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (!line.Contains("Ready to accept connections", StringComparison.Ordinal)) continue;
            _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return;
        }

        Assert.Fail("redis-server ended before it took connections.");
    }

    /// <summary>Ends it as a power cut does.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    public Task<ConnectionMultiplexer> ConnectAsync() => ConnectionMultiplexer.ConnectAsync(Address);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
