using System.Collections.Concurrent;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Live;
using StackExchange.Redis;

namespace Headcount.Server.Fanout;

/// <summary>Sends the live feed of every open event to the channel <c>headcount:{event}</c>: Redis is a watcher like any other, and a slow one is given the newest state.</summary>
internal sealed partial class LiveRelay(LiveFeed feed, RedisLink link, FanoutState state, TimeProvider time, ILogger<LiveRelay> logger) : IEventListener
{
    private static readonly TimeSpan OutageWait = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, Task> _relays = [];
    private readonly ConcurrentDictionary<long, EventMailbox> _events = [];
    private volatile CancellationTokenSource? _running;

    public static RedisChannel ChannelOf(string slug) => RedisChannel.Literal($"headcount:{slug}");

    public void OnOpened(EventMailbox mailbox)
    {
        _events[mailbox.Settings.EventId] = mailbox;
        if (_running is { } running) Begin(mailbox.Settings.EventId, running.Token);
    }

    public void OnCommitted(EventMailbox mailbox, Commit commit)
    {
        // The feed hears of it.
    }

    public void OnSettingsChanged(EventMailbox mailbox)
    {
        // The feed hears of it.
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _running = running;
        foreach (var eventId in _events.Keys) Begin(eventId, running.Token);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
        }
        finally
        {
            _running = null;
            await Task.WhenAll(_relays.Values);
        }
    }

    private void Begin(long eventId, CancellationToken cancellation) => _relays.GetOrAdd(eventId, _ => Task.Run(() => RelayAsync(eventId, cancellation), CancellationToken.None));

    private async Task RelayAsync(long eventId, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var redis = await link.ConnectedAsync(cancellation);
                var mailbox = _events[eventId];
                using var watch = feed.TryWatch(mailbox, null, wantsScans: false, static () => true);
                if (watch is not null) await watch.Watcher.RunAsync(new Connection(redis.GetSubscriber(), ChannelOf(mailbox.Settings.Slug), state), cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem) when (problem is RedisException or TimeoutException or ObjectDisposedException)
            {
                link.Report(problem);
            }
            catch (Exception problem)
            {
                Failed(logger, problem);
            }

            await Task.Delay(OutageWait, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private sealed class Connection(ISubscriber redis, RedisChannel channel, FanoutState state) : ILiveConnection
    {
        public async ValueTask SendAsync(LiveMessage message, CancellationToken cancellation)
        {
            await redis.PublishAsync(channel, message.Json).WaitAsync(cancellation);
            state.Sent("live");
        }

        public ValueTask FlushAsync(CancellationToken cancellation) => default;
    }

    [LoggerMessage(750, LogLevel.Error, "The live feed could not be sent to Redis; it is tried again")]
    private static partial void Failed(ILogger logger, Exception problem);
}
