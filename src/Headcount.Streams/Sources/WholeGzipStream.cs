using System.IO.Compression;

namespace Headcount.Streams;

/// <summary>Decompresses gzip and notices where it ends too early, which <see cref="GZipStream"/> by itself takes for the end.</summary>
/// <remarks>
/// A member of our own is put behind the input. Where the input is whole, its text comes out last; where the input breaks off, our member is swallowed
/// by the unfinished one and does not come out.
/// </remarks>
internal sealed class WholeGzipStream : ForwardStream
{
    private static readonly byte[] Mark = "headcount: the compressed input was whole"u8.ToArray();
    private static readonly byte[] MarkMember = Compress(Mark);

    private readonly GZipStream _gzip;
    private readonly byte[] _held = new byte[64 * 1024];
    private int _heldAt;
    private int _heldEnd;
    private bool _ended;

    public WholeGzipStream(Stream compressed) => _gzip = new GZipStream(new WithTail(compressed, MarkMember), CompressionMode.Decompress);

    /// <exception cref="InvalidDataException">The input breaks off, or is damaged.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (!_ended && Available == 0) Take(_gzip.Read(Room()));
        return Give(buffer);
    }

    /// <exception cref="InvalidDataException">The input breaks off, or is damaged.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_ended && Available == 0)
        {
            MoveDown();
            Take(await _gzip.ReadAsync(_held.AsMemory(_heldEnd), cancellationToken).ConfigureAwait(false));
        }

        return Give(buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _gzip.Dispose();
        base.Dispose(disposing);
    }

    // What has come out may end with the mark, so that much is held back until the end.
    private int Available => _ended ? _heldEnd - _heldAt : Math.Max(0, _heldEnd - _heldAt - Mark.Length);

    private Span<byte> Room()
    {
        MoveDown();
        return _held.AsSpan(_heldEnd);
    }

    private void MoveDown()
    {
        _held.AsSpan(_heldAt, _heldEnd - _heldAt).CopyTo(_held);
        _heldEnd -= _heldAt;
        _heldAt = 0;
    }

    private void Take(int read)
    {
        _heldEnd += read;
        if (read > 0) return;
        _ended = true;
        if (!_held.AsSpan(_heldAt, _heldEnd - _heldAt).EndsWith(Mark))
            throw new InvalidDataException("The gzip data ends before it is complete, or something else follows it.");
        _heldEnd -= Mark.Length;
    }

    private int Give(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, Available);
        _held.AsSpan(_heldAt, count).CopyTo(buffer);
        _heldAt += count;
        return count;
    }

    private static byte[] Compress(byte[] text)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest)) gzip.Write(text);
        return compressed.ToArray();
    }

    /// <summary>A stream, and then some bytes more.</summary>
    private sealed class WithTail(Stream inner, byte[] tail) : ForwardStream
    {
        private int _tailAt = -1;

        public override int Read(Span<byte> buffer)
        {
            if (_tailAt < 0)
            {
                var read = inner.Read(buffer);
                if (read > 0 || buffer.IsEmpty) return read;
                _tailAt = 0;
            }

            return ReadTail(buffer);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_tailAt < 0)
            {
                var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (read > 0 || buffer.IsEmpty) return read;
                _tailAt = 0;
            }

            return ReadTail(buffer.Span);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }

        private int ReadTail(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, tail.Length - _tailAt);
            tail.AsSpan(_tailAt, count).CopyTo(buffer);
            _tailAt += count;
            return count;
        }
    }
}
