namespace Headcount.Fuzz;

/// <summary>The inputs to begin with: a folder of text files for each target.</summary>
internal static class Corpus
{
    public static IReadOnlyList<byte[]> Of(string target)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "corpus", target);
        return [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
    }
}
