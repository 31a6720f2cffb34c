using System.CommandLine;
using System.Globalization;
using Headcount.Cli.CommandLine;
using Headcount.Cli.Output;
using Headcount.Cli.Playback;
using Headcount.Core;

namespace Headcount.Cli.Commands;

/// <summary><c>headcount replay</c>: plays a day back.</summary>
internal sealed class ReplayCommand : HelpedCommand
{
    private static readonly TimeSpan DefaultStep = TimeSpan.FromMinutes(1);

    private static readonly Option<string?> SpeedOption = new("--speed") { HelpName = "TIMES", Description = "How many times faster than the day was; max = without waiting (default: 60)." };
    private static readonly Option<string?> Capacity = new("--capacity") { HelpName = "N", Description = "Show the number against this many." };
    private static readonly Option<string?> Step = new("--step") { HelpName = "LENGTH", Description = "The time of the day between two lines, where the output is not a terminal (default: 1m)." };

    private static readonly Option[] OfPicture = [Capacity, Step, ReadingCommand.Tickets, AnomaliesCommand.ReentryMinutes];

    private readonly TimeProvider _time;

    public ReplayCommand(TimeProvider time)
        : base(
            "replay",
            "Plays a day back: a live picture in the terminal (q quits, space pauses, + and - change the speed), plain lines elsewhere; or, with --to, as requests to a server.",
            "./headcount replay samples/classic-day.ndjson --capacity 10 --speed max --step 30m | tail -n 5")
    {
        _time = time;
        Add(InputOptions.Inputs);
        AddGroup("Options", [SpeedOption, .. OfPicture]);
        AddGroup("To a server", ReplayTo.Options);
        AddGroup("Reading", InputOptions.ReadingToPlay);
        AddGroup("Logs that were not written for Headcount", InputOptions.ForeignLogs);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var values = new Values(parse);
        if (values.IsGiven(ReplayTo.To)) return await SendAsync(values, cancellationToken).ConfigureAwait(false);
        if (ReplayTo.Options.FirstOrDefault(values.IsGiven) is { } lonely) throw new UsageException($"{lonely.Name} goes with --to URL.");
        var (speed, step, capacity, window) = (ReadSpeed(values), values.Length(Step) ?? DefaultStep, values.Count(Capacity), values.Minutes(AnomaliesCommand.ReentryMinutes));
        var reading = new Reading(values, _time, Name, canFollow: false, values.Path(ReadingCommand.Tickets));

        var register = await reading.RegisterAsync(cancellationToken).ConfigureAwait(false);
        var ledger = await reading.ReadAsync(cancellationToken).ConfigureAwait(false);
        var day = new DayPlayback(ledger, register, window);
        using (var text = TextOut.ToStandardOutput())
        {
            if (!day.IsEmpty)
            {
                var replayer = new Replayer(day, values.Zone, _time) { Speed = speed, Step = step, Capacity = capacity, Title = TitleOf(values.Inputs(InputOptions.Inputs)) };
                await (Terminal.OutputIsTerminal ? replayer.ShowAsync(cancellationToken) : replayer.PrintAsync(text, cancellationToken)).ConfigureAwait(false);
            }

            text.Line(Conclusion(day, values.Zone));
        }

        return reading.Finish();
    }

    private Task<int> SendAsync(Values values, CancellationToken cancellationToken)
    {
        if (OfPicture.FirstOrDefault(values.IsGiven) is { } ofPicture) throw new UsageException($"{ofPicture.Name} is about the picture in the terminal, and with --to there is none: leave one of them out.");
        if (values.Flag(ReplayTo.AsFacts) && values.IsGiven(SpeedOption)) throw new UsageException("With --as-facts all is handed in at once, times kept: leave out --speed.");
        var speed = ReadSpeed(values);
        var reading = new Reading(values, _time, Name, canFollow: false, ticketsPath: null, showsProgress: false);
        return new ReplayTo(_time).RunAsync(values, speed, reading, cancellationToken);
    }

    private static Speed ReadSpeed(Values values)
    {
        if (values.Text(SpeedOption) is not { } text) return Speed.Usual;
        if (text == "max") return Speed.Max;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var times) && times is >= 0.001m and <= Speed.Fastest
            ? new Speed(times)
            : throw new UsageException($"--speed '{text}' is not a speed. Write how many times faster, from 0.001 to {Speed.Fastest:0}: --speed 60; or --speed max.");
    }

    private static string Conclusion(DayPlayback day, Zone zone) =>
        day.IsEmpty ? "No scans"
        : day.IsOver ? $"{People.Count(day.Inside)} inside at the end, {People.Time(zone, day.Last)}"
        : $"{People.Count(day.Inside)} inside at {People.Time(zone, day.Now)}";

    private static string TitleOf(string[] inputs) => inputs switch
    {
        [] or ["-"] => "standard input",
        [var one] => Path.GetFileName(one) is { Length: > 0 } name ? name : one,
        [var first, ..] => $"{Path.GetFileName(first)} and {inputs.Length - 1} more",
    };
}
