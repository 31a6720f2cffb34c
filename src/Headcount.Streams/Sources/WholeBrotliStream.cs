using System.Buffers;
using System.IO.Compression;

namespace Headcount.Streams;

/// <summary>Decompresses Brotli and notices where it ends too early, which <see cref="BrotliStream"/> takes for the end.</summary>
internal sealed class WholeBrotliStream(Stream compressed) : ForwardStream
{
    private readonly byte[] _input = new byte[64 * 1024];
    private BrotliDecoder _decoder;
    private int _at;
    private int _end;
    private bool _isDone;
    private bool _hasBegun;

    /// <exception cref="InvalidDataException">The input breaks off, or is damaged.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (TryDecode(buffer, out var written)) return written;
            Refill(compressed.Read(_input.AsSpan(_end)));
        }
    }

    /// <exception cref="InvalidDataException">The input breaks off, or is damaged.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (TryDecode(buffer.Span, out var written)) return written;
            Refill(await compressed.ReadAsync(_input.AsMemory(_end), cancellationToken).ConfigureAwait(false));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder.Dispose();
            compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool TryDecode(Span<byte> buffer, out int written)
    {
        written = 0;
        if (_isDone || buffer.IsEmpty) return true;
        var status = _decoder.Decompress(_input.AsSpan(_at, _end - _at), buffer, out var consumed, out written);
        _at += consumed;
        if (status == OperationStatus.InvalidData) throw new InvalidDataException("The Brotli data is damaged.");
        _isDone = status == OperationStatus.Done;
        if (written > 0 || _isDone) return true;
        _input.AsSpan(_at, _end - _at).CopyTo(_input);
        (_at, _end) = (0, _end - _at);
        return false;
    }

    private void Refill(int read)
    {
        // An empty input is empty, compressed or not.
        if (read == 0 && _hasBegun) throw new InvalidDataException("The Brotli data ends before it is complete.");
        _isDone = read == 0;
        _hasBegun = true;
        _end += read;
    }
}
