using StackExchange.Redis;

namespace Headcount.Server.Fanout;

/// <summary>The connection to Redis: made when it can be, and made again whenever it is lost.</summary>
internal sealed partial class RedisLink(ServerOptions options, FanoutState state, TimeProvider time, ILogger<RedisLink> logger) : IAsyncDisposable
{
    private static readonly TimeSpan RetryWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private TaskCompletionSource<IConnectionMultiplexer> _connected = New();
    private ConnectionMultiplexer? _redis;
    private volatile bool _wasLost;

    /// <summary>Is called whenever the connection is there again: what Redis had may be gone.</summary>
    public Action? Connected { get; set; }

    /// <summary>Waits until Redis can be reached.</summary>
    public Task<IConnectionMultiplexer> ConnectedAsync(CancellationToken cancellation)
    {
        lock (_lock) return _connected.Task.WaitAsync(cancellation);
    }

    /// <summary>Connects, however long it takes. From then on the connection looks after itself.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var configuration = RedisAddress.Parse(options.Redis!);
        var where = RedisAddress.Describe(configuration);
        var isFirst = true;
        while (true)
        {
            try
            {
                var redis = _redis = await ConnectionMultiplexer.ConnectAsync(configuration);
                redis.ConnectionFailed += (_, failed) => Lost(failed.FailureType.ToString());
                redis.ConnectionRestored += (_, _) => Restored(redis);
                Reached(logger, where);
                Restored(redis);
                return;
            }
            catch (RedisException problem)
            {
                var why = FirstSentence(problem.GetBaseException().Message);
                state.Lost(why);
                if (isFirst) NotReached(logger, where, why);
                isFirst = false;
            }

            await Task.Delay(RetryWait, time, cancellation);
        }
    }

    /// <summary>Something could not be sent or read.</summary>
    public void Report(Exception problem)
    {
        state.Failed();
        if (_redis is { IsConnected: false }) Lost(FirstSentence(problem.GetBaseException().Message));
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is { } redis) await redis.DisposeAsync();
    }

    private void Restored(ConnectionMultiplexer redis)
    {
        if (!redis.IsConnected) return;
        lock (_lock)
        {
            if (!_connected.TrySetResult(redis)) return;
        }

        state.Connected();
        if (_wasLost) Back(logger);
        Connected?.Invoke();
    }

    private void Lost(string why)
    {
        lock (_lock)
        {
            if (!_connected.Task.IsCompleted) return;
            _connected = New();
            _wasLost = true;
        }

        state.Lost(why);
        Gone(logger, why);

        // One of the two connections may have come back before the other was missed.
        if (_redis is { IsConnected: true } redis) Restored(redis);
    }

    private static TaskCompletionSource<IConnectionMultiplexer> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string FirstSentence(string text) => text.IndexOf(". ", StringComparison.Ordinal) is var end and > 0 and < 200 ? text[..end] : text.Length <= 200 ? text : string.Concat(text.AsSpan(0, 200), "…");

    [LoggerMessage(740, LogLevel.Information, "Redis at {Address}: connected")]
    private static partial void Reached(ILogger logger, string address);

    [LoggerMessage(741, LogLevel.Warning, "Redis at {Address} cannot be reached ({Error}); the service goes on without it, and tries again every second")]
    private static partial void NotReached(ILogger logger, string address, string error);

    [LoggerMessage(742, LogLevel.Warning, "Redis was lost ({Error}); the service goes on without it")]
    private static partial void Gone(ILogger logger, string error);

    [LoggerMessage(743, LogLevel.Information, "Redis is back")]
    private static partial void Back(ILogger logger);
}
