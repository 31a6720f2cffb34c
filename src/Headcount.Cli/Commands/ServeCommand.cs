using System.CommandLine;
using Headcount.Cli.CommandLine;
using Headcount.Cli.Serving;

namespace Headcount.Cli.Commands;

/// <summary><c>headcount serve</c>: the live service.</summary>
internal sealed class ServeCommand : HelpedCommand
{
    public ServeCommand()
        : base(
            "serve",
            "The live service: gates hand in scans, each is decided, made durable and answered; a dashboard shows the number moving.",
            "./headcount serve --demo --urls http://127.0.0.1:0")
    {
        AddGroup("Options (each also in the environment, as HEADCOUNT_URLS, and in appsettings.json)", ServingOptions.Built);
        foreach (var option in ServingOptions.Unbuilt) Add(option);
        SetAction((parse, cancellationToken) => RunAsync(ServingOptions.Read(parse), cancellationToken));
    }

    public override TimeSpan StopPatience => TimeSpan.FromSeconds(20);

    public override bool EndsCleanWhenStopped => true;

    // The server's libraries are loaded where this is run, and not before.
    private static Task<int> RunAsync(ServeSettings settings, CancellationToken cancellationToken) => ServerRun.RunAsync(settings, cancellationToken);
}
