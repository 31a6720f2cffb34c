namespace Headcount.Server.Live;

/// <summary>One who watches an event, and what waits for them.</summary>
/// <param name="feed">The event's feed.</param>
/// <param name="wantsScans">Whether every scan is to be sent.</param>
/// <param name="position">The record up to which they know everything; null = they know nothing.</param>
/// <param name="isWelcome">Whether they may still watch.</param>
/// <param name="limits">The bounds.</param>
internal sealed class Watcher(EventFeed feed, bool wantsScans, long? position, Func<bool> isWelcome, LiveLimits limits) : IDisposable
{
    private readonly Outbox _outbox = new(limits.OutboxMessages);
    private readonly CancellationTokenSource _unwelcome = new();
    private long? _position = position;

    /// <summary>Whether every scan is sent.</summary>
    public bool WantsScans => wantsScans;

    /// <summary>Is cancelled when their token or session has ended.</summary>
    public CancellationToken Unwelcome => _unwelcome.Token;

    /// <summary>Sends them away if they may not watch any more.</summary>
    public void Recheck()
    {
        if (isWelcome()) return;
        try
        {
            _ = _unwelcome.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // They have left.
        }
    }

    /// <summary>Hands over a message. It never waits.</summary>
    public void Offer(LiveMessage message)
    {
        if (wantsScans || message.Type != LiveTypes.Scans) _outbox.Offer(message);
    }

    /// <summary>Has a fresh snapshot sent before anything else.</summary>
    public void WantSnapshot() => _outbox.WantSnapshot();

    /// <summary>Sends what comes, until it is cancelled or the connection is gone.</summary>
    public async Task RunAsync(ILiveConnection connection, CancellationToken cancellation)
    {
        while (true)
        {
            var (messages, wantsSnapshot) = await _outbox.TakeAsync(cancellation);
            var known = -1L;
            LiveMessage? snapshot = null;
            if (wantsSnapshot)
            {
                snapshot = await feed.SnapshotAsync(cancellation);
                known = snapshot.Seq;
            }

            // Whoever does not take what is sent is cut off: cancelling a send ends the connection.
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(limits.SendTimeout);
            if (snapshot is not null) await SendAsync(connection, LiveWriter.Skipping(snapshot, _position is { } from ? Math.Max(0, known - from) : null), patience.Token);
            foreach (var message in messages)
            {
                if (message.Seq > known || message.Type == LiveTypes.Alert) await SendAsync(connection, message, patience.Token);
            }

            await connection.FlushAsync(patience.Token);
        }
    }

    public void Dispose() => _unwelcome.Dispose();

    private ValueTask SendAsync(ILiveConnection connection, LiveMessage message, CancellationToken cancellation)
    {
        if (message.IsPosition) _position = message.Seq;
        return connection.SendAsync(message, cancellation);
    }
}

/// <summary>The way to one watcher.</summary>
internal interface ILiveConnection
{
    /// <summary>Sends a message, and waits until the connection has taken it.</summary>
    ValueTask SendAsync(LiveMessage message, CancellationToken cancellation);

    /// <summary>Sees to it that what was sent is on its way.</summary>
    ValueTask FlushAsync(CancellationToken cancellation);
}
