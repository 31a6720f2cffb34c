using System.CommandLine;
using System.CommandLine.Invocation;
using Headcount.Cli.Output;

namespace Headcount.Cli.CommandLine;

/// <summary>What <c>--help</c> prints.</summary>
internal sealed class HelpPage : SynchronousCommandLineAction
{
    private const int MostColumns = 100;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var command = parseResult.CommandResult.Command;
        using var text = TextOut.ToStandardOutput();
        var width = Math.Min(text.Width, MostColumns);
        Wrap(text, command.Description ?? "", "", width);
        if (command is HelpedCommand helped)
            WriteCommand(text, helped, width);
        else
            WriteRoot(text, command, width);
        return ExitStatus.Clean;
    }

    private static void WriteRoot(TextOut text, Command root, int width)
    {
        text.Line().Line(text.Bold("Usage:") + " headcount COMMAND [INPUT…] [options]").Line();
        WriteRows(text, "Commands", [.. root.Subcommands.Select(command => (command.Name, command.Description ?? ""))], width);
        WriteRows(text, "Options", [.. Rows(root.Options)], width);
        text.Line("Each command says more of itself, with an example: headcount COMMAND --help");
    }

    private static void WriteCommand(TextOut text, HelpedCommand command, int width)
    {
        var inputs = command.Arguments.Count > 0 ? $" [{command.Arguments[0].HelpName}]" : "";
        text.Line().Line($"{text.Bold("Usage:")} headcount {command.Name}{inputs} [options]").Line();
        text.Line(text.Bold("Example:")).Line($"  {command.Example}").Line();
        if (inputs.Length > 0)
            WriteRows(text, "Input", [.. command.Arguments.Select(argument => (argument.HelpName ?? argument.Name, argument.Description ?? ""))], width);
        foreach (var (title, options) in command.Groups) WriteRows(text, title, [.. Rows(options)], width);
    }

    private static IEnumerable<(string, string)> Rows(IEnumerable<Option> options) =>
        from option in options
        where !option.Hidden
        let aliases = option.Aliases.Where(alias => alias is ['-', not '-'] or ['-', 'o'])
        let name = string.Join(", ", aliases.Append(option.Name))
        select (option.HelpName is { Length: > 0 } value ? $"{name} {value}" : name, option.Description ?? "");

    private static void WriteRows(TextOut text, string title, (string Name, string Description)[] rows, int width)
    {
        text.Line(text.Bold(title + ":"));
        var indent = Math.Min(rows.Max(row => row.Name.Length) + 4, 30);
        foreach (var (name, description) in rows)
        {
            var first = ("  " + name).PadRight(indent);
            if (first.Length > indent)
            {
                text.Line(first);
                first = new string(' ', indent);
            }

            Wrap(text, description, first, width);
        }

        text.Line();
    }

    /// <summary>Text in lines of at most a width, the first after <paramref name="first"/> and the others as far in.</summary>
    private static void Wrap(TextOut text, string words, string first, int width)
    {
        var line = first;
        var isEmpty = true;
        foreach (var word in words.Split(' '))
        {
            if (!isEmpty && line.Length + 1 + word.Length > width)
            {
                text.Line(line);
                (line, isEmpty) = (new string(' ', first.Length), true);
            }

            line += isEmpty ? word : " " + word;
            isEmpty = false;
        }

        text.Line(line);
    }
}
