using Microsoft.Extensions.Logging;

namespace Headcount.Engine;

/// <summary>Opens the mailboxes of events, each once, and stops them.</summary>
/// <remarks>Any thread.</remarks>
public sealed class EventHost : IAsyncDisposable
{
    /// <summary>A host with no mailbox open.</summary>
    public EventHost(IScanLog log, IEventSource source, IEnumerable<IEventListener> listeners, EngineOptions options, TimeProvider time, ILoggerFactory loggers)
    {
    }

    /// <summary>The mailboxes that are open.</summary>
    public IReadOnlyCollection<EventMailbox> Open => throw new NotImplementedException();

    /// <summary>The mailbox of an event, opened and its log read if need be; null where there is no such event.</summary>
    public ValueTask<EventMailbox?> OpenAsync(long eventId, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>The mailbox of an event, where it is open.</summary>
    public bool TryGet(long eventId, out EventMailbox mailbox) => throw new NotImplementedException();

    /// <summary>Takes no more scans, answers those taken, and stops.</summary>
    public async ValueTask DisposeAsync() => await Task.CompletedTask;
}

/// <summary>The mailbox has stopped.</summary>
public sealed class EventClosedException() : Exception("The event's mailbox has stopped.");
