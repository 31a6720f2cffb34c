namespace Headcount.Server.Fanout;

/// <summary>Runs what there is to do with Redis, while the server runs. Open this first.</summary>
/// <remarks>Redis is never the truth, and nobody at a gate waits for it: everything here hears of what is on disk already, and gives way where Redis is slow or away.</remarks>
internal sealed partial class RedisFanout(RedisLink link, OccupancyHash figures, LiveRelay relay, TicketCalls tickets, TimeProvider time, ILogger<RedisFanout> logger) : BackgroundService
{
    private static readonly TimeSpan RestartWait = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        link.Connected = () =>
        {
            figures.MarkAll();
            tickets.CompareAll();
        };
        return Task.WhenAll(
            KeepAsync(link.RunAsync, stoppingToken), KeepAsync(figures.RunAsync, stoppingToken), KeepAsync(relay.RunAsync, stoppingToken), KeepAsync(tickets.RunAsync, stoppingToken));
    }

    // Whatever goes wrong here is not the gates' concern.
    private async Task KeepAsync(Func<CancellationToken, Task> run, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await run(cancellation);
                return;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                Failed(logger, problem);
                await Task.Delay(RestartWait, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(745, LogLevel.Error, "Something for Redis failed, and is begun again")]
    private static partial void Failed(ILogger logger, Exception problem);
}
