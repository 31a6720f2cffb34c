namespace Headcount.Streams;

/// <summary>A file that is read on as it grows, until somebody cancels.</summary>
internal sealed class GrowingFile(FileStream file, string path, TimeProvider time) : ForwardStream
{
    /// <summary>How often a file at its end is looked at again.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    /// <summary>Reads what is there; where nothing is, waits. The end comes when the waiting is cancelled.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var read = await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read > 0 || buffer.IsEmpty) return read;
            if (file.Length < file.Position) throw new InputException($"{path}: was cut short while it was followed; start again");
            await Task.Delay(LookAgain, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public override int Read(Span<byte> buffer) => throw new NotSupportedException("A growing file is read asynchronously.");

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }
}
