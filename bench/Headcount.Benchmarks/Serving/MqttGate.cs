using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Headcount.Benchmarks.Serving;

/// <summary>One connection of a device that speaks MQTT 3.1.1: publishes scans with QoS 1, and hears their acknowledgements and answers. As little as will do: the client shares the machine with the service.</summary>
/// <remarks>Whoever sends holds the lock of the caller; one loop hears.</remarks>
internal sealed class MqttGate : IDisposable
{
    private const byte Connect = 0x10;
    private const byte Publish = 0x32;
    private const byte Subscribe = 0x82;
    private const int AnswerType = 3;
    private const int AcknowledgementType = 4;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _sending = new byte[1024];
    private readonly byte[] _heard = new byte[64 * 1024];
    private readonly DeviceToken _device;
    private readonly byte[] _topic;
    private ushort _number;
    private int _filled;

    private MqttGate(DeviceToken device)
    {
        _device = device;
        _topic = Text($"scans/{device.Gate}");
    }

    /// <summary>Is called for every answer, with its JSON.</summary>
    public Action<MqttGate, ReadOnlyMemory<byte>>? Answered { get; set; }

    /// <summary>Connects, and subscribes to its answers.</summary>
    public static async Task<MqttGate> OpenAsync(int port, DeviceToken device, CancellationToken cancellation)
    {
        var gate = new MqttGate(device);
        try
        {
            await gate._socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
            gate.Send(Connect, [.. Text("MQTT"), 4, 0xC2, 0, 0, .. Text(device.DeviceId), .. Text(device.DeviceId), .. Text(device.Token)]);
            gate.Send(Subscribe, [0, 1, .. Text($"decisions/{device.DeviceId}"), 0]);

            // CONNACK is 4 bytes, SUBACK 5; the last of each says whether it was granted.
            while (gate._filled < 9)
            {
                var received = await gate._socket.ReceiveAsync(gate._heard.AsMemory(gate._filled), cancellation);
                if (received == 0) throw new InvalidOperationException($"{device.DeviceId} was refused.");
                gate._filled += received;
            }

            if (gate._heard[3] != 0 || gate._heard[8] != 0) throw new InvalidOperationException($"{device.DeviceId} was refused ({gate._heard[3]}, {gate._heard[8]}).");
            gate._filled = 0;
            return gate;
        }
        catch
        {
            gate.Dispose();
            throw;
        }
    }

    /// <summary>Publishes a scan.</summary>
    public void Scan(string ticketId, bool isEntry, string scanId, DateTimeOffset timestamp)
    {
        _number = _number == ushort.MaxValue ? (ushort)1 : (ushort)(_number + 1);
        var body = _sending.AsSpan(3);
        _topic.CopyTo(body);
        body[_topic.Length] = (byte)(_number >> 8);
        body[_topic.Length + 1] = (byte)_number;
        var length = _topic.Length + 2 + Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $$"""{"ticket_id":"{{ticketId}}","scan_type":"{{(isEntry ? "entry" : "exit")}}","scan_id":"{{scanId}}","timestamp":"{{timestamp:yyyy-MM-ddTHH:mm:ss.ffffffZ}}"}"""),
            body[(_topic.Length + 2)..]);
        (_sending[0], _sending[1], _sending[2]) = (Publish, (byte)((length & 0x7F) | 0x80), (byte)(length >> 7));
        if (_socket.Send(_sending.AsSpan(0, length + 3)) != length + 3) throw new InvalidOperationException("A scan went out in part.");
    }

    /// <summary>Hears what comes, until the connection ends.</summary>
    public async Task HearAsync(CancellationToken cancellation)
    {
        while (await _socket.ReceiveAsync(_heard.AsMemory(_filled), cancellation) is > 0 and var received)
        {
            _filled += received;
            var taken = 0;
            while (TryTake(_heard.AsMemory(taken, _filled - taken), out var length)) taken += length;
            _heard.AsSpan(taken, _filled - taken).CopyTo(_heard);
            _filled -= taken;
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool TryTake(ReadOnlyMemory<byte> memory, out int whole)
    {
        whole = 0;
        var bytes = memory.Span;
        var (length, header) = (0, 1);
        for (var shift = 0; ; shift += 7)
        {
            if (header >= bytes.Length) return false;
            length |= (bytes[header] & 0x7F) << shift;
            if ((bytes[header++] & 0x80) == 0) break;
        }

        if (bytes.Length < header + length) return false;
        whole = header + length;
        var type = bytes[0] >> 4;
        if (type == AnswerType) Answered!(this, memory.Slice(header + 2 + ((bytes[header] << 8) | bytes[header + 1]), length - 2 - ((bytes[header] << 8) | bytes[header + 1])));
        else if (type != AcknowledgementType) throw new InvalidOperationException($"{_device.DeviceId} got a packet of type {type}.");
        return true;
    }

    private void Send(byte type, byte[] body) => _socket.Send(body.Length < 0x80 ? [type, (byte)body.Length, .. body] : [type, (byte)((body.Length & 0x7F) | 0x80), (byte)(body.Length >> 7), .. body]);

    private static byte[] Text(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];
}
