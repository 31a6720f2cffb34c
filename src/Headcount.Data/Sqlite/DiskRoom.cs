using Headcount.Engine;

namespace Headcount.Data.Sqlite;

/// <summary>Whether a disk that was full has room again: not for one record, which would be the last, but for the next thousands.</summary>
internal static class DiskRoom
{
    /// <summary>How much room there must be before records are taken again.</summary>
    public const int Bytes = 1 << 20;

    /// <exception cref="LogUnavailableException">There is less, or the folder cannot be written to.</exception>
    public static void Demand(string folder)
    {
        // Written and not asked for: quotas, and limits of the process, count too.
        var path = Path.Combine(folder, "headcount.room");
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            file.Write(new byte[Bytes]);
            file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LogUnavailableException($"{folder} has no room for a file of {Bytes} bytes: {e.Message}", e);
        }
    }
}
