using System.Text;

namespace Headcount.Server.Access;

/// <summary>The file that holds a token of the owner's, so that scripts need no browser. Only the user who runs the server may read it.</summary>
internal sealed class OwnerTokenFile(string folder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path { get; } = System.IO.Path.Combine(folder, "owner-token");

    /// <summary>What it holds; null where it is missing. Rights that it should not give are taken away.</summary>
    public string? Read()
    {
        if (!File.Exists(Path)) return null;
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(Path) != OwnerOnly) File.SetUnixFileMode(Path, OwnerOnly);

        // What is longer than any token is not read to its end.
        using var stream = File.OpenRead(Path);
        var bytes = new byte[TokenText.MaxLength * 2];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(bytes, 0, length).Trim();
    }

    /// <summary>Puts a token there: whole, or not at all, and never readable by others.</summary>
    public void Write(string token)
    {
        Directory.CreateDirectory(folder);
        var whole = Path + ".new";
        File.Delete(whole);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using (var stream = new FileStream(whole, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(token + "\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(whole, Path, overwrite: true);
    }
}
