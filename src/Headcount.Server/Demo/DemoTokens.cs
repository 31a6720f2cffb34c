using System.Text;
using System.Text.Json;

namespace Headcount.Server.Demo;

/// <summary>The file with the tokens of the demonstration's gates, readable by the server's user only.</summary>
internal sealed class DemoTokens(string folder)
{
    public string Path { get; } = System.IO.Path.Combine(folder, "demo-tokens.json");

    /// <summary>The tokens by gate; none where the file is not there or is damaged.</summary>
    public IReadOnlyDictionary<string, string> Read()
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(Path)) ?? [];
        }
        catch (Exception problem) when (problem is IOException or JsonException)
        {
            return new Dictionary<string, string>();
        }
    }

    public void Write(IReadOnlyDictionary<string, string> tokens) =>
        PrivateFile.Write(Path, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(tokens, Indented) + "\n"));

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}

/// <summary>Files that only the server's user may read.</summary>
internal static class PrivateFile
{
    /// <summary>Puts it there whole, or not at all.</summary>
    public static void Write(string path, byte[] content)
    {
        var whole = path + ".new";
        File.Delete(whole);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(whole, options)) stream.Write(content);
        File.Move(whole, path, overwrite: true);
    }
}
