using System.Net;
using System.Text;
using Headcount.Server.Access;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Headcount.Server.Gate.Mqtt;

/// <summary>How a client of the built-in broker says who it is, and what it is told.</summary>
internal sealed class MqttGreeting(ServerOptions options, Messages.SenderBook senders, EventDirectory events, FailureMeters failures, ILogger<DeviceSession> logger)
{
    /// <summary>The longest introduction, in bytes: nobody is known yet.</summary>
    public const int MostConnectBytes = 64 * 1024;

    /// <summary>Waits for a client to introduce itself, and answers.</summary>
    /// <returns>Its session; null = it was refused.</returns>
    public async Task<DeviceSession?> ReceiveAsync(MqttLink link, IPAddress? address, MqttBroker broker, CancellationToken cancellation)
    {
        if (await link.ReceiveAsync(MostConnectBytes, cancellation) is not { } first) return null;
        if (first is not MqttConnectPacket connect) throw new MqttProtocolViolationException("The first packet is no CONNECT.");
        var (code, token, anonymousEventId) = Identify(connect, address);
        string? assigned = null;
        if (code == MqttConnectReasonCode.Success && string.IsNullOrEmpty(connect.ClientId))
        {
            if (!link.IsFive && !connect.CleanSession) code = MqttConnectReasonCode.ClientIdentifierNotValid;
            connect.ClientId = assigned = $"auto-{Guid.NewGuid():N}";
        }

        link.Write(AnswerTo(code, assigned));
        await link.FlushAsync(cancellation);
        if (code == MqttConnectReasonCode.Success) return new DeviceSession(link, connect, token, anonymousEventId, broker, logger);
        broker.State.Refused(code == MqttConnectReasonCode.ClientIdentifierNotValid ? "client_id" : "credentials");
        return null;
    }

    private (MqttConnectReasonCode Code, HeldToken? Token, long AnonymousEventId) Identify(MqttConnectPacket connect, IPAddress? address)
    {
        if (!string.IsNullOrEmpty(connect.AuthenticationMethod)) return (MqttConnectReasonCode.BadAuthenticationMethod, null, 0);
        if (string.IsNullOrEmpty(connect.Username) && connect.Password is null or { Length: 0 })
        {
            return options.MqttAnonymous is { } slug && events.TryFind(slug, out var found)
                ? (MqttConnectReasonCode.Success, null, found.EventId)
                : (Refuse(address, MqttConnectReasonCode.NotAuthorized), null, 0);
        }

        var token = connect.Password is { } password ? senders.FindToken(Encoding.UTF8.GetString(password)) : null;
        return token is not null && (string.IsNullOrEmpty(connect.Username) || connect.Username == token.Identity.Caller.Name)
            ? (MqttConnectReasonCode.Success, token, 0)
            : (Refuse(address, MqttConnectReasonCode.BadUserNameOrPassword), null, 0);
    }

    // As over HTTP: so many a second from an address, and those with good tokens are not held up.
    private MqttConnectReasonCode Refuse(IPAddress? address, MqttConnectReasonCode why) => failures.TryTake(address, out _) ? why : MqttConnectReasonCode.ServerBusy;

    private static MqttConnAckPacket AnswerTo(MqttConnectReasonCode code, string? assignedClientId) => new()
    {
        ReasonCode = code,
        ReturnCode = MqttConnectReasonCodeConverter.ToConnectReturnCode(code),
        AssignedClientIdentifier = assignedClientId,
        MaximumQoS = MqttQualityOfServiceLevel.ExactlyOnce,
        ReceiveMaximum = MqttLimits.Window,
        MaximumPacketSize = MqttLimits.MostPacketBytes,
        RetainAvailable = false,
        WildcardSubscriptionAvailable = true,
        SharedSubscriptionAvailable = false,
        SubscriptionIdentifiersAvailable = false,
    };
}
