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

    /// <summary>How long it may take to end once it was asked to, before the program ends anyway.</summary>
    public virtual TimeSpan StopPatience => TimeSpan.FromSeconds(1);

    /// <summary>Whether being asked to stop is how it ends: status 0, not that of an interrupted command.</summary>
    public virtual bool EndsCleanWhenStopped => false;

    protected void AddGroup(string title, params Option[] options)
    {
        _groups.Add((title, options));
        foreach (var option in options) Add(option);
    }
}
