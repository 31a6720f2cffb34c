using System.Buffers;
using System.IO.Pipelines;
using Headcount.Streams;

namespace Headcount.Server.Gate;

/// <summary>Reads a body that is a line for each scan, as it comes. One that is too long is passed over in bounded memory.</summary>
internal sealed class LineReading(PipeReader body)
{
    private bool _isFirst = true;
    private bool _isPassingOver;

    /// <summary>Gives lines to a run until that is full or the body ends.</summary>
    /// <returns>False where it has ended.</returns>
    public async Task<bool> ReadAsync(BatchRun run, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            var rest = Take(read.Buffer, read.IsCompleted, run);
            body.AdvanceTo(rest.Start, rest.IsEmpty || run.IsFull ? rest.Start : rest.End);
            if (run.IsFull) return true;
            if (read.IsCompleted) return false;
        }
    }

    // What is left is the beginning of a line, or what comes after a full chunk.
    private ReadOnlySequence<byte> Take(ReadOnlySequence<byte> data, bool atEnd, BatchRun run)
    {
        while (!run.IsFull && !data.IsEmpty)
        {
            var end = data.PositionOf((byte)'\n');
            if (end is null && !atEnd)
            {
                if (data.Length <= ReadOptions.MaxElementBytes && !_isPassingOver) return data;
                if (!_isPassingOver) run.Add(default, $"it is longer than {ReadOptions.MaxElementBytes} bytes");
                _isPassingOver = true;
                return data.Slice(data.End);
            }

            var line = end is { } at ? data.Slice(0, at) : data;
            data = end is { } feed ? data.Slice(data.GetPosition(1, feed)) : data.Slice(data.End);
            if (_isPassingOver)
                _isPassingOver = false;
            else
                Add(line, run);
        }

        return data;
    }

    private void Add(ReadOnlySequence<byte> line, BatchRun run)
    {
        if (line.IsSingleSegment)
        {
            Add(line.FirstSpan, run);
            return;
        }

        var length = (int)Math.Min(line.Length, ReadOptions.MaxElementBytes + 1L);
        var room = ArrayPool<byte>.Shared.Rent(length);
        line.Slice(0, length).CopyTo(room);
        Add(room.AsSpan(0, length), run);
        ArrayPool<byte>.Shared.Return(room);
    }

    private void Add(ReadOnlySpan<byte> line, BatchRun run)
    {
        if (_isFirst && line.StartsWith("\uFEFF"u8)) line = line[3..];
        _isFirst = false;
        if (!Blanks.IsBlank(line)) run.Add(line, null);
    }
}
