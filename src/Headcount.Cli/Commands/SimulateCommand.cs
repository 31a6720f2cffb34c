using System.CommandLine;
using System.Globalization;
using Headcount.Cli.CommandLine;
using Headcount.Cli.Output;
using Headcount.Simulation;

namespace Headcount.Cli.Commands;

/// <summary><c>headcount simulate</c>: a believable day, made up.</summary>
internal sealed class SimulateCommand : HelpedCommand
{
    private static readonly Option<string?> Attendees = new("--attendees") { HelpName = "N", Description = "Tickets sold (default: 1000)." };
    private static readonly Option<string?> Gates = new("--gates") { HelpName = "G", Description = "Gates: A, B, C, … (default: 4)." };
    private static readonly Option<string?> Day = new("--day") { HelpName = "DATE", Description = "The day (default: 2025-09-30)." };
    private static readonly Option<string?> Seed = new("--seed") { HelpName = "S", Description = "What chance is made from: the same seed gives the same bytes (default: 1)." };
    private static readonly Option<string?> Faults = new("--faults") { HelpName = "LIST", Description = $"What goes wrong: {FaultRates.Allowed} (default: default)." };
    private static readonly Option<string?> Scans = new("--scans") { HelpName = "N", Description = "About how many scans, reached by more or fewer breaks (default: as many as come about)." };
    private static readonly Option<string?> Tickets = new("--tickets") { HelpName = "FILE", Description = "Write the register of tickets to this file." };
    private static readonly Option<string?> Out = new("--out", "-o") { HelpName = "FILE", Description = "Write the scans to this file (default: standard output)." };
    private static readonly Option<bool> Brief = new("--brief") { Description = "Leave out device_id and scan_id." };
    private static readonly Option<bool> LocalTimes = new("--local-times") { Description = "Write times without their offset." };

    public SimulateCommand()
        : base(
            "simulate",
            "Writes a made-up day as NDJSON: arrival waves, breaks, re-entries, and what goes wrong at real gates.",
            "./headcount simulate --attendees 200 --gates 2 --seed 7 | ./headcount occupancy")
    {
        AddGroup("Options", Attendees, Gates, Day, InputOptions.Zone, Seed, Faults, Scans, Tickets, Out, Brief, LocalTimes);
        SetAction(parse => Run(new Values(parse)));
    }

    private static int Run(Values values)
    {
        var options = Read(values);
        var (tickets, scans) = (values.Path(Tickets), values.Path(Out));
        if (tickets is not null && scans is not null) OutputFile.CheckIsNoInput("--tickets", tickets, [scans]);
        if (options.FindProblem() is { } problem) throw new UsageException(problem);

        var day = SimulatedDay.Plan(options);
        if (tickets is not null)
        {
            using var file = OutputFile.Create(tickets);
            RegisterWriter.WriteRegister(day, file);
        }

        using var output = scans is null ? Console.OpenStandardOutput() : OutputFile.Create(scans);
        NdjsonWriter.WriteScans(day, output, new ScanFormat(values.Flag(Brief), values.Flag(LocalTimes)));
        return ExitStatus.Clean;
    }

    private static DayOptions Read(Values values)
    {
        var usual = new DayOptions();
        var faults = usual.Faults;
        if (values.Text(Faults) is { } list && !FaultRates.TryParse(list, out faults, out var error)) throw new UsageException($"--faults: {error}");
        return usual with
        {
            Attendees = Whole(values, Attendees, DayOptions.MostAttendees) ?? usual.Attendees,
            Gates = Whole(values, Gates, DayOptions.MostGates) ?? usual.Gates,
            Day = ReadDay(values) ?? usual.Day,
            Seed = ReadSeed(values) ?? usual.Seed,
            Zone = values.Zone,
            Faults = faults,
            Scans = values.Count(Scans, least: 1),
        };
    }

    private static int? Whole(Values values, Option<string?> option, int most) => values.Count(option) switch
    {
        null => null,
        var count when count <= most => (int)count,
        var count => throw new UsageException($"{option.Name} {People.Count(count.Value)} is more than can be made: at most {People.Count(most)}."),
    };

    private static DateOnly? ReadDay(Values values)
    {
        if (values.Text(Day) is not { } text) return null;
        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new UsageException($"--day '{text}' is not a date. Write for example --day 2025-09-30.");
    }

    private static ulong? ReadSeed(Values values)
    {
        if (values.Text(Seed) is not { } text) return null;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : throw new UsageException($"--seed '{text}' is not a whole number from 0 to {ulong.MaxValue}.");
    }
}
