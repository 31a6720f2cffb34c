using System.Diagnostics;

namespace Headcount.SystemTests.Mqtt;

/// <summary>A real Mosquitto of a test's own, in a folder of its own. It is the one in charge of who may publish.</summary>
internal sealed class MosquittoServer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/mosquitto";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("headcount-mosquitto-");
    private Process? _process;
    private string _more = "";

    public int Port { get; } = FreePort.Find();

    public string Address => $"mqtt://127.0.0.1:{Port}";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>Starts one.</summary>
    /// <param name="more">Further lines of its settings.</param>
    public static async Task<MosquittoServer> StartAsync(string more = "")
    {
        var server = new MosquittoServer { _more = more };
        await server.RunAsync();
        return server;
    }

    /// <summary>Starts it, with what it kept when it was stopped.</summary>
    public async Task RunAsync()
    {
        if (!File.Exists(Program)) Assert.Skip("mosquitto is not installed.");
        var settings = Path.Combine(_folder.FullName, "mosquitto.conf");
        await File.WriteAllTextAsync(settings, $"listener {Port} 127.0.0.1\n{_more}\nallow_anonymous true\npersistence true\npersistence_location {_folder.FullName}/\nmax_queued_messages 100000\nuser root\n", Ended);
        _process = Process.Start(new ProcessStartInfo(Program, ["-c", settings, "-v"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (await _process.StandardError.ReadLineAsync(patience.Token) is { } line)
        {
            if (!line.EndsWith(" running", StringComparison.Ordinal)) continue;
            _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
            _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return;
        }

        Assert.Fail("mosquitto ended before it took connections.");
    }

    /// <summary>Stops it as SIGTERM does: it keeps what it holds for those who are away.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"])) await kill.WaitForExitAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        _folder.Delete(recursive: true);
    }
}
