using System.Net.Sockets;
using Headcount.Cli.CommandLine;
using Headcount.Data;
using Headcount.Engine;
using Headcount.Server;
using Headcount.Server.Access;
using Headcount.Server.Access.SignIn;
using Headcount.Server.Demo;
using Headcount.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.Cli.Serving;

/// <summary>One run of the server, from its settings to the signal that ends it. Nothing else in the program names the server's types.</summary>
internal static class ServerRun
{
    public static async Task<int> RunAsync(ServeSettings settings, CancellationToken cancellationToken)
    {
        foreach (var url in settings.Urls.Split(';').Where(url => ListenAddresses.IsPlain(url) && ListenAddresses.IsOpenToOthers(url)))
            Console.Error.WriteLine($"headcount: {url} is open to the network and without TLS: tokens and passwords can be read on the way. Give --tls FILE, or put a proxy that speaks TLS before it.");
        foreach (var mqtt in (settings.Mqtt ?? "").Split(';').Where(mqtt => mqtt.StartsWith("mqtt://", StringComparison.OrdinalIgnoreCase) && ListenAddresses.IsOpenToOthers(mqtt)))
            Console.Error.WriteLine($"headcount: {mqtt} is open to the network and without TLS: tokens can be read on the way. Give --tls FILE and mqtts://…, or use it on a closed network only.");
        await using var app = await BuildAsync(settings, cancellationToken).ConfigureAwait(false);
        await StartAsync(app, settings, cancellationToken).ConfigureAwait(false);
        var address = Addresses.OfThisMachine(app.Urls);
        using var file = AddressFile.Leave(settings.Folder, address);
        var text = new StartText(settings, [.. app.Urls.Select(Addresses.Named)], address, app.Services.GetRequiredService<IDatabase>().Description)
        {
            MqttAddresses = Addresses.OfMqtt(app.Services),
            OwnerTokenFile = app.Services.GetRequiredService<FirstStart>().OwnerTokenFile,
            OwnerPassword = app.Services.GetRequiredService<FirstStart>().TakeOwnerPassword(),
            SignInPath = address.IsLoopback ? app.Services.GetRequiredService<SignInLinks>().Create() : null,
            Demo = settings.Demo ? await InviteAsync(app, cancellationToken).ConfigureAwait(false) : null,
            EventSlug = await FirstEventAsync(app, cancellationToken).ConfigureAwait(false),
        };
        text.Print();
        await UntilAsync(cancellationToken).ConfigureAwait(false);
        await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
        return ExitStatus.Clean;
    }

    private static async Task<WebApplication> BuildAsync(ServeSettings settings, CancellationToken cancellationToken)
    {
        var options = new ServerOptions
        {
            Urls = settings.Urls, DataFolder = settings.Folder, Database = settings.Database, Migrate = settings.Migrate, Redis = settings.Redis, Demo = settings.Demo, SettingsFiles = settings.Files,
            Mqtt = settings.Mqtt, MqttBroker = settings.MqttBroker, MqttAnonymous = settings.MqttAnonymous, Amqp = settings.Amqp,
        };
        if (settings.TlsFile is { } tls)
        {
            var (leaf, chain) = TlsFile.Read(tls, settings.TlsPassword);
            options = options with { Certificate = new ServerCertificate(leaf, chain) };
        }

        try
        {
            return await HeadcountServer.BuildAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is DatabaseRefusedException or LogUnavailableException)
        {
            throw new InputException(problem.Message);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"The data folder {settings.Folder} cannot be used: {problem.Message}");
        }
        catch (InvalidOperationException problem) when (problem.Message.StartsWith("Limits:", StringComparison.Ordinal))
        {
            throw new InputException(problem.Message);
        }
    }

    private static async Task StartAsync(WebApplication app, ServeSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is IOException or SocketException or InvalidOperationException && Deepest(problem) is SocketException or IOException)
        {
            var why = (Deepest(problem) as SocketException)?.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another program listens there already. Stop it, or give another address with --urls.",
                SocketError.AccessDenied => "this user may not listen there. Ports from 1024 on are free to all: --urls http://localhost:8000.",
                SocketError.AddressNotAvailable => "this machine has no such address. Give one of its own with --urls, or http://*:8000 for all of them.",
                _ => problem.Message,
            };
            throw new InputException($"It cannot listen on {settings.Urls}: {why}");
        }
    }

    private static async Task<DemoInvitation?> InviteAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            return await app.Services.GetRequiredService<DemoGuide>().Ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            // What went wrong is in the log; the server itself is well.
            return null;
        }
    }

    private static async Task<string?> FirstEventAsync(WebApplication app, CancellationToken cancellationToken)
    {
        await using var db = app.Services.GetRequiredService<IDbReader>().Open();
        return await StartText.FirstEventAsync(db, cancellationToken).ConfigureAwait(false);
    }

    private static Exception Deepest(Exception problem)
    {
        while (problem.InnerException is { } inner) problem = inner;
        return problem;
    }

    private static async Task UntilAsync(CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(() => ended.TrySetResult());
        await ended.Task.ConfigureAwait(false);
    }
}
