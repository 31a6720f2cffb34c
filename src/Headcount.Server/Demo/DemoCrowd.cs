using System.Net.Security;
using Headcount.Client;
using Headcount.Core;
using Headcount.Server.Access;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Headcount.Server.Demo;

/// <summary>Sends the crowd to the gates, day after day, through the server's own HTTP door.</summary>
internal sealed class DemoCrowd(
    DemoGuide guide, FirstStart first, ServerOptions options, IServer server, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DemoCrowd> logger) : BackgroundService
{
    private readonly DemoTokens _tokens = new(options.DataFolder);
    private readonly DemoDayFile _dayFile = new(options.DataFolder);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken);
            var address = Addresses.OfThisMachine(server.Features.Get<IServerAddressesFeature>()!.Addresses);
            using var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => IsOurs(certificate) } };
            using var owner = ClientFor(handler, address, (await File.ReadAllTextAsync(first.OwnerTokenFile, stoppingToken)).Trim(), DemoVenue.Slug);
            var venue = new DemoVenue(owner, _tokens);
            await venue.SetUpAsync(DemoDay.Plan(1).Tickets, stoppingToken);
            var gates = venue.TokenOfGate.ToDictionary(gate => gate.Key, gate => ClientFor(handler, address, gate.Value));
            guide.Invite(new DemoInvitation("A", venue.TokenOfGate["A"], await venue.FreeTicketAsync(stoppingToken), _tokens.Path));
            while (true) await PlayAsync(await BeginAsync(owner, stoppingToken), gates, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server is stopping.
        }
        catch (Exception problem)
        {
            // A demonstration that fails must not take the server with it.
            guide.Fail(problem);
            DemoLog.Failed(logger, problem);
        }
    }

    private async Task StartedAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancellation);
    }

    /// <summary>The day that a server before this one began, where it is not over; else a new one, in an empty house.</summary>
    private async Task<DemoDay> BeginAsync(HeadcountClient owner, CancellationToken cancellation)
    {
        Instant now = time.GetUtcNow();
        var last = _dayFile.Read();
        if (last is not null && last.Start <= now && now < last.End) return last;
        if ((await owner.ReadOccupancyAsync(cancellation: cancellation)).Occupancy > 0) await owner.CloseDayAsync(DemoVenue.Slug, cancellation: cancellation);
        var day = new DemoDay(now, last is null ? 1 : last.Seed + 1);
        _dayFile.Write(day);
        return day;
    }

    private async Task PlayAsync(DemoDay day, Dictionary<string, HeadcountClient> gates, CancellationToken cancellation)
    {
        var guests = new TurnedAway();
        await Task.WhenAll(day.ByGate().Select(gate => new DemoGate(gates[gate.Key], guests, time, logger).PlayAsync([.. gate], cancellation)));
        var night = day.End - time.GetUtcNow();
        if (night > TimeSpan.Zero) await Task.Delay(night, time, cancellation);
    }

    private static HeadcountClient ClientFor(SocketsHttpHandler handler, Uri address, string token, string? @event = null)
    {
        var http = new HttpClient(handler, disposeHandler: false) { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return new HeadcountClient(http, new HeadcountClientOptions { Event = @event });
    }

    // The certificate's names need not have this machine's own among them.
    private bool IsOurs(System.Security.Cryptography.X509Certificates.X509Certificate? shown) =>
        options.Certificate is { } certificate && shown is not null && shown.GetCertHashString() == certificate.Leaf.GetCertHashString();
}

internal static partial class DemoLog
{
    [LoggerMessage(EventId = 2900, Level = LogLevel.Error, Message = "The demonstration has stopped.")]
    public static partial void Failed(ILogger logger, Exception problem);

    [LoggerMessage(EventId = 2901, Level = LogLevel.Warning, Message = "The demonstration: a scan at gate {Gate} was not taken: {Problem}")]
    public static partial void NotTaken(ILogger logger, string gate, string problem);
}
