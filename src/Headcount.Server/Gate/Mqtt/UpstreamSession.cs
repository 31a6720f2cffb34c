using System.Threading.Channels;
using Headcount.Core;
using Headcount.Server.Gate.Messages;
using Headcount.Server.Problems;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Headcount.Server.Gate.Mqtt;

/// <summary>A connection to an outside broker, which hands us the scans of its devices. What it vouches for is believed: it says who may publish.</summary>
internal sealed partial class UpstreamSession : MqttSession
{
    private const int MostUnacknowledged = 256;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private readonly SenderBook _senders;
    private readonly string? _anonymousEvent;
    private readonly ILogger _logger;

    // The numbers that are free for what we publish: whoever finds none waits until the broker has acknowledged something.
    private readonly Channel<ushort> _numbers = Channel.CreateUnbounded<ushort>();
    private readonly TaskCompletionSource<string?> _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _token;
    private string? _slug;

    // There is twice the room that the broker was told of: what it must not exceed never fills it.
    public UpstreamSession(MqttLink link, int receiveMaximum, MessageIntake intake, SenderBook senders, DoorState state, string? anonymousEvent, TimeProvider time, ILogger logger)
        : base(link, intake, state, 2 * MqttLimits.UpstreamWindow, time, logger)
    {
        (_senders, _anonymousEvent, _logger) = (senders, anonymousEvent, logger);
        for (ushort number = 1; number <= Math.Min(MostUnacknowledged, receiveMaximum); number++) _numbers.Writer.TryWrite(number);
    }

    protected override bool MaySayGoodbye => true;

    /// <summary>Completes with null when the broker has agreed to hand us scans, or with why it has not.</summary>
    public Task<string?> Subscribed => _subscribed.Task;

    /// <summary>Why the broker ended the connection, where it said so.</summary>
    public string? Farewell { get; private set; }

    /// <summary>Asks for scans.</summary>
    /// <param name="filter">What is subscribed to.</param>
    /// <param name="other">What an earlier start may have subscribed to instead; the broker remembers it.</param>
    public async ValueTask SubscribeAsync(string filter, string other)
    {
        await SendAsync(new MqttUnsubscribePacket { PacketIdentifier = ushort.MaxValue - 1, TopicFilters = [other] });
        await SendAsync(new MqttSubscribePacket { PacketIdentifier = ushort.MaxValue, TopicFilters = [new MqttTopicFilter { Topic = filter, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce }] });
    }

    /// <summary>Gives a sign of life.</summary>
    public void Ping() => TrySend(MqttPingReqPacket.Instance);

    /// <summary>Takes no more, settles what was taken, and says goodbye.</summary>
    public void End() => End(MqttDisconnectReasonCode.NormalDisconnection);

    protected override async ValueTask<bool> TakeAsync(MqttPublishPacket packet)
    {
        var pending = new Pending(null, packet.Topic, packet.PacketIdentifier, packet.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce, MqttTopics.IsTopic(packet.ResponseTopic) ? packet.ResponseTopic : null, packet.CorrelationData);
        var gate = MqttTopics.GateOf(packet.Topic) ?? new MqttTopics.GateTopic("", []);
        (_token, _slug) = (PropertyOf(packet, "token"), PropertyOf(packet, "event"));
        await QueueAsync(pending with { Message = await TakeScanAsync(packet, gate, Find) });
        return true;
    }

    protected override async ValueTask<bool> HandleAsync(MqttPacket packet)
    {
        switch (packet)
        {
            case MqttPubAckPacket { PacketIdentifier: > 0 and <= MostUnacknowledged } acknowledged:
                _numbers.Writer.TryWrite(acknowledged.PacketIdentifier);
                return true;
            case MqttSubAckPacket answer:
                var refusal = answer.ReasonCodes.Find(code => code >= MqttSubscribeReasonCode.UnspecifiedError);
                _subscribed.TrySetResult(refusal == default ? null : $"it refuses the subscription ({refusal})");
                return refusal == default;
            case MqttPubRelPacket release:
                await SendAsync(new MqttPubCompPacket { PacketIdentifier = release.PacketIdentifier });
                return true;
            case MqttDisconnectPacket goodbye:
                Farewell = $"it ended the connection ({goodbye.ReasonCode})";
                return false;
            default:
                return true;
        }
    }

    protected override async ValueTask<bool> DeliverAsync(Pending pending, Settlement settlement)
    {
        var message = pending.Message!;
        if (settlement.Problem is { } problem)
        {
            Log.SetAside(_logger, pending.Topic, problem.Code);
            var aside = MessageAnswers.SetAside(message, problem, pending.Topic, Instant.FromDateTimeOffset(Time.GetUtcNow()));
            if (!await PublishAsync(MqttTopics.Rejected + MqttTopics.Level(message.Gate is { Length: > 0 } gate ? gate : "unknown"), aside, null)) return false;
        }

        var topic = pending.ResponseTopic is { } wanted && !wanted.StartsWith(MqttTopics.Scans, StringComparison.Ordinal) ? wanted : message.DeviceId is { } device ? MqttTopics.Decisions + MqttTopics.Level(device) : null;
        return topic is null || await PublishAsync(topic, settlement.Answer, pending.Correlation);
    }

    private async ValueTask<bool> PublishAsync(string topic, byte[] payload, byte[]? correlation)
    {
        if (!_numbers.Reader.TryRead(out var number)) number = await NumberAsync();
        if (number == 0 && Ended.IsCancellationRequested) return false;
        await SendAsync(new MqttPublishPacket
        {
            Topic = topic, Payload = new System.Buffers.ReadOnlySequence<byte>(payload), PacketIdentifier = number,
            QualityOfServiceLevel = number == 0 ? MqttQualityOfServiceLevel.AtMostOnce : MqttQualityOfServiceLevel.AtLeastOnce,
            CorrelationData = correlation, ContentType = "application/json", PayloadFormatIndicator = MqttPayloadFormatIndicator.CharacterData,
        });
        return true;
    }

    // While nothing is read, no acknowledgement is either: then it goes without one (0), rather than that both wait for each other.
    private async ValueTask<ushort> NumberAsync()
    {
        try
        {
            while (!IsFull)
            {
                using var look = CancellationTokenSource.CreateLinkedTokenSource(Ended);
                look.CancelAfter(LookInterval);
                if (await _numbers.Reader.WaitToReadAsync(look.Token).AsTask().ContinueWith(waited => waited.IsCompletedSuccessfully, TaskScheduler.Default) && _numbers.Reader.TryRead(out var number)) return number;
                Ended.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            // Ended.
        }

        return 0;
    }

    private ScanProblem? Find(ReadOnlySpan<byte> device, ReadOnlySpan<byte> gate, out Sender? sender)
    {
        sender = null;
        if (_token is { } token)
        {
            return _senders.FindToken(token) is { } held
                ? _senders.Of(held.Identity, _slug, out sender)
                : new ScanProblem(401, ProblemCodes.Unauthenticated, "The token is not valid: it is unknown, has expired or was revoked.");
        }

        if (_anonymousEvent is { } slug) return _senders.Anonymous(slug, device, null, gate, out sender);
        return device.IsEmpty
            ? new ScanProblem(403, ProblemCodes.UnknownDevice, "The message does not say which device it is from: write device_id into it, or send the device's token as the user property 'token'.")
            : _senders.Named(device, out sender);
    }

    private static partial class Log
    {
        [LoggerMessage(765, LogLevel.Information, "MQTT: a message to '{Topic}' was put aside ({Code})")]
        public static partial void SetAside(ILogger logger, string topic, string code);
    }
}
