using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Headcount.Benchmarks.Measuring;

/// <summary>What one run of a program took.</summary>
/// <param name="Wall">Seconds from its start to its end.</param>
/// <param name="Processor">Seconds of user and system time, its own and its children's.</param>
/// <param name="PeakBytes">The most memory it held at once.</param>
internal readonly record struct Run(double Wall, double Processor, long PeakBytes);

/// <summary>Runs programs and measures them whole, start and end included, by what the kernel says (Linux).</summary>
internal static partial class ProcessMeter
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);

    /// <summary>Runs a command, its standard output in a file.</summary>
    /// <exception cref="InvalidOperationException">It could not be run, or did not end well.</exception>
    public static Run Measure(IReadOnlyList<string> command, string output)
    {
        string?[] arguments = ["sh", "-c", "exec \"$@\" >\"$0\" </dev/null", output, .. command, null];
        using var self = Process.GetCurrentProcess();
        var ours = self.PeakWorkingSet64;

        var started = TimeProvider.System.GetTimestamp();
        var error = Spawn(out var pid, "/bin/sh", 0, 0, arguments, ThisEnvironment());
        if (error != 0) throw new InvalidOperationException($"{command[0]} could not be started: error {error}.");
        var seen = 0L;
        using var ended = new CancellationTokenSource();
        var watching = Task.Run(() => WatchAsync(pid, peak => seen = peak, ended.Token));
        var usage = new long[32];
        if (Wait(pid, out var status, 0, usage) != pid) throw new InvalidOperationException($"Waiting for {command[0]} failed.");
        var wall = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        ended.Cancel();
        watching.Wait();

        if (status != 0) throw new InvalidOperationException($"{string.Join(' ', command)} ended with status {(status & 0x7F) + (status >> 8)}.");
        var processor = usage[0] + usage[2] + (usage[1] + usage[3]) / 1e6;

        // A program begins as a copy of this one, and the kernel's peak includes that moment: below our own size, what was seen counts.
        var peak = usage[4] * 1024;
        return new Run(wall, processor, peak > ours || seen == 0 ? peak : seen);
    }

    private static async Task WatchAsync(int pid, Action<long> tell, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(LookEvery);
        while (!ended.IsCancellationRequested)
        {
            if (PeakOf(pid) is { } peak) tell(peak);
            Task tick = timer.WaitForNextTickAsync(ended).AsTask();
            await tick.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static long? PeakOf(int pid)
    {
        try
        {
            const string label = "VmHWM:";
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal));
            return line is null ? null : long.Parse(line.AsSpan(label.Length, line.Length - label.Length - " kB".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            // It ended while we looked.
            return null;
        }
    }

    private static string?[] ThisEnvironment() =>
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}"), null];

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(out int pid, string path, nint actions, nint attributes, string?[] arguments, string?[] environment);

    [LibraryImport("libc", EntryPoint = "wait4")]
    private static partial int Wait(int pid, out int status, int options, [Out] long[] usage);
}
