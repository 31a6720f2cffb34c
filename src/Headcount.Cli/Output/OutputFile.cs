using Headcount.Cli.CommandLine;

namespace Headcount.Cli.Output;

/// <summary>Files that a command writes.</summary>
internal static class OutputFile
{
    /// <summary>Refuses to overwrite what is being read.</summary>
    public static void CheckIsNoInput(string option, string path, IEnumerable<string> inputs)
    {
        var target = Target(path);
        if (inputs.Any(input => input != "-" && !input.Contains("://", StringComparison.Ordinal) && Target(input) == target))
            throw new UsageException($"{option} '{path}' is one of the inputs, and would be overwritten: name another file.");
    }

    /// <summary>Refuses to write two things into one file.</summary>
    public static void CheckIsNot(string option, string path, string otherOption, string? other)
    {
        if (other is not null && Target(path) == Target(other))
            throw new UsageException($"{option} and {otherOption} name one and the same file, '{path}': name two.");
    }

    // The file itself, also by the name of a link to it.
    private static string Target(string path)
    {
        var full = Path.GetFullPath(path);
        return File.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
    }

    public static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 64 * 1024);
}
