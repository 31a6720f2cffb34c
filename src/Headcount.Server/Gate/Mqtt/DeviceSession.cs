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
    private volatile string[] _filters = [];
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

    /// <summary>Whether one of its filters with wildcards stands for a topic that it has not named.</summary>
    public bool WantsByWildcard(string topic)
    {
        var isWanted = false;
        foreach (var filter in _filters)
        {
            if (!MqttTopics.IsWild(filter))
            {
                if (filter == topic) return false;
            }
            else if (MqttTopics.Matches(filter, topic))
            {
                isWanted = true;
            }
        }

        return isWanted;
    }

    /// <summary>Whether a publication is any of its business.</summary>
    public bool MaySee(in Publication publication)
    {
        if (_token is null) return publication.EventId == _anonymousEventId;
        if (!_token.Holds) return false;
        var caller = _token.Identity.Caller;
        if (caller.Device is not { } device) return caller.MaySupervise;
        return device.EventId == publication.EventId && (device.DeviceId.Value == publication.DeviceId || (publication.IsRejected && device.MaySupervise));
    }

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

    private bool Wants(string topic) => Array.Exists(_filters, filter => filter == topic || MqttTopics.Matches(filter, topic));

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

    private MqttSubscribeReasonCode Subscribe(string? filter)
    {
        if (filter is null || !MqttTopics.IsFilter(filter)) return MqttSubscribeReasonCode.TopicFilterInvalid;
        if (filter.StartsWith("$share/", StringComparison.Ordinal)) return MqttSubscribeReasonCode.SharedSubscriptionsNotSupported;
        if (!MayAskFor(filter)) return MqttSubscribeReasonCode.NotAuthorized;
        if (_filters.Contains(filter)) return MqttSubscribeReasonCode.GrantedQoS0;
        if (_filters.Length >= MqttLimits.MostSubscriptions) return MqttSubscribeReasonCode.QuotaExceeded;
        _filters = [.. _filters, filter];
        _broker.Router.Subscribe(this, filter);
        return MqttSubscribeReasonCode.GrantedQoS0;
    }

    private MqttUnsubscribeReasonCode Unsubscribe(string filter)
    {
        if (!_filters.Contains(filter)) return MqttUnsubscribeReasonCode.NoSubscriptionExisted;
        _filters = [.. _filters.Where(other => other != filter)];
        _broker.Router.Unsubscribe(this, filter, Array.Exists(_filters, MqttTopics.IsWild));
        return MqttUnsubscribeReasonCode.Success;
    }

    // With wildcards one sees what is one's own. Others' answers by name, and their scans, are refused outright, so that nobody waits in vain.
    private bool MayAskFor(string filter)
    {
        if (filter.StartsWith('$') || filter.StartsWith(MqttTopics.Scans, StringComparison.Ordinal)) return false;
        if (_token?.Identity.Caller.Device is not { } device || !filter.StartsWith(MqttTopics.Decisions, StringComparison.Ordinal) || MqttTopics.IsWild(filter)) return true;
        return filter == MqttTopics.Decisions + MqttTopics.Level(device.DeviceId.Value);
    }

    /// <summary>Leaves all that it subscribed to.</summary>
    public void Leave()
    {
        foreach (var filter in _filters) Unsubscribe(filter);
    }

    private static partial class Log
    {
        [LoggerMessage(762, LogLevel.Warning, "MQTT: {Client} published to '{Topic}', where nothing is taken; scans go to scans/GATE")]
        public static partial void WrongTopic(ILogger logger, string client, string topic);
    }
}
