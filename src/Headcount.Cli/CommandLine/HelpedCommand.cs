using System.CommandLine;

namespace Headcount.Cli.CommandLine;

/// <summary>A command that explains itself: its options in groups, and an example that runs as it stands.</summary>
internal abstract class HelpedCommand(string name, string description, string example) : Command(name, description)
{
    private readonly List<(string Title, Option[] Options)> _groups = [];

    /// <summary>A command line that runs from the repository's root, on the sample data.</summary>
    public string Example { get; } = example;

    /// <summary>The options, under the titles that help lists them by.</summary>
    public IReadOnlyList<(string Title, Option[] Options)> Groups => _groups;

    protected void AddGroup(string title, params Option[] options)
    {
        _groups.Add((title, options));
        foreach (var option in options) Add(option);
    }
}
