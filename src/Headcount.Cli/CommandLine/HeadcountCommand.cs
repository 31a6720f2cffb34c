using System.CommandLine;
using System.CommandLine.Help;
using Headcount.Cli.Commands;

namespace Headcount.Cli.CommandLine;

/// <summary>The program's commands.</summary>
internal sealed class HeadcountCommand : RootCommand
{
    public HeadcountCommand(TimeProvider time, StopSignal stop)
        : base("Counts who is inside, from the scans at the gates: now, at any time, by gate and ticket type, and what is not right.")
    {
        var help = Options.OfType<HelpOption>().Single();
        (help.Action, help.Description) = (new HelpPage(), "What a command does, its options, and an example that runs.");
        Options.OfType<VersionOption>().Single().Description = "The version of the program.";
        Add(new OccupancyCommand(time, stop));
        Add(new TimelineCommand(time, stop));
        Add(new AnomaliesCommand(time, stop));
        Add(new AdmitCommand(time, stop));
        Add(new ReplayCommand(time));
        Add(new SimulateCommand());
        Add(new ServeCommand());
        Add(new VerifyCommand(time));
    }
}
