namespace Headcount.Server.Fanout;

/// <summary>Runs what there is to do with Redis, while the server runs. Open this first.</summary>
/// <remarks>Redis is never the truth, and nobody at a gate waits for it: everything here hears of what is on disk already, and gives way where Redis is slow or away.</remarks>
internal sealed class RedisFanout(RedisLink link, OccupancyHash figures, LiveRelay relay, TicketCalls tickets) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        link.Connected = () =>
        {
            figures.MarkAll();
            tickets.CompareAll();
        };
        try
        {
            await Task.WhenAll(link.RunAsync(stoppingToken), figures.RunAsync(stoppingToken), relay.RunAsync(stoppingToken), tickets.RunAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server is stopping.
        }
    }
}
