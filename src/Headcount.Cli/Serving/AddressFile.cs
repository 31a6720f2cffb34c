namespace Headcount.Cli.Serving;

/// <summary>The file in the data folder that says where its server can be reached; there while the server runs.</summary>
internal sealed class AddressFile : IDisposable
{
    private readonly string _path;

    private AddressFile(string path) => _path = path;

    public static AddressFile Leave(string folder, Uri address)
    {
        var file = new AddressFile(PathIn(folder));
        File.WriteAllText(file._path, address.AbsoluteUri + "\n");
        return file;
    }

    /// <summary>The address that a server left; null where none runs, as far as is known.</summary>
    public static Uri? Read(string folder)
    {
        try
        {
            return Uri.TryCreate(File.ReadAllText(PathIn(folder)).Trim(), UriKind.Absolute, out var address) ? address : null;
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Dispose() => File.Delete(_path);

    private static string PathIn(string folder) => Path.Combine(folder, "address");
}
