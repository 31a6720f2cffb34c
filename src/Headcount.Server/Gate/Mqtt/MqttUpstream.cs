using System.Net.Security;
using System.Net.Sockets;
using Headcount.Server.Gate.Messages;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Headcount.Server.Gate.Mqtt;

/// <summary>Keeps a connection to an outside broker, and comes back to it whenever it is lost.</summary>
/// <remarks>The broker keeps for us what comes while we are away: our session there does not end with the connection.</remarks>
internal sealed partial class MqttUpstream(ServerOptions options, SenderBook senders, MessageIntake intake, DoorStates states, TimeProvider time, ILogger<MqttUpstream> logger) : BackgroundService
{
    /// <summary>How long after a failure it is tried again; it doubles up to <see cref="LongestWait"/>.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);

    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>For how long the broker is asked to keep what comes while we are away, in seconds: a week.</summary>
    public const uint SessionSeconds = 7 * 24 * 3600;

    private const ushort KeepAliveSeconds = 30;

    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SilencePatience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(10);

    private readonly UpstreamAddress _address = UpstreamAddress.Parse(options.MqttBroker!);
    private readonly DoorState _state = states.Upstream;
    private MqttProtocolVersion _version = MqttProtocolVersion.V500;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var clientId = ClientId();
        var wait = FirstWait;
        var isFirst = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            var why = await ConnectAndServeAsync(clientId, () => (wait, isFirst) = (FirstWait, true), stoppingToken);
            if (stoppingToken.IsCancellationRequested) return;
            _state.Troubled($"{_address}: {why}");
            if (isFirst) Log.Lost(logger, _address, why);
            isFirst = false;
            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    private async Task<string> ConnectAndServeAsync(string clientId, Action connected, CancellationToken stop)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(AnswerPatience);
            var link = new MqttLink(await StreamAsync(patience.Token), _version);
            MqttConnAckPacket answer;
            try
            {
                answer = await IntroduceAsync(link, clientId, patience.Token);
            }
            catch
            {
                await link.DisposeAsync();
                throw;
            }

            await using var session = new UpstreamSession(link, answer.ReceiveMaximum is > 0 and var most ? most : ushort.MaxValue, intake, senders, _state, options.MqttAnonymous, time, logger);
            return await ServeAsync(session, answer.SharedSubscriptionAvailable || !link.IsFive, connected, stop);
        }
        catch (OperationCanceledException)
        {
            return "it did not answer";
        }
        catch (Exception problem) when (problem is IOException or SocketException or MqttProtocolViolationException or MqttTooLongException or System.Security.Authentication.AuthenticationException or System.Security.Cryptography.CryptographicException or UpstreamRefusedException)
        {
            return problem.Message;
        }
        catch (Exception bug)
        {
            Log.Failed(logger, bug);
            return bug.Message;
        }
    }

    private async Task<string> ServeAsync(UpstreamSession session, bool canShare, Action connected, CancellationToken stop)
    {
        if (!canShare && _address.Share is not null) Log.NotShared(logger, _address);
        var isShared = canShare && _address.Share is not null;
        var running = session.RunAsync();
        await using var ending = stop.Register(session.End);
        await session.SubscribeAsync(isShared ? _address.Shared : UpstreamAddress.Plain, isShared ? UpstreamAddress.Plain : _address.Shared);
        await Task.WhenAny(session.Subscribed, running, Task.Delay(AnswerPatience, time, stop));
        var refusal = session.Subscribed.IsCompletedSuccessfully ? await session.Subscribed : session.Farewell ?? "it did not answer";
        if (refusal is not null)
        {
            session.Abort();
            await running;
            return refusal;
        }

        connected();
        _state.Opened();
        _state.Connected();
        Log.Connected(logger, _address);
        try
        {
            await StayAsync(session, running);
        }
        finally
        {
            _state.Disconnected();
        }

        return session.Farewell ?? "the connection was lost";
    }

    private async Task StayAsync(UpstreamSession session, Task running)
    {
        using var timer = new PeriodicTimer(MqttLimits.SweepInterval, time);
        using var over = new CancellationTokenSource();
        _ = running.ContinueWith(_ => over.Cancel(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var lastPing = time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(over.Token))
            {
                if (session.IsStalled || session.Silence > SilencePatience) session.Abort();
                if (time.GetElapsedTime(lastPing) < PingInterval) continue;
                session.Ping();
                lastPing = time.GetTimestamp();
            }
        }
        catch (OperationCanceledException)
        {
            // It has ended.
        }

        await running;
    }

    private async Task<Stream> StreamAsync(CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_address.Host, _address.Port, cancellation);
            var stream = new NetworkStream(socket, ownsSocket: true);
            if (!_address.IsSecure) return stream;
            var secure = new SslStream(stream);
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = _address.Host, CertificateChainPolicy = _address.ChainPolicy() }, cancellation);
            return secure;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<MqttConnAckPacket> IntroduceAsync(MqttLink link, string clientId, CancellationToken cancellation)
    {
        link.Write(new MqttConnectPacket
        {
            ClientId = clientId, CleanSession = false, KeepAlivePeriod = KeepAliveSeconds, Username = _address.User, Password = _address.Password is { } password ? System.Text.Encoding.UTF8.GetBytes(password) : null,
            SessionExpiryInterval = SessionSeconds, ReceiveMaximum = MqttLimits.UpstreamWindow, MaximumPacketSize = MqttLimits.MostPacketBytes, RequestProblemInformation = true,
        });
        await link.FlushAsync(cancellation);
        MqttPacket? answer;
        try
        {
            answer = await link.ReceiveAsync(MqttLimits.MostPacketBytes, cancellation);
        }
        catch (MqttProtocolViolationException) when (link.IsFive)
        {
            _version = MqttProtocolVersion.V311;
            throw new UpstreamRefusedException("it does not speak MQTT 5; 3.1.1 is tried next");
        }

        if (answer is not MqttConnAckPacket greeting) throw new UpstreamRefusedException("it closed the connection before it answered");
        if (link.IsFive ? greeting.ReasonCode == MqttConnectReasonCode.Success : greeting.ReturnCode == MqttConnectReturnCode.ConnectionAccepted) return greeting;
        if (link.IsFive && greeting.ReasonCode is MqttConnectReasonCode.UnsupportedProtocolVersion or (MqttConnectReasonCode)1) _version = MqttProtocolVersion.V311;
        throw new UpstreamRefusedException($"it refuses us ({(link.IsFive ? greeting.ReasonCode : greeting.ReturnCode)})");
    }

    // The same at every start: the broker keeps for it what comes meanwhile.
    private string ClientId()
    {
        var file = Path.Combine(options.DataFolder, "mqtt-client-id");
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 and <= 64 } known) return known;
        var id = $"headcount-{Guid.NewGuid():N}";
        File.WriteAllText(file, id + "\n");
        return id;
    }

    /// <summary>The broker will not have us.</summary>
    private sealed class UpstreamRefusedException(string message) : Exception(message);

    private static partial class Log
    {
        [LoggerMessage(766, LogLevel.Information, "MQTT broker {Address}: connected")]
        public static partial void Connected(ILogger logger, UpstreamAddress address);

        [LoggerMessage(767, LogLevel.Warning, "MQTT broker {Address}: {Reason}; it is tried again and again")]
        public static partial void Lost(ILogger logger, UpstreamAddress address, string reason);

        [LoggerMessage(768, LogLevel.Warning, "MQTT broker {Address} has no shared subscriptions: every node gets every scan, and all but the first are repeats")]
        public static partial void NotShared(ILogger logger, UpstreamAddress address);

        [LoggerMessage(769, LogLevel.Error, "The connection to the MQTT broker failed; it is made again")]
        public static partial void Failed(ILogger logger, Exception problem);
    }
}
