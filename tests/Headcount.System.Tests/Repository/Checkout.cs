using System.Diagnostics;

namespace Headcount.SystemTests.Repository;

/// <summary>The checkout that these tests were built from: its root, and the files that are, or would be, committed.</summary>
internal static class Checkout
{
    private static readonly string[] IgnoredFolders = [".git", "artifacts", "bin", "obj", "node_modules", "headcount-data", "TestResults", ".vs", ".idea", ".vscode"];

    public static readonly string Root = FindRoot();

    /// <summary>Every file of the repository, as a path from its root with forward slashes, sorted.</summary>
    public static readonly IReadOnlyList<string> Files = ListFiles();

    public static IEnumerable<string> FilesWithExtension(string extension) =>
        Files.Where(file => file.EndsWith(extension, StringComparison.Ordinal));

    public static string FullPath(string file) => Path.GetFullPath(Path.Combine(Root, file));

    public static string Read(string file) => File.ReadAllText(FullPath(file));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Headcount.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException($"No Headcount.slnx in {AppContext.BaseDirectory} or above it: run the tests from where ./test builds them.");
    }

    private static List<string> ListFiles()
    {
        var files = AskGit() ?? Walk(Root);
        files.RemoveAll(file => !File.Exists(FullPath(file)));
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private static List<string>? AskGit()
    {
        if (!Directory.Exists(Path.Combine(Root, ".git")) && !File.Exists(Path.Combine(Root, ".git"))) return null;
        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        try
        {
            using var git = Process.Start(start)!;
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries)] : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>What git would list, in a copy of the repository without git.</summary>
    private static List<string> Walk(string folder)
    {
        var files = Directory.EnumerateFiles(folder).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/')).ToList();
        foreach (var child in Directory.EnumerateDirectories(folder))
        {
            if (!IgnoredFolders.Contains(Path.GetFileName(child))) files.AddRange(Walk(child));
        }

        return files;
    }
}
