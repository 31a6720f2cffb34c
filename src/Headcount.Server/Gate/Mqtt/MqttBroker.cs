using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Headcount.Server.Access;
using Headcount.Server.Gate.Messages;
using Headcount.Streams;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace Headcount.Server.Gate.Mqtt;

/// <summary>The built-in broker. It carries scans in, and their answers out, and nothing else: it keeps no messages, no sessions and no last wills.</summary>
internal sealed partial class MqttBroker : IHostedService, IDisposable
{
    private readonly ServerOptions _options;
    private readonly MqttGreeting _greeting;
    private readonly ILogger<MqttBroker> _logger;
    private readonly List<MqttListener> _listeners = [];
    private readonly List<Task> _running = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private readonly ConcurrentDictionary<(string Owner, string ClientId), DeviceSession> _sessions = new();
    private int _open;
    private int _isDisposed;

    public MqttBroker(ServerOptions options, MqttGreeting greeting, SenderBook senders, MessageIntake intake, DoorStates states, TimeProvider time, ILogger<MqttBroker> logger)
    {
        (_options, _greeting, _logger) = (options, greeting, logger);
        (Senders, Intake, State, Time) = (senders, intake, states.Broker, time);
    }

    public SenderBook Senders { get; }

    public MessageIntake Intake { get; }

    public DoorState State { get; }

    public TimeProvider Time { get; }

    public MqttRouter Router { get; } = new();

    /// <summary>The event of those who show no token; null = nobody may do without one.</summary>
    public string? AnonymousEvent => _options.MqttAnonymous;

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<MqttAddress> Addresses => [.. _listeners.Select(listener => listener.Address)];

    /// <exception cref="InputException">It cannot listen there.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var address in MqttAddress.ParseAll(_options.Mqtt!)) _listeners.AddRange(Listen(address));
        foreach (var listener in _listeners) _running.Add(AcceptAsync(listener));
        _running.Add(SweepAsync());
        State.Opened();
        return Task.CompletedTask;
    }

    /// <summary>Takes no more, settles and answers what was taken, and says goodbye.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        foreach (var listener in _listeners) listener.Dispose();
        foreach (var session in _sessions.Values) session.End(MqttDisconnectReasonCode.ServerShuttingDown);
        await Task.WhenAll(_running);
        await Task.WhenAll(_connections.Keys).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var session in _sessions.Values) session.Abort();
    }

    // Asked for under two names, it is disposed of twice.
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _stop.Cancel();
        foreach (var listener in _listeners) listener.Dispose();
        foreach (var session in _sessions.Values) session.Abort();
        _stop.Dispose();
    }

    private IReadOnlyList<MqttListener> Listen(MqttAddress address)
    {
        try
        {
            return MqttListener.Open(address, _options.Certificate);
        }
        catch (SocketException problem)
        {
            throw new InputException($"It cannot listen for MQTT on {address}: " + problem.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another program listens there already, a Mosquitto perhaps. Stop it, give another port with --mqtt PORT, or use it with --mqtt-broker.",
                SocketError.AccessDenied => "this user may not listen there. Ports from 1024 on are free to all.",
                SocketError.AddressNotAvailable => "this machine has no such address.",
                _ => problem.Message,
            });
        }
    }

    private async Task AcceptAsync(MqttListener listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(_stop.Token);
                if (Volatile.Read(ref _open) >= MqttLimits.MostConnections)
                {
                    State.Refused("too_many");
                    socket.Dispose();
                    continue;
                }

                Interlocked.Increment(ref _open);
                var connection = ServeAsync(listener, socket);
                _connections[connection] = 0;
                _ = connection.ContinueWith(done => _connections.TryRemove(done, out _), TaskScheduler.Default);
            }
            catch (Exception problem) when (problem is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException problem)
            {
                // Out of handles, most likely: somebody will hang up.
                Log.NotAccepted(_logger, problem.Message);
                await Task.Delay(MqttLimits.SweepInterval, Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(MqttListener listener, Socket socket)
    {
        await Task.Yield();
        State.Connected();
        try
        {
            if (await GreetAsync(listener, socket) is not { } session) return;
            await using (session) await ServeAsync(session);
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException or AuthenticationException or ObjectDisposedException)
        {
            // Went away, or never said who it is.
        }
        catch (Exception bug)
        {
            Log.Failed(_logger, bug);
        }
        finally
        {
            State.Disconnected();
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task ServeAsync(DeviceSession session)
    {
        var key = (session.Owner, session.ClientId);

        // One connection a client: the later one is the one that works.
        DeviceSession? earlier = null;
        _sessions.AddOrUpdate(key, session, (_, other) =>
        {
            earlier = other;
            return session;
        });
        earlier?.End(MqttDisconnectReasonCode.SessionTakenOver);
        if (_stop.IsCancellationRequested) session.End(MqttDisconnectReasonCode.ServerShuttingDown);
        try
        {
            await session.RunAsync();
        }
        finally
        {
            session.Leave();
            _sessions.TryRemove(new KeyValuePair<(string, string), DeviceSession>(key, session));
        }
    }

    private async Task<DeviceSession?> GreetAsync(MqttListener listener, Socket socket)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(MqttLimits.ConnectPatience);
        var address = (socket.RemoteEndPoint as IPEndPoint)?.Address;
        MqttLink? link = null;
        try
        {
            link = new MqttLink(await listener.StreamAsync(socket, patience.Token), socket: socket);
            if (await _greeting.ReceiveAsync(link, address, this, patience.Token) is { } session)
            {
                link = null;
                return session;
            }
        }
        catch (Exception problem) when (problem is MqttProtocolViolationException or MqttTooLongException)
        {
            State.Refused("broken_packet");
        }
        finally
        {
            if (link is not null) await link.DisposeAsync();
        }

        return null;
    }

    // Silence, readers that do not read, and tokens that were revoked.
    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(MqttLimits.SweepInterval, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                foreach (var session in _sessions.Values)
                {
                    if (session.IsStalled)
                        session.Abort();
                    else if (!session.Holds)
                        session.End(MqttDisconnectReasonCode.NotAuthorized);
                    else if (session.IsSilent)
                        session.End(MqttDisconnectReasonCode.KeepAliveTimeout);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(763, LogLevel.Error, "MQTT: connections cannot be taken now: {Reason}")]
        public static partial void NotAccepted(ILogger logger, string reason);

        [LoggerMessage(764, LogLevel.Error, "MQTT: a connection failed")]
        public static partial void Failed(ILogger logger, Exception problem);
    }
}
