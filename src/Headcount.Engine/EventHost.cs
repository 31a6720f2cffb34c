using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Headcount.Engine;

/// <summary>Opens the mailboxes of events, each once, and stops them.</summary>
/// <remarks>Any thread.</remarks>
public sealed class EventHost : IAsyncDisposable
{
    private readonly IScanLog _log;
    private readonly IEventSource _source;
    private readonly IEventListener[] _listeners;
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<long, EventMailbox> _open = [];
    private readonly SemaphoreSlim _opening = new(1);
    private readonly LogReadings _readings;
    private volatile bool _isStopped;

    /// <summary>A host with no mailbox open.</summary>
    public EventHost(IScanLog log, IEventSource source, IEnumerable<IEventListener> listeners, EngineOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(listeners);
        ArgumentNullException.ThrowIfNull(loggers);
        (_log, _source, _listeners, _options, _time) = (log, source, [.. listeners], options, time);
        _readings = new LogReadings(options);
        _logger = loggers.CreateLogger("Headcount.Engine");
    }

    /// <summary>The mailboxes that are open.</summary>
    public IReadOnlyCollection<EventMailbox> Open => [.. _open.Values];

    /// <summary>The mailbox of an event, opened and its log read if need be; null where there is no such event.</summary>
    /// <exception cref="LogUnavailableException">The log cannot be read now.</exception>
    /// <exception cref="EventClosedException">The host is stopping.</exception>
    public ValueTask<EventMailbox?> OpenAsync(long eventId, CancellationToken cancellation) =>
        _open.TryGetValue(eventId, out var mailbox) ? new(mailbox) : OpenFirstAsync(eventId, cancellation);

    /// <summary>The mailbox of an event, where it is open.</summary>
    public bool TryGet(long eventId, [NotNullWhen(true)] out EventMailbox? mailbox) => _open.TryGetValue(eventId, out mailbox);

    private async ValueTask<EventMailbox?> OpenFirstAsync(long eventId, CancellationToken cancellation)
    {
        // One log is read at a time: two would take as long, and twice the memory on the way.
        await _opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_open.TryGetValue(eventId, out var mailbox)) return mailbox;
            if (_isStopped) throw new EventClosedException();
            var began = _time.GetTimestamp();
            if (await EventState.LoadAsync(eventId, _log, _source, cancellation).ConfigureAwait(false) is not { } state) return null;
            Messages.Opened(_logger, state.Settings.Slug, state.Admission.LastSeq, state.Register.Count, _time.GetElapsedTime(began).TotalMilliseconds);
            return _open[eventId] = new EventMailbox(state, _log, _source, _listeners, _readings, _options, _time, _logger);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Takes no more scans, answers those taken, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _isStopped = true;
        await _opening.WaitAsync().ConfigureAwait(false);
        _opening.Release();
        await Task.WhenAll(_open.Values.Select(mailbox => mailbox.DisposeAsync().AsTask())).ConfigureAwait(false);
        _readings.Dispose();
    }
}

/// <summary>What the host tells operators.</summary>
internal static partial class Messages
{
    [LoggerMessage(110, LogLevel.Information, "Event {Event}: open, {Records} records and {Tickets} tickets read in {Milliseconds:F0} ms")]
    public static partial void Opened(ILogger logger, string @event, long records, int tickets, double milliseconds);
}

/// <summary>More is asked than can be answered soon; asking again later is safe.</summary>
public sealed class EventBusyException(string message) : Exception(message);

/// <summary>The mailbox has stopped.</summary>
public sealed class EventClosedException() : Exception("The event's mailbox has stopped.");
