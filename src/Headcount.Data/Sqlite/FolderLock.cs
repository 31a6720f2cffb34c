using System.Globalization;
using System.Text;

namespace Headcount.Data.Sqlite;

/// <summary>Keeps a second server off a SQLite file. The system frees it when the process ends, however it ends.</summary>
internal sealed class FolderLock : IDisposable
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;

    private readonly FileStream _held;
    private readonly string _holderFile;

    private FolderLock(FileStream held, string holderFile)
    {
        _held = held;
        _holderFile = holderFile;
    }

    /// <exception cref="DatabaseRefusedException">Another server has it.</exception>
    public static FolderLock Take(string folder, TimeProvider time)
    {
        // The file that is locked cannot be read by others meanwhile, so who holds it stands beside it.
        var lockFile = Path.Combine(folder, "headcount.lock");
        var holderFile = Path.Combine(folder, "headcount.holder");
        FileStream held;
        try
        {
            held = new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw new DatabaseRefusedException($"Another server is running on {folder}{Holder(holderFile)}. Stop it first, or give this one a folder of its own with --data.");
        }

        var holder = string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}, since {time.GetUtcNow():yyyy-MM-dd HH:mm:ss} UTC");
        try
        {
            File.WriteAllText(holderFile, holder, new UTF8Encoding(false));
        }
        catch (IOException)
        {
            // It only informs; a full disk is told of by what needs it.
        }

        return new FolderLock(held, holderFile);
    }

    // Not a full disk, a folder that is a file, a path that is too long.
    private static bool IsHeld(IOException e) => e.GetType() == typeof(IOException) && e.HResult is SharingViolation or WouldBlockOnLinux or WouldBlockOnMac;

    public void Dispose()
    {
        try
        {
            File.Delete(_holderFile);
        }
        catch (IOException)
        {
            // It only informs.
        }

        _held.Dispose();
    }

    private static string Holder(string file)
    {
        try
        {
            return $" ({File.ReadAllText(file).Trim()})";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
