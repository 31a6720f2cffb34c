using Headcount.Cli.CommandLine;

namespace Headcount.Cli.Output;

/// <summary>Files that a command writes.</summary>
internal static class OutputFile
{
    /// <summary>Refuses to overwrite what is being read.</summary>
    public static void CheckIsNoInput(string option, string path, IEnumerable<string> inputs)
    {
        var full = Path.GetFullPath(path);
        if (inputs.Any(input => input != "-" && !input.Contains("://", StringComparison.Ordinal) && Path.GetFullPath(input) == full))
            throw new UsageException($"{option} '{path}' is one of the inputs, and would be overwritten: name another file.");
    }

    public static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 64 * 1024);
}
