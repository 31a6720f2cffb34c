using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Headcount.Benchmarks.Serving;

/// <summary>One WebSocket on the live feed (RFC 6455, as much as a server's text frames need) that notes when it heard which number.</summary>
internal sealed class WatcherSocket : IDisposable
{
    private byte[] _buffer = new byte[8 * 1024];
    private int _filled;

    public WatcherSocket(Uri address, string token)
    {
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Socket.Connect(IPAddress.Loopback, address.Port);
        var request = $"GET /api/live HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        Socket.Send(Encoding.ASCII.GetBytes(request));
        int end;
        while ((end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0) FillOrThrow();
        var head = Encoding.ASCII.GetString(_buffer, 0, end);
        if (!head.StartsWith("HTTP/1.1 101", StringComparison.Ordinal)) throw new InvalidOperationException($"The live feed does not open:\n{head}");
        Drop(end + 4);
        while (!TakeFrames()) FillOrThrow();
    }

    public Socket Socket { get; }

    public bool IsClosed { get; private set; }

    /// <summary>The numbers, and when each was here.</summary>
    public List<(long Seq, long At)> Heard { get; } = [];

    /// <summary>Reads what has come.</summary>
    public void Read()
    {
        if (!Fill()) IsClosed = true;
        TakeFrames();
    }

    private void FillOrThrow()
    {
        if (!Fill() || IsClosed) throw new InvalidOperationException("The live feed closed before its first picture.");
    }

    private bool Fill()
    {
        if (_filled == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var received = Socket.Receive(_buffer.AsSpan(_filled));
        _filled += received;
        return received > 0;
    }

    private bool TakeFrames()
    {
        var (at, before) = (PreciseWait.Now.Ticks, Heard.Count);
        while (FrameAt(_buffer.AsSpan(0, _filled)) is (var start, var length) && start + length <= _filled)
        {
            var opcode = _buffer[0] & 0xF;
            if (opcode == 8) IsClosed = true;
            if (opcode <= 2 && SteadyLoad.SeqIn(_buffer.AsSpan(start, length)) is { } seq) Heard.Add((seq, at));
            Drop(start + length);
        }

        return Heard.Count > before;
    }

    private static (int Start, int Length)? FrameAt(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2) return null;
        var length = bytes[1] & 0x7F;
        return length switch
        {
            126 => bytes.Length < 4 ? null : (4, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
            127 => bytes.Length < 10 ? null : (10, (int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..])),
            _ => (2, length),
        };
    }

    private void Drop(int count)
    {
        _buffer.AsSpan(count, _filled - count).CopyTo(_buffer);
        _filled -= count;
    }

    public void Dispose() => Socket.Dispose();
}
