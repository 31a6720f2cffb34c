using System.Diagnostics;
using Headcount.SystemTests.Cli;

namespace Headcount.SystemTests.Mqtt;

/// <summary>The programs of Debian's <c>mosquitto-clients</c>.</summary>
internal static class Mosquitto
{
    /// <summary>Publishes a message with QoS 1, and waits for its acknowledgement.</summary>
    public static async Task<Outcome> PublishAsync(int port, string topic, string message, params string[] options)
    {
        try
        {
            return await TheProgram.Start("mosquitto_pub", ["-h", "127.0.0.1", "-p", $"{port}", "-q", "1", "-t", topic, "-m", message, .. options], "", []);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("mosquitto_pub is not installed (Debian's package mosquitto-clients).");
            throw;
        }
    }
}

/// <summary><c>mosquitto_sub</c>, which has subscribed when it is given out.</summary>
internal sealed class MosquittoSubscriber : IAsyncDisposable
{
    private readonly Process _process;

    private MosquittoSubscriber(Process process) => _process = process;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<MosquittoSubscriber> StartAsync(int port, string filter, params string[] options)
    {
        // Not in blocks: each line when it is there.
        var start = new ProcessStartInfo("stdbuf", ["-oL", "mosquitto_sub", "-d", "-h", "127.0.0.1", "-p", $"{port}", "-q", "1", "-t", filter, "-F", ">%t %p", .. options]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (!File.Exists("/usr/bin/mosquitto_sub")) Assert.Skip("mosquitto_sub is not installed (Debian's package mosquitto-clients).");
        var subscriber = new MosquittoSubscriber(Process.Start(start)!);
        await subscriber.LineAsync("Subscribed (mid");
        return subscriber;
    }

    /// <summary>The next message that it prints.</summary>
    public async Task<Heard> NextAsync()
    {
        var line = await LineAsync(">");
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        return new Heard(line[1..blank], line[(blank + 1)..], null);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task<string> LineAsync(string start)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith(start, StringComparison.Ordinal)) return line;
        }

        Assert.Fail($"mosquitto_sub ended: {await _process.StandardError.ReadToEndAsync(patience.Token)}");
        return "";
    }
}
