using System.Globalization;
using Headcount.Core;
using Headcount.Streams;

namespace Headcount.Cli.Output;

/// <summary>Says on standard error, a terminal, how far the reading is: once it takes longer than a second.</summary>
internal sealed class ProgressLine(TimeProvider time) : IProgress<ReadProgress>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly long _start = time.GetTimestamp();
    private readonly Lock _lock = new();
    private TimeSpan _shownAt;
    private bool _isShown;
    private bool _isOver;

    public void Report(ReadProgress value)
    {
        var elapsed = time.GetElapsedTime(_start);
        if (elapsed < Patience || elapsed - _shownAt < Pace) return;
        lock (_lock)
        {
            if (_isOver) return;
            (_shownAt, _isShown) = (elapsed, true);
            Console.Error.Write($"\r{Describe(value, elapsed)}\e[K");
        }
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _isOver = true;
            if (_isShown) Console.Error.Write("\r\e[K");
        }
    }

    /// <summary><c>52.4 of 180.0 MB (29 %), 612,000 scans/s, 4 s left</c></summary>
    internal static string Describe(ReadProgress progress, TimeSpan elapsed)
    {
        var rate = People.Count((long)(progress.Scans / elapsed.TotalSeconds));
        if (progress.TotalBytes is not { } total || total <= 0 || progress.Bytes <= 0)
            return $"{Megabytes(progress.Bytes)} MB, {rate} scans/s";
        var done = Math.Min(1, (double)progress.Bytes / total);
        var left = TimeSpan.FromSeconds(Math.Ceiling(elapsed.TotalSeconds * (1 - done) / done));
        return string.Create(CultureInfo.InvariantCulture, $"{Megabytes(progress.Bytes)} of {Megabytes(total)} MB ({done:P0}), {rate} scans/s, {People.Span(left)} left");
    }

    private static string Megabytes(long bytes) => (bytes / 1_000_000m).ToString("N1", CultureInfo.InvariantCulture);
}
