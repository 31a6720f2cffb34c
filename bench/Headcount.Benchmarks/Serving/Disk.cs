namespace Headcount.Benchmarks.Serving;

/// <summary>What durability costs here.</summary>
internal static class Disk
{
    private const int Writes = 101;
    private const int Bytes = 4096;

    /// <summary>How long it takes to append a page and have it on disk: the median.</summary>
    public static TimeSpan SyncTime(string folder)
    {
        using var file = File.OpenHandle(Path.Combine(folder, "sync"), FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        var page = new byte[Bytes];
        var times = new double[Writes];
        for (var i = 0; i < Writes; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            RandomAccess.Write(file, page, (long)i * Bytes);
            RandomAccess.FlushToDisk(file);
            times[i] = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
        }

        return TimeSpan.FromMilliseconds(Latencies.Median(times));
    }
}
