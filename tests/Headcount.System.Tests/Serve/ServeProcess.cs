using System.Diagnostics;
using System.Text;
using Headcount.SystemTests.Cli;
using Headcount.SystemTests.Repository;

namespace Headcount.SystemTests.Serve;

/// <summary>A server as people start one: <c>./headcount serve</c>, a process of its own, with its start-up text.</summary>
internal sealed class ServeProcess : IAsyncDisposable
{
    private const string LastLine = "Ctrl-C stops it.";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errors;

    private ServeProcess(Process process, string text, StringBuilder errors, string folder)
    {
        (_process, Text, _errors, Folder) = (process, text, errors, folder);
        Address = new Uri(File.ReadAllText(System.IO.Path.Combine(folder, "address")).Trim());
    }

    /// <summary>What it printed.</summary>
    public string Text { get; }

    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    public string Folder { get; }

    public Uri Address { get; }

    public string OwnerToken => File.ReadAllText(System.IO.Path.Combine(Folder, "owner-token")).Trim();

    public int Id => _process.Id;

    /// <summary>Starts one and waits until it says that it runs.</summary>
    public static Task<ServeProcess> StartAsync(string folder, params string[] options) =>
        StartAsync(TheProgram.Path, ["serve", "--data", folder, .. options.Contains("--urls") ? options : [.. options, "--urls", "http://127.0.0.1:0"]], folder);

    /// <summary>Starts one after commands of the shell that its process inherits from: limits, ignored signals.</summary>
    public static Task<ServeProcess> StartUnderAsync(string commands, string folder) =>
        StartAsync("bash", ["-c", commands + "; exec \"$0\" \"$@\"", TheProgram.Path, "serve", "--data", folder, "--urls", "http://127.0.0.1:0"], folder);

    private static async Task<ServeProcess> StartAsync(string program, string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Checkout.Root, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, StandardOutputEncoding = Encoding.UTF8,
        };
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
            {
                if (line.Data is not null) errors.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
        var text = new StringBuilder();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            text.AppendLine(line);
            if (line == LastLine) return new ServeProcess(process, text.ToString(), errors, folder);
        }

        await process.WaitForExitAsync(limit.Token);
        throw new InvalidOperationException($"The server ended with status {process.ExitCode}: {text} {errors}");
    }

    /// <summary>The line to paste that begins with a program's name.</summary>
    public string LineToPaste(string program = "curl") => Text.Split('\n').Single(line => line.StartsWith(program + " ", StringComparison.Ordinal));

    public async Task SignalAsync(string signal) => await TheProgram.Start("bash", ["-c", $"kill -{signal} {Id}"], "", []);

    /// <summary>Asks it to end, and waits for that.</summary>
    /// <returns>Its exit status.</returns>
    public async Task<int> StopAsync(string signal = "TERM")
    {
        await SignalAsync(signal);
        return await EndAsync();
    }

    /// <summary>Ends it as a power cut does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async Task<int> EndAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }
}
