using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Headcount.Benchmarks.Serving;

/// <summary>A program that runs beside the benchmark, its output in a file. It is stopped when it is disposed; bench/run stops those that this program could not.</summary>
internal sealed partial class ChildProgram : IAsyncDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly string _name;
    private readonly string _output;
    private readonly bool _isInterrupted;
    private bool _isStopped;

    private ChildProgram(Process process, string name, string output, bool isInterrupted) =>
        (_process, _name, _output, _isInterrupted) = (process, name, output, isInterrupted);

    public int Id => _process.Id;

    /// <summary>Starts a program.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="output">The file for what it prints.</param>
    /// <param name="environment">What is added to its environment.</param>
    /// <param name="isInterrupted">Whether it is stopped as by Ctrl-C instead of by SIGTERM.</param>
    public static ChildProgram Start(string name, IReadOnlyList<string> command, string output, IReadOnlyDictionary<string, string>? environment = null, bool isInterrupted = false)
    {
        // The shell becomes the program, so that its id is the program's. Whatever the benchmark itself was given (a lock, say) is not the program's to hold.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >\"$0\" 2>&1 </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-", output, .. command]);
        foreach (var (key, value) in environment ?? new Dictionary<string, string>()) start.Environment[key] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{name} could not be started.");
        if (Note(process.Id) is { } note) File.WriteAllText(note, name);
        return new ChildProgram(process, name, output, isInterrupted);
    }

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It did not end well.</exception>
    public static async Task<string> RunAsync(string name, IReadOnlyList<string> command, string output, CancellationToken cancellation)
    {
        await using var program = Start(name, command, output);
        await program._process.WaitForExitAsync(cancellation);
        if (program._process.ExitCode != 0) throw new InvalidOperationException($"{name} ended with status {program._process.ExitCode}:\n{Tail(output)}");
        return await File.ReadAllTextAsync(output, cancellation);
    }

    /// <summary>Waits until something is so.</summary>
    /// <exception cref="InvalidOperationException">The program ended, or it took too long.</exception>
    public async Task WaitUntilAsync(Func<CancellationToken, Task<bool>> isSo, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(LookEvery);
        var began = TimeProvider.System.GetTimestamp();
        while (!await isSo(cancellation))
        {
            if (_process.HasExited) throw new InvalidOperationException($"{_name} ended with status {_process.ExitCode}:\n{Tail(_output)}");
            if (TimeProvider.System.GetElapsedTime(began) > Patience) throw new InvalidOperationException($"{_name} does not get ready:\n{Tail(_output)}");
            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary>Waits until an address answers 200.</summary>
    public async Task WaitUntilReadyAsync(HttpClient client, string path, CancellationToken cancellation) => await WaitUntilAsync(
        async ct =>
        {
            try
            {
                using var response = await client.GetAsync(new Uri(path, UriKind.Relative), ct);
                return response.StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        },
        cancellation);

    /// <summary>A line of what the kernel knows of its memory, in bytes: <c>VmHWM</c> is the most it held at once, <c>VmRSS</c> what it holds.</summary>
    public long Memory(string label)
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith(label + ":", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(label.Length + 1, line.Length - label.Length - 1 - " kB".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture) * 1024;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isStopped) return;
        _isStopped = true;
        if (!_process.HasExited)
        {
            _ = Kill(Id, _isInterrupted ? Interrupt : Terminate);
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                await Console.Error.WriteLineAsync($"{_name} does not stop; it is killed.");
                _process.Kill();
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        if (Note(Id) is { } note) File.Delete(note);
        _process.Dispose();
    }

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Whether a program is on the path.</summary>
    public static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    // What still runs when this program ends is in that folder, and bench/run stops it.
    private static string? Note(int pid) =>
        Environment.GetEnvironmentVariable("HEADCOUNT_BENCH_RUNNING") is { Length: > 0 } folder ? Path.Combine(folder, pid.ToString(CultureInfo.InvariantCulture)) : null;

    private static string Tail(string file) => File.Exists(file) ? string.Join('\n', File.ReadLines(file).TakeLast(15)) : "";

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
