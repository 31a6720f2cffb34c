using System.CommandLine;
using Headcount.Cli.CommandLine;
using Headcount.Cli.Serving;
using Headcount.Cli.Verifying;

namespace Headcount.Cli.Commands;

/// <summary><c>headcount verify</c>: counts again from a server's log, and compares.</summary>
internal sealed class VerifyCommand : HelpedCommand
{
    private static readonly Option<string?> Url = new("--url") { HelpName = "URL", Description = "A server to compare with (default: the one that runs on DIR, if one does)." };
    private static readonly Option<string?> Event = new("--event") { HelpName = "SLUG", Description = "This event only (default: all)." };

    private readonly TimeProvider _time;

    public VerifyCommand(TimeProvider time)
        : base(
            "verify",
            "Counts again from the log of a server and compares with its SQL views, and with what the server says if it runs. Exit status 4 where they differ.",
            "./headcount verify --data headcount-data")
    {
        _time = time;
        AddGroup("Options", ServingOptions.Data, ServingOptions.Database, Url, InputOptions.Token, Event, InputOptions.Json);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        var values = new Values(parse);
        var url = values.Text(Url) is not { } text ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
            : throw new UsageException($"--url '{text}' is not the address of a server. For example --url http://localhost:8000.");
        var settings = new VerifySettings(
            values.Path(ServingOptions.Data) ?? Given("HEADCOUNT_DATA") ?? ServeSettings.DefaultFolder,
            values.Text(ServingOptions.Database) ?? Given("HEADCOUNT_DB"),
            url, values.Text(InputOptions.Token) ?? Given("HEADCOUNT_TOKEN"), values.Text(Event), values.Flag(InputOptions.Json));
        return await VerifyAsync(settings, cancellationToken).ConfigureAwait(false);
    }

    // The database's libraries are loaded where this is run, and not before.
    private Task<int> VerifyAsync(VerifySettings settings, CancellationToken cancellationToken) => new VerifyRun(settings, _time).RunAsync(cancellationToken);

    private static string? Given(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? text : null;
}
