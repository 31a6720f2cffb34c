namespace Headcount.Streams;

/// <summary>A stream that is only read, forward.</summary>
internal abstract class ForwardStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>How a thread that has nothing better to do reads.</summary>
internal static class ThreadReading
{
    /// <summary>Reads what is there, and waits where nothing is. Who follows a stream can be called off while waiting; a plain read may not hear of it.</summary>
    public static int ReadSome(this Stream stream, Memory<byte> buffer, bool follow, CancellationToken ct) =>
        follow ? stream.ReadAsync(buffer, ct).AsTask().GetAwaiter().GetResult() : stream.Read(buffer.Span);
}

/// <summary>Counts what is read through it, and can be given back what was looked at first.</summary>
internal sealed class CountingStream(Stream inner) : ForwardStream
{
    private byte[] _ahead = [];
    private int _aheadAt;

    /// <summary>Bytes read so far.</summary>
    public long Count { get; private set; }

    /// <summary>Looks at the first bytes without taking them: as many as asked for, or all there are.</summary>
    public ReadOnlySpan<byte> Peek(int count, bool follow, CancellationToken ct)
    {
        var bytes = new byte[count];
        var have = 0;
        for (var read = -1; have < count && read != 0; have += read) read = inner.ReadSome(bytes.AsMemory(have), follow, ct);
        _ahead = bytes[..have];
        _aheadAt = 0;
        return _ahead;
    }

    public override int Read(Span<byte> buffer)
    {
        var read = ReadAhead(buffer);
        if (read == 0) read = inner.Read(buffer);
        Count += read;
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = ReadAhead(buffer.Span);
        if (read == 0) read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Count += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private int ReadAhead(Span<byte> buffer)
    {
        var read = Math.Min(buffer.Length, _ahead.Length - _aheadAt);
        if (read <= 0) return 0;
        _ahead.AsSpan(_aheadAt, read).CopyTo(buffer);
        _aheadAt += read;
        return read;
    }
}
