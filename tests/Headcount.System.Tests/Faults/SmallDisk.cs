using Headcount.SystemTests.Cli;

namespace Headcount.SystemTests.Faults;

/// <summary>A disk of a few megabytes that can be filled to the last byte.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("headcount-disk-");

    public string Data => Path.Combine(_folder.FullName, "data");

    private string Filler => Path.Combine(_folder.FullName, "filler");

    /// <summary>Mounts one; where that is not allowed, the test is skipped.</summary>
    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A small disk can be mounted by root on Linux only.");
        var disk = new SmallDisk();
        var mounted = await TheProgram.Start("mount", ["-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk._folder.FullName], "", []);
        if (mounted.Status != 0)
        {
            disk._folder.Delete();
            Assert.Skip($"A small disk cannot be mounted here: {mounted.Error}");
        }

        return disk;
    }

    /// <summary>Leaves no room.</summary>
    public void Fill()
    {
        using var filler = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.Read, 0);
        foreach (var size in (int[])[1 << 16, 4_096, 1])
        {
            var bytes = new byte[size];
            try
            {
                while (true) filler.Write(bytes);
            }
            catch (IOException)
            {
                // Full, but for less than this.
            }
        }
    }

    public void MakeRoom() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        await TheProgram.Start("umount", ["-l", _folder.FullName], "", []);
        _folder.Delete();
    }
}
