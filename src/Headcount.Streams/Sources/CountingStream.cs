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

/// <summary>Counts what is read through it, and can be given back what was looked at first.</summary>
internal sealed class CountingStream(Stream inner) : ForwardStream
{
    private byte[] _ahead = [];
    private int _aheadAt;

    /// <summary>Bytes read so far.</summary>
    public long Count { get; private set; }

    /// <summary>Looks at the first bytes without taking them: as many as asked for, or all there are.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(int count, CancellationToken ct)
    {
        var bytes = new byte[count];
        var read = await inner.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false, ct).ConfigureAwait(false);
        _ahead = bytes[..read];
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
