using System.Text;
using Headcount.Core;
using Headcount.Server.Access;
using Headcount.Server.Gate.Messages;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Headcount.Server.Gate.Mqtt;

/// <summary>A device, or whoever else has a token, at the built-in broker.</summary>
/// <remarks>
/// It may publish scans, and read the answers to its own and what was put aside of its own; with the right to supervise, what was put aside of its event. Answers go out with QoS 0: whoever
/// misses one sends the scan again and gets the same answer.
/// </remarks>
internal sealed partial class DeviceSession : MqttSession
{
    private readonly MqttBroker _broker;
    private readonly ILogger _logger;
    private readonly HeldToken? _token;
    private readonly long _anonymousEventId;
    private readonly TimeSpan _keepAlive;
    private readonly HashSet<ushort> _exchanges = [];
    private Sender? _sender;
    private string? _slug;
    private bool _hasTold;

    /// <param name="link">The connection.</param>
    /// <param name="connect">How it introduced itself.</param>
    /// <param name="token">The token that it showed; null = it is of a closed network.</param>
    /// <param name="anonymousEventId">The event of the closed network.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="logger">Where troubles go.</param>
    public DeviceSession(MqttLink link, MqttConnectPacket connect, HeldToken? token, long anonymousEventId, MqttBroker broker, ILogger logger)
        : base(link, broker.Intake, broker.State, MqttLimits.Window, broker.Time, logger)
    {
        (_broker, _logger, _token, _anonymousEventId) = (broker, logger, token, anonymousEventId);
        ClientId = connect.ClientId;
        _keepAlive = connect.KeepAlivePeriod > 0 ? TimeSpan.FromSeconds(connect.KeepAlivePeriod * 1.5) : MqttLimits.IdlePatience;
    }

    public string ClientId { get; }

    /// <summary>Whose connection it is: clients of the same name are told apart by it.</summary>
    public string Owner => _token?.Identity.Caller.Name ?? "";

    /// <summary>Whether what it has shown is still good.</summary>
    public bool Holds => _token is null || _token.Holds;

    /// <summary>Whether it has been silent for longer than it promised.</summary>
    public bool IsSilent => Silence > _keepAlive;

    /// <summary>Gives it a publication; where too much waits for it already, it is let go instead.</summary>
    public void Give(in Publication publication)
    {
        if (!TrySend(PacketOf(publication.Topic, publication.Payload, null))) Abort();
    }

    protected override async ValueTask<bool> TakeAsync(MqttPublishPacket packet)
    {
        if (!Holds) return Refuse(MqttDisconnectReasonCode.NotAuthorized, "revoked");
        if (packet.QualityOfServiceLevel > MqttQualityOfServiceLevel.ExactlyOnce || (packet.QualityOfServiceLevel > 0 && packet.PacketIdentifier == 0))
            return Refuse(MqttDisconnectReasonCode.MalformedPacket, "broken_packet");
        var isExactlyOnce = packet.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce;
        if (isExactlyOnce && !_exchanges.Add(packet.PacketIdentifier)) return true;
        if (_exchanges.Count > MqttLimits.MostOpenExchanges) return Refuse(MqttDisconnectReasonCode.ReceiveMaximumExceeded, "open_exchanges");
        var pending = new Pending(null, packet.Topic ?? "", packet.PacketIdentifier, isExactlyOnce, MqttTopics.IsTopic(packet.ResponseTopic) ? packet.ResponseTopic : null, packet.CorrelationData);
        if (MqttTopics.GateOf(pending.Topic) is not { } gate) return await RefuseTopicAsync(pending);
        _slug = PropertyOf(packet, "event");
        await QueueAsync(pending with { Message = await TakeScanAsync(packet, gate, Find) });
        return true;
    }

    protected override async ValueTask<bool> HandleAsync(MqttPacket packet)
    {
        switch (packet)
        {
            case MqttPingReqPacket:
                await SendAsync(MqttPingRespPacket.Instance);
                return true;
            case MqttSubscribePacket { PacketIdentifier: > 0, TopicFilters.Count: > 0 } subscribe:
                await SendAsync(new MqttSubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = subscribe.TopicFilters.ConvertAll(filter => Subscribe(filter.Topic)) });
                return true;
            case MqttUnsubscribePacket { PacketIdentifier: > 0, TopicFilters.Count: > 0 } unsubscribe:
                await SendAsync(new MqttUnsubAckPacket { PacketIdentifier = unsubscribe.PacketIdentifier, ReasonCodes = unsubscribe.TopicFilters.ConvertAll(Unsubscribe) });
                return true;
            case MqttPubRelPacket release:
                var isOpen = _exchanges.Remove(release.PacketIdentifier);
                await SendAsync(new MqttPubCompPacket { PacketIdentifier = release.PacketIdentifier, ReasonCode = isOpen ? MqttPubCompReasonCode.Success : MqttPubCompReasonCode.PacketIdentifierNotFound });
                return true;
            case MqttDisconnectPacket:
                return false;
            default:
                return Refuse(MqttDisconnectReasonCode.ProtocolError, "broken_packet");
        }
    }

    protected override async ValueTask<bool> DeliverAsync(Pending pending, Settlement settlement)
    {
        var message = pending.Message!;
        var eventId = message.Sender?.EventId ?? _token?.Identity.Caller.Device?.EventId ?? _anonymousEventId;
        var device = message.DeviceId ?? _token?.Identity.Caller.Device?.DeviceId.Value ?? ClientId;
        if (settlement.Problem is { } problem)
        {
            message.DeviceId = device;
            var aside = MessageAnswers.SetAside(message, problem, pending.Topic, Instant.FromDateTimeOffset(Time.GetUtcNow()));
            _broker.Router.Publish(new Publication(MqttTopics.Rejected + MqttTopics.Level(message.Gate!), aside, eventId, device, IsRejected: true), except: null);
        }

        // Where it asks for the answer elsewhere, nobody but itself gets it there.
        var topic = pending.ResponseTopic ?? MqttTopics.Decisions + MqttTopics.Level(device);
        if (Wants(topic)) await SendAsync(PacketOf(topic, settlement.Answer, pending.Correlation));
        if (pending.ResponseTopic is null) _broker.Router.Publish(new Publication(topic, settlement.Answer, eventId, device, IsRejected: false), except: this);
        return true;
    }

    private static MqttPublishPacket PacketOf(string topic, byte[] payload, byte[]? correlation) => new()
    {
        Topic = topic, Payload = new System.Buffers.ReadOnlySequence<byte>(payload), CorrelationData = correlation, ContentType = "application/json", PayloadFormatIndicator = MqttPayloadFormatIndicator.CharacterData,
    };

    private ScanProblem? Find(ReadOnlySpan<byte> device, ReadOnlySpan<byte> gate, out Sender? sender)
    {
        if (_token is null) return _broker.Senders.Anonymous(_broker.AnonymousEvent!, device, ClientId, gate, out sender);
        if (_slug is null && _sender is { } same && same.Caller == _token.Identity.Caller && same.Caller.Device is not null)
        {
            sender = same;
            return null;
        }

        var problem = _broker.Senders.Of(_token.Identity, _slug, out sender);
        _sender = sender;
        return problem;
    }

    private bool Refuse(MqttDisconnectReasonCode why, string reason)
    {
        State.Refused(reason);
        End(why);
        return false;
    }

    // Version 5 can say no to one message. Before it, only the end of the connection tells the sender that it was not taken.
    private async ValueTask<bool> RefuseTopicAsync(Pending pending)
    {
        if (!_hasTold) Log.WrongTopic(_logger, Owner.Length > 0 ? Owner : ClientId, Manage.Names.Excerpt(pending.Topic));
        _hasTold = true;
        if (!Link.IsFive || pending.PacketId == 0) return Refuse(MqttDisconnectReasonCode.TopicNameInvalid, "topic");
        State.Refused("topic");
        _exchanges.Remove(pending.PacketId);
        await QueueAsync(pending);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(762, LogLevel.Warning, "MQTT: {Client} published to '{Topic}', where nothing is taken; scans go to scans/GATE")]
        public static partial void WrongTopic(ILogger logger, string client, string topic);
    }
}
