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

    protected ReadingCommand(TimeProvider time, string name, string description, string example, params Option[] options)
        : base(name, description, example)
    {
        _time = time;
        Add(InputOptions.Inputs);
        if (options.Length > 0) AddGroup("Options", options);
        AddGroup("Reading", InputOptions.Reading);
        AddGroup("Logs that were not written for Headcount", InputOptions.ForeignLogs);
        SetAction(RunAsync);
    }

    /// <summary>Checks the options of the command, before anything is read, and says how a ledger is asked.</summary>
    /// <exception cref="UsageException">A value is not one.</exception>
    protected abstract Func<ScanLedger, Register?, Answer> Ask(Values values);

    /// <summary>Whether the question makes sense of scans without tickets.</summary>
    protected virtual bool TakesAnonymous => false;

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var values = new Values(parse);
        var reading = new Reading(values, _time, Name, canFollow: true, Options.Contains(Tickets) ? values.Path(Tickets) : null);
        if (reading.Options.Foreign is { Anonymous: true } && !TakesAnonymous)
            throw new UsageException($"{Name} is about tickets, and with --anonymous there are none: --anonymous goes with occupancy, timeline and replay.");
        var ask = Ask(values);

        // The register is read beside the scans.
        var register = reading.RegisterAsync(cancellationToken);
        using var page = new AnswerPage(values.Flag(InputOptions.Json), values.Zone, reading.Options.Follow);
        if (reading.Options.Follow)
        {
            var known = await register.ConfigureAwait(false);
            await foreach (var ledger in reading.FollowAsync(cancellationToken).ConfigureAwait(false)) page.Write(ask(ledger, known));
        }
        else
        {
            var scans = reading.ReadAsync(cancellationToken);

            // A register that cannot be read is said at once, not after the scans.
            if (await Task.WhenAny(register, scans).ConfigureAwait(false) == register) await register.ConfigureAwait(false);
            page.Write(ask(await scans.ConfigureAwait(false), await register.ConfigureAwait(false)));
        }

        return reading.Finish();
    }
}
