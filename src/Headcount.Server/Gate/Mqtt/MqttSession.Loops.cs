using Headcount.Server.Gate.Messages;
using MQTTnet.Exceptions;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Headcount.Server.Gate.Mqtt;

/// <summary>The three loops.</summary>
internal abstract partial class MqttSession
{
    private const int MostBytesAtOnce = 64 * 1024;

    private async Task ReceiveAllAsync()
    {
        try
        {
            while (await ReceiveAsync() is { } packet)
            {
                _isHeldUp = true;
                var goesOn = packet is MqttPublishPacket publish ? await TakeAsync(publish) : await HandleAsync(packet);
                Interlocked.Exchange(ref _lastHeard, Time.GetTimestamp());
                _isHeldUp = false;
                if (!goesOn) return;
            }
        }
        catch (OperationCanceledException)
        {
            // Ended here; why is said already.
        }
        catch (MqttTooLongException tooLong)
        {
            _state.Refused("too_long");
            Log.Broken(_logger, _state.Name, tooLong.Message);
            End(MqttDisconnectReasonCode.PacketTooLarge);
        }
        catch (MqttProtocolViolationException violation)
        {
            _state.Refused("broken_packet");
            Log.Broken(_logger, _state.Name, violation.Message);
            End(MqttDisconnectReasonCode.MalformedPacket);
        }
        catch (Exception lost) when (lost is IOException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            await _gone.CancelAsync();
        }
        catch (Exception bug)
        {
            Log.Failed(_logger, _state.Name, bug);
            End(MqttDisconnectReasonCode.UnspecifiedError);
        }
    }

    private ValueTask<MqttPacket?> ReceiveAsync() => _link.ReceiveAsync(MqttLimits.MostPacketBytes, Stopping);

    private async Task SettleAllAsync()
    {
        await foreach (var pending in _pending.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                await SettleAsync(pending);
            }
            catch (Exception bug)
            {
                // Without its acknowledgement it comes again.
                Log.Failed(_logger, _state.Name, bug);
                End(MqttDisconnectReasonCode.UnspecifiedError);
            }
        }
    }

    private async ValueTask SettleAsync(Pending pending)
    {
        if (pending.Message is not { } message)
        {
            await AcknowledgeAsync(pending, MqttPubAckReasonCode.NotAuthorized);
            return;
        }

        var settlement = await _intake.SettleAsync(message, _ended.Token);
        _state.Settled(message, settlement.As);
        if (settlement.As == SettledAs.NotTaken)
        {
            End(MqttDisconnectReasonCode.ServerShuttingDown);
            return;
        }

        if (await DeliverAsync(pending, settlement)) await AcknowledgeAsync(pending, MqttPubAckReasonCode.Success);
    }

    private ValueTask AcknowledgeAsync(Pending pending, MqttPubAckReasonCode code) => pending switch
    {
        { PacketId: 0 } => default,
        { IsExactlyOnce: true } => SendAsync(new MqttPubRecPacket { PacketIdentifier = pending.PacketId, ReasonCode = (MqttPubRecReasonCode)code }),
        _ => SendAsync(new MqttPubAckPacket { PacketIdentifier = pending.PacketId, ReasonCode = code }),
    };

    private async Task SendAllAsync()
    {
        var isGone = false;
        while (await _unsent.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var bytes = 0;
            try
            {
                while (bytes < MostBytesAtOnce && _unsent.Reader.TryRead(out var packet))
                {
                    if (!isGone) bytes += _link.Write(packet);
                }

                if (isGone) continue;
                Interlocked.Exchange(ref _sendingSince, Time.GetTimestamp());
                await _link.FlushAsync(_gone.Token);
                Interlocked.Exchange(ref _sendingSince, 0);
            }
            catch (Exception problem)
            {
                // Nobody reads any more. What is still queued goes nowhere, so that whoever queues is not held up.
                if (problem is not (IOException or OperationCanceledException or ObjectDisposedException)) Log.Failed(_logger, _state.Name, problem);
                isGone = true;
                Abort();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(760, LogLevel.Warning, "Door {Door}: a connection was closed: {Reason}")]
        public static partial void Broken(ILogger logger, string door, string reason);

        [LoggerMessage(761, LogLevel.Error, "Door {Door}: a connection failed; what was not acknowledged comes again")]
        public static partial void Failed(ILogger logger, string door, Exception problem);
    }
}
