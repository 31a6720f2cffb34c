using System.CommandLine;
using Headcount.Cli.Output;
using Headcount.Core;
using Headcount.Streams;

namespace Headcount.Cli.CommandLine;

/// <summary>A command that reads scans and answers one question of them.</summary>
internal abstract class ReadingCommand : HelpedCommand
{
    public static readonly Option<string?> Tickets = new("--tickets") { HelpName = "FILE", Description = "The register of tickets: JSON, NDJSON or CSV." };

    private readonly TimeProvider _time;
    private readonly StopSignal _stop;

    protected ReadingCommand(TimeProvider time, StopSignal stop, string name, string description, string example, params Option[] options)
        : base(name, description, example)
    {
        (_time, _stop) = (time, stop);
        Add(InputOptions.Inputs);
        if (options.Length > 0) AddGroup("Options", options);
        AddGroup("Reading", InputOptions.Reading);
        AddGroup("Logs that were not written for Headcount", InputOptions.ForeignLogs);
        SetAction(Run);
    }

    /// <summary>Checks the options of the command, before anything is read, and says how a ledger is asked.</summary>
    /// <exception cref="UsageException">A value is not one.</exception>
    protected abstract Func<ScanLedger, Register?, Answer> Ask(Values values);

    /// <summary>Whether the question makes sense of scans without tickets.</summary>
    protected virtual bool TakesAnonymous => false;

    private int Run(ParseResult parse)
    {
        var values = new Values(parse);
        var reading = new Reading(values, _time, Name, canFollow: true, Options.Contains(Tickets) ? values.Path(Tickets) : null);
        if (reading.Options.Foreign is { Anonymous: true } && !TakesAnonymous)
            throw new UsageException($"{Name} is about tickets, and with --anonymous there are none: --anonymous goes with occupancy, timeline and replay.");
        var ask = Ask(values);

        if (reading.Options.Follow)
            Follow(reading, ask, values);
        else
            Answer(reading, ask, values);
        return reading.Finish();
    }

    private void Answer(Reading reading, Func<ScanLedger, Register?, Answer> ask, Values values)
    {
        // The register is read beside the scans, and the page made ready meanwhile.
        var register = reading.RegisterAsync(_stop.Token);
        var scans = reading.ReadAsync(_stop.Token);
        using var page = new AnswerPage(values.Flag(InputOptions.Json), values.Zone, isFollowed: false);

        // A register that cannot be read is said at once, not after the scans.
        Task.WaitAny([register, scans], _stop.Token);
        if (register.IsCompleted) register.GetAwaiter().GetResult();
        page.Write(ask(scans.GetAwaiter().GetResult(), register.GetAwaiter().GetResult()));
    }

    private void Follow(Reading reading, Func<ScanLedger, Register?, Answer> ask, Values values)
    {
        using var page = new AnswerPage(values.Flag(InputOptions.Json), values.Zone, isFollowed: true);
        FollowAsync(reading, (ledger, register) => page.Write(ask(ledger, register))).GetAwaiter().GetResult();
    }

    private async Task FollowAsync(Reading reading, Action<ScanLedger, Register?> tell)
    {
        var register = await reading.RegisterAsync(_stop.Token).ConfigureAwait(false);
        await foreach (var ledger in reading.FollowAsync(_stop.Token).ConfigureAwait(false)) tell(ledger, register);
    }
}
