using System.Collections.Concurrent;
using ZstdSharp;

namespace Headcount.Streams;

/// <summary>Reads inputs and cuts them into blocks, in order.</summary>
internal sealed class BlockFeed(ReadOptions options, ExpectedColumns expected)
{
    /// <summary>How much is read before it is cut: little enough to stay in a processor's own memory until it is parsed.</summary>
    public const int ReadBytes = 1 << 18;

    private readonly ConcurrentBag<Block> _free = [];
    private readonly Recognition _recognition = new(expected);
    private InputSource? _source;
    private long _bytesBefore;

    /// <summary>All bytes of the inputs that are files; null where there are others.</summary>
    public long? TotalBytes { get; private set; }

    /// <summary>Bytes read so far, as they are stored.</summary>
    public long Bytes => _bytesBefore + (_source?.Raw.Count ?? 0);

    /// <summary>Reads inputs one after the other and gives away their blocks.</summary>
    /// <exception cref="InputException">One cannot be opened or read, or breaks off.</exception>
    public async Task FeedAsync(IReadOnlyList<string> inputs, Func<Block, ValueTask> give, CancellationToken ct)
    {
        TotalBytes = Total(inputs);
        for (var i = 0; i < inputs.Count; i++)
        {
            var follow = options.Follow && i == inputs.Count - 1;
            _source = await InputSource.OpenAsync(inputs[i], options, follow, ct).ConfigureAwait(false);
            await using (_source.ConfigureAwait(false))
            {
                if (inputs.Count == 1) TotalBytes = _source.TotalBytes;
                await FeedAsync(_source, follow, give, ct).ConfigureAwait(false);
                _bytesBefore += _source.Raw.Count;
                _source = null;
            }
        }
    }

    public void Return(Block block) => _free.Add(block);

    private static long? Total(IReadOnlyList<string> inputs)
    {
        long total = 0;
        foreach (var input in inputs)
        {
            if (input == "-" || InputSource.IsAddress(input) || !File.Exists(input)) return null;
            total += new FileInfo(input).Length;
        }

        return total;
    }

    private async Task FeedAsync(InputSource source, bool follow, Func<Block, ValueTask> give, CancellationToken ct)
    {
        try
        {
            var stream = await Decompression.OpenAsync(source, ct).ConfigureAwait(false);
            await CutAsync(stream, new InputPlace(source.Name), follow, give, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or HttpRequestException or ZstdException)
        {
            throw new InputException($"{source.Name}: broke off after {source.Raw.Count} bytes: {e.Message}", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InputException($"{source.Name}: cannot be read: {e.Message}", e);
        }
    }

    private async Task CutAsync(Stream stream, InputPlace place, bool follow, Func<Block, ValueTask> give, CancellationToken ct)
    {
        var state = new CutState { Stream = stream, Place = place, Follow = follow, Give = give, Block = Rent(place) };
        while (true)
        {
            await state.ReadAsync(ct).ConfigureAwait(false);
            if (state.Cutter is null && !await RecogniseAsync(state).ConfigureAwait(false)) continue;

            var consumed = state.Cutter!.Cut(state.Data, state.AtEnd, state.Block);
            if (consumed == 0 && state.IsFull && !state.AtEnd)
            {
                await PassOverlongAsync(state, ct).ConfigureAwait(false);
                continue;
            }

            if (consumed > 0 || state.Block.Ranges is { Count: > 0 }) await EmitAsync(state, consumed, state.Cutter.Kind).ConfigureAwait(false);
            if (state.Cutter.IsDone)
                state.Cutter = null;
            else if (state.AtEnd)
                break;
            else if (consumed == 0)
                state.Wanted = state.Have + 1;
        }

        Return(state.Block);
    }

    /// <summary>Where the cutting of one input is.</summary>
    private sealed class CutState
    {
        public required Stream Stream { get; init; }

        public required InputPlace Place { get; init; }

        public required bool Follow { get; init; }

        public required Func<Block, ValueTask> Give { get; init; }

        public required Block Block { get; set; }

        public Cutter? Cutter { get; set; }

        public bool IsBegun { get; set; }

        public bool AtEnd { get; private set; }

        /// <summary>Bytes of the block's buffer that hold data.</summary>
        public int Have { get; set; }

        /// <summary>How many are wanted before the next cut.</summary>
        public int Wanted { get; set; } = ReadBytes;

        public bool IsFull => Have == Block.Capacity;

        public ReadOnlySpan<byte> Data => Block.Buffer.AsSpan(0, Have);

        /// <summary>Reads as much as is wanted; of a followed stream, what is there.</summary>
        public async ValueTask ReadAsync(CancellationToken ct)
        {
            while (!AtEnd && Have < Math.Min(Wanted, Block.Capacity))
            {
                // Only who follows a stream has time to wait; otherwise this thread has nothing better to do.
                var read = Follow
                    ? await Stream.ReadAsync(Block.Buffer.AsMemory(Have, Block.Capacity - Have), ct).ConfigureAwait(false)
                    : Stream.Read(Block.Buffer.AsSpan(Have, Math.Min(ReadBytes, Block.Capacity - Have)));
                AtEnd = read == 0;
                Have += read;
                if (Follow && read > 0) break;
            }

            Wanted = ReadBytes;
        }
    }

    // False where more must be read first.
    private async ValueTask<bool> RecogniseAsync(CutState state)
    {
        var mark = !state.IsBegun && state.Data.StartsWith("\uFEFF"u8) ? 3 : 0;
        state.Cutter = Recognise(state, mark, out var skip);
        if (state.Cutter is null)
        {
            if (state.IsFull)
                await PassBlanksAsync(state).ConfigureAwait(false);
            else
                state.Wanted = state.Have + 1;
            return false;
        }

        state.IsBegun = true;
        if (skip == 0) return true;

        // What is skipped still counts its lines.
        state.Block.StartRanges();
        await EmitAsync(state, skip, state.Cutter.Kind).ConfigureAwait(false);
        return true;
    }

    // Nothing but blanks, as much as fits: it says nothing yet, but its lines count.
    private async ValueTask PassBlanksAsync(CutState state)
    {
        state.Block.StartRanges();
        await EmitAsync(state, state.Have, BlockKind.Json).ConfigureAwait(false);
    }

    private Cutter? Recognise(CutState state, int mark, out int skip)
    {
        var cutter = _recognition.Recognise(state.Data[mark..], state.AtEnd, state.IsFull, mayBeCsv: !state.IsBegun, out skip, out var error);
        skip += mark;
        return error is null ? cutter : throw new InputException($"{state.Place.Name}: {error}");
    }

    // Gives away the first bytes of the block, and goes on with the rest in another.
    private async ValueTask EmitAsync(CutState state, int consumed, BlockKind kind)
    {
        var block = state.Block;
        block.Kind = kind;
        block.Header = state.Cutter?.Header;
        block.Length = consumed;
        var next = Rent(state.Place);
        block.Buffer.AsSpan(consumed, state.Have - consumed).CopyTo(next.Buffer);
        state.Have -= consumed;
        state.Block = next;
        await state.Give(block).ConfigureAwait(false);
    }

    private async ValueTask PassOverlongAsync(CutState state, CancellationToken ct)
    {
        var isFirst = true;
        while (true)
        {
            var end = state.Cutter!.EndOfOverlong(state.Data, isFirst);
            var isLast = end >= 0 || state.AtEnd;
            var block = state.Block;
            block.IsFirstPiece = isFirst;
            block.IsLastPiece = isLast;
            block.Ranges = null;
            await EmitAsync(state, end >= 0 ? end : state.Have, BlockKind.Overlong).ConfigureAwait(false);
            if (isLast) return;
            isFirst = false;
            await state.ReadAsync(ct).ConfigureAwait(false);
        }
    }

    private Block Rent(InputPlace place)
    {
        if (!_free.TryTake(out var block)) return new Block { Place = place };
        block.Place = place;
        return block;
    }
}
