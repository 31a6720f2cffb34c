namespace Headcount.Streams;

/// <summary>The answer of a server, which is given up when the server says nothing for too long.</summary>
internal sealed class ImpatientStream(Stream inner, TimeSpan patience, TimeProvider time) : ForwardStream
{
    private readonly byte[] _taken = new byte[64 * 1024];

    /// <exception cref="IOException">Nothing came in time.</exception>
    public override int Read(Span<byte> buffer)
    {
        var read = ReadAsync(_taken.AsMemory(0, Math.Min(buffer.Length, _taken.Length))).AsTask().GetAwaiter().GetResult();
        _taken.AsSpan(0, read).CopyTo(buffer);
        return read;
    }

    /// <exception cref="IOException">Nothing came in time.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await inner.ReadAsync(buffer, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"the server has said nothing for {patience.TotalSeconds} seconds", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
