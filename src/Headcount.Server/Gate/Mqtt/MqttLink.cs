using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace Headcount.Server.Gate.Mqtt;

/// <summary>The packets of one connection, in bounded memory. MQTTnet reads and writes them; its own broker and client are not used, because they take packets of any length and queue without bound.</summary>
/// <remarks>One reads and one writes at a time.</remarks>
internal sealed class MqttLink : IAsyncDisposable
{
    private const int LongestHeader = 5;
    private const int MostKeptBody = 16 * 1024;

    private readonly Stream _stream;
    private readonly Socket? _socket;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly MqttPacketFormatterAdapter _reading;
    private MqttPacketFormatterAdapter? _writing;
    private byte[] _body = [];

    /// <summary>A link over a stream that is connected.</summary>
    /// <param name="stream">The connection; it is closed with the link.</param>
    /// <param name="version">The version to speak; null = that of the other side's first packet.</param>
    /// <param name="socket">What the stream goes over; null = it cannot be closed for one direction alone.</param>
    public MqttLink(Stream stream, MqttProtocolVersion? version = null, Socket? socket = null)
    {
        (_stream, _socket) = (stream, socket);
        _input = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        _output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        _reading = new MqttPacketFormatterAdapter(NewBuffer());
        if (version is not { } given) return;
        _reading = new MqttPacketFormatterAdapter(given, NewBuffer());
        _writing = new MqttPacketFormatterAdapter(given, NewBuffer());
    }

    /// <summary>The version that is spoken.</summary>
    public MqttProtocolVersion Version => _reading.ProtocolVersion;

    /// <summary>Whether it is version 5: the other side can be told why.</summary>
    public bool IsFive => Version == MqttProtocolVersion.V500;

    /// <summary>Reads the next packet; null = the other side has closed the connection.</summary>
    /// <param name="most">The longest packet that is taken, in bytes.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="MqttProtocolViolationException">It is no packet.</exception>
    /// <exception cref="MqttTooLongException">It is too long.</exception>
    public async ValueTask<MqttPacket?> ReceiveAsync(int most, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await _input.ReadAsync(cancellation);
            if (read.IsCanceled) throw new OperationCanceledException(cancellation);
            var buffer = read.Buffer;
            if (TryTake(ref buffer, most, out var packet))
            {
                _input.AdvanceTo(buffer.Start);
                return packet;
            }

            if (read.IsCompleted) return null;
            _input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Writes a packet into the buffer.</summary>
    /// <returns>How many bytes it is.</returns>
    public int Write(MqttPacket packet)
    {
        _writing ??= new MqttPacketFormatterAdapter(Version, NewBuffer());
        var bytes = _writing.Encode(packet);
        _output.Write(bytes.Packet);
        foreach (var part in bytes.Payload) _output.Write(part.Span);
        _writing.Cleanup();
        return bytes.Length;
    }

    /// <summary>Sends what was written.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellation) => await _output.FlushAsync(cancellation);

    /// <summary>Sends nothing more, and waits until the other side has closed: a connection that is closed while something lies unread is reset, and what was sent last is lost with it.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        if (_socket is null) return;
        try
        {
            if (_stream is SslStream secure) await secure.ShutdownAsync();
            _socket.Shutdown(SocketShutdown.Send);
            while (await _input.ReadAsync(cancellation) is { IsCompleted: false } unread) _input.AdvanceTo(unread.Buffer.End);
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or NotSupportedException)
        {
            // It is closed in any case.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _input.CompleteAsync();
        try
        {
            await _output.CompleteAsync();
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException)
        {
            // What was not sent has nobody left to read it.
        }

        await _stream.DisposeAsync();
    }

    private static MqttBufferWriter NewBuffer() => new(512, 16 * 1024);

    private bool TryTake(ref ReadOnlySequence<byte> buffer, int most, out MqttPacket? packet)
    {
        packet = null;
        Span<byte> start = stackalloc byte[LongestHeader];
        var known = (int)Math.Min(buffer.Length, LongestHeader);
        buffer.Slice(0, known).CopyTo(start);
        if (!TryReadLength(start[..known], out var header, out var length)) return false;
        if (header + length > most) throw new MqttTooLongException(header + length, most);
        if (buffer.Length < header + length) return false;
        packet = Decode(start[0], buffer.Slice(header, length), length, header + length);
        buffer = buffer.Slice(header + length);
        return true;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> start, out int header, out int length)
    {
        (header, length) = (1, 0);
        for (var shift = 0; header < start.Length; shift += 7)
        {
            var part = start[header++];
            length |= (part & 0x7F) << shift;
            if ((part & 0x80) == 0) return true;
            if (shift == 21) throw new MqttProtocolViolationException("The length of a packet is no length.");
        }

        return false;
    }

    private MqttPacket Decode(byte type, ReadOnlySequence<byte> body, int length, int total)
    {
        if (_body.Length < length || (_body.Length > MostKeptBody && length <= MostKeptBody)) _body = new byte[Math.Max(length, 512)];
        body.CopyTo(_body);
        var received = new ReceivedMqttPacket(type, new ArraySegment<byte>(_body, 0, length), total);
        try
        {
            if (Version == MqttProtocolVersion.Unknown)
            {
                if (type >> 4 != 1) throw new MqttProtocolViolationException("The first packet is no CONNECT.");
                _reading.DetectProtocolVersion(received);
            }

            return _reading.Decode(received) ?? throw new MqttProtocolViolationException("The packet is empty.");
        }
        catch (Exception problem) when (problem is not MqttProtocolViolationException)
        {
            // Whatever the decoder stumbles over, it is the packet's fault.
            throw new MqttProtocolViolationException($"A packet of type {type >> 4} cannot be read: {problem.Message}");
        }
    }
}

/// <summary>A packet is longer than what is taken.</summary>
internal sealed class MqttTooLongException(long length, int most) : Exception($"A packet of {length} bytes came; at most {most} are taken.");
