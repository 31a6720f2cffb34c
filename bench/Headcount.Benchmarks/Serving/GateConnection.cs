using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Headcount.Benchmarks.Serving;

/// <summary>One keep-alive connection of a device that sends a scan at a time. As little as will do: the client shares the machine with the service.</summary>
internal sealed class GateConnection : IDisposable
{
    private static readonly byte[] EndOfHeaders = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] ContentLength = "content-length:"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly DeviceToken _device;
    private readonly string _head;

    public GateConnection(Uri address, DeviceToken device)
    {
        _device = device;
        _socket.Connect(IPAddress.Loopback, address.Port);
        _head = $"POST /api/scans HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {device.Token}\r\nContent-Type: application/json\r\nContent-Length: ";
    }

    /// <summary>Sends a scan; the answer is read by <see cref="AnswerAsync"/>.</summary>
    public void Send(string ticketId, bool isEntry, string scanId, DateTimeOffset timestamp)
    {
        var body = string.Create(CultureInfo.InvariantCulture,
            $$"""{"ticket_id":"{{ticketId}}","gate":"{{_device.Gate}}","scan_type":"{{(isEntry ? "entry" : "exit")}}","scan_id":"{{scanId}}","timestamp":"{{timestamp:yyyy-MM-ddTHH:mm:ss.ffffffZ}}"}""");
        var length = Encoding.UTF8.GetBytes($"{_head}{body.Length}\r\n\r\n{body}", _buffer);
        var sent = _socket.Send(_buffer.AsSpan(0, length));
        if (sent != length) throw new InvalidOperationException("A scan went out in part.");
    }

    /// <summary>Reads the answer: its status and its body.</summary>
    public async ValueTask<(int Status, ReadOnlyMemory<byte> Body)> AnswerAsync(CancellationToken cancellation)
    {
        var (filled, bodyStart, length) = (0, -1, 0);
        while (bodyStart < 0 || filled < bodyStart + length)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(filled), cancellation);
            if (received == 0) throw new InvalidOperationException("The service hung up.");
            filled += received;
            if (bodyStart >= 0 || _buffer.AsSpan(0, filled).IndexOf(EndOfHeaders) is not (>= 0 and var end)) continue;
            bodyStart = end + EndOfHeaders.Length;
            length = LengthIn(_buffer.AsSpan(0, end));
        }

        var status = int.Parse(_buffer.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        return (status, _buffer.AsMemory(bodyStart, length));
    }

    private static int LengthIn(ReadOnlySpan<byte> headers)
    {
        foreach (var range in headers.Split("\r\n"u8))
        {
            var line = headers[range];
            if (line.Length > ContentLength.Length && Ascii.EqualsIgnoreCase(line[..ContentLength.Length], ContentLength))
                return int.Parse(line[ContentLength.Length..].Trim((byte)' '), CultureInfo.InvariantCulture);
        }

        throw new InvalidOperationException($"An answer to a scan does not say how long it is:\n{Encoding.UTF8.GetString(headers)}");
    }

    public void Dispose() => _socket.Dispose();
}
