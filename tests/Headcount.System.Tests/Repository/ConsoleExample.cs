using System.Text.RegularExpressions;

namespace Headcount.SystemTests.Repository;

/// <summary>A command that a document shows, and what the document says it prints.</summary>
/// <param name="Line">The line of the document that it is on, from 1.</param>
/// <param name="Command">The shell command, without the prompt.</param>
/// <param name="ExitStatus">What it ends with: 0, or what a comment <c># exit status 3</c> at the end of the command says.</param>
/// <param name="Output">The lines shown below it; empty = whatever it prints. A line that is only <c>…</c> stands for any lines.</param>
internal sealed partial record ConsoleExample(int Line, string Command, int ExitStatus, IReadOnlyList<string> Output)
{
    private const string Elision = "…";

    /// <summary>The commands of all blocks fenced as <c>console</c>, in order.</summary>
    public static IReadOnlyList<ConsoleExample> In(string document)
    {
        var examples = new List<ConsoleExample>();
        var lines = document.ReplaceLineEndings("\n").Split('\n');
        for (var at = 0; at < lines.Length; at++)
        {
            var fence = OpeningFence().Match(lines[at]);
            if (!fence.Success) continue;
            var end = at + 1;
            while (end < lines.Length && lines[end].Trim() != fence.Groups["ticks"].Value) end++;
            if (fence.Groups["language"].Value == "console") examples.AddRange(InBlock(lines, at + 1, end));
            at = end;
        }

        return examples;
    }

    /// <summary>Whether a program that printed <paramref name="printed"/> did what the document says.</summary>
    public bool Allows(string printed)
    {
        if (Output.Count == 0) return true;
        var actual = printed.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(line => line.TrimEnd()).ToArray();
        return Allows(actual, 0, 0);
    }

    private bool Allows(string[] actual, int from, int expected)
    {
        if (expected == Output.Count) return from == actual.Length;
        if (Output[expected].Trim() != Elision)
            return from < actual.Length && actual[from] == Output[expected] && Allows(actual, from + 1, expected + 1);
        return Enumerable.Range(from, actual.Length - from + 1).Any(rest => Allows(actual, rest, expected + 1));
    }

    private static IEnumerable<ConsoleExample> InBlock(string[] lines, int start, int end)
    {
        for (var at = start; at < end; at++)
        {
            if (!lines[at].StartsWith("$ ", StringComparison.Ordinal)) continue;
            var first = at;
            var command = lines[at][2..];
            while (command.EndsWith('\\') && at + 1 < end) command = command[..^1] + lines[++at].TrimStart('>', ' ');

            var output = new List<string>();
            while (at + 1 < end && !lines[at + 1].StartsWith("$ ", StringComparison.Ordinal)) output.Add(lines[++at].TrimEnd());
            while (output.Count > 0 && output[^1].Length == 0) output.RemoveAt(output.Count - 1);

            var status = StatusComment().Match(command);
            yield return new ConsoleExample(first + 1, command, status.Success ? int.Parse(status.Groups["status"].ValueSpan) : 0, output);
        }
    }

    [GeneratedRegex(@"^(?<ticks>`{3,})(?<language>[\w-]*)")]
    private static partial Regex OpeningFence();

    [GeneratedRegex(@"#\s*exit status (?<status>\d+)\s*$")]
    private static partial Regex StatusComment();
}
