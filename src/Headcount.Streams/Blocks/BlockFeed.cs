using ZstdSharp;

namespace Headcount.Streams;

/// <summary>Reads inputs and cuts them into blocks, in order.</summary>
/// <remarks>Blocks are read when they are asked for, on the thread that asks: whoever parses reads too. One thread at a time.</remarks>
internal sealed class BlockFeed(ReadOptions options, ExpectedColumns expected)
{
    /// <summary>How much is read before it is cut: little enough to stay in a processor's own memory until it is parsed.</summary>
    public const int ReadBytes = 1 << 19;

    private readonly Stack<Block> _free = [];
    private readonly Recognition _recognition = new(expected);
    private InputSource? _source;
    private long _bytesBefore;

    /// <summary>All bytes of the inputs that are files; null where there are others.</summary>
    public long? TotalBytes { get; private set; }

    /// <summary>Bytes read so far, as they are stored.</summary>
    public long Bytes => _bytesBefore + (_source?.Raw.Count ?? 0);

    /// <summary>Reads inputs one after the other, block by block; who has done with a block gives it back (<see cref="Return"/>).</summary>
    /// <exception cref="InputException">One cannot be opened or read, or breaks off.</exception>
    public IEnumerable<Block> Read(IReadOnlyList<string> inputs, CancellationToken ct)
    {
        TotalBytes = Total(inputs);
        for (var i = 0; i < inputs.Count; i++)
        {
            var follow = options.Follow && i == inputs.Count - 1;
            using var source = InputSource.Open(inputs[i], options, follow, ct);
            _source = source;
            if (inputs.Count == 1) TotalBytes = source.TotalBytes;
            foreach (var block in Cut(new CutState(source, follow, ct) { Block = Rent(new InputPlace(source.Name)) })) yield return block;
            _bytesBefore += source.Raw.Count;
            _source = null;
        }
    }

    /// <summary>Takes a block back, from any thread.</summary>
    public void Return(Block block)
    {
        lock (_free) _free.Push(block);
    }

    private Block Rent(InputPlace place)
    {
        lock (_free)
        {
            if (_free.Count == 0) return new Block { Place = place };
            var block = _free.Pop();
            block.Place = place;
            return block;
        }
    }

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

    private IEnumerable<Block> Cut(CutState state)
    {
        while (true)
        {
            state.Read();
            if (state.Cutter is null)
            {
                var isRecognised = Recognise(state, out var skipped);
                if (skipped is not null) yield return skipped;
                if (!isRecognised) continue;
            }

            var consumed = state.Cutter!.Cut(state.Data, state.AtEnd, state.Block);
            if (consumed == 0 && state.IsFull && !state.AtEnd)
            {
                foreach (var piece in PassOverlong(state)) yield return piece;
                continue;
            }

            if (consumed > 0 || state.Block.Ranges is { Count: > 0 }) yield return Emit(state, consumed, state.Cutter.Kind);
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
    private sealed class CutState(InputSource source, bool follow, CancellationToken ct)
    {
        private Stream? _stream;

        public string Name => source.Name;

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
        /// <exception cref="InputException">It cannot be read, or breaks off.</exception>
        public void Read()
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                _stream ??= Decompression.Open(source, follow, ct);
                ReadWanted(_stream);
            }
            catch (Exception e) when (e is IOException or InvalidDataException or HttpRequestException or ZstdException)
            {
                throw new InputException($"{source.Name}: broke off after {source.Raw.Count} bytes: {e.Message}", e);
            }
            catch (UnauthorizedAccessException e)
            {
                throw new InputException($"{source.Name}: cannot be read: {e.Message}", e);
            }

            Wanted = ReadBytes;
        }

        private void ReadWanted(Stream stream)
        {
            while (!AtEnd && Have < Math.Min(Wanted, Block.Capacity))
            {
                var room = Block.Buffer.AsMemory(Have, (follow ? Block.Capacity : Math.Min(Have + ReadBytes, Block.Capacity)) - Have);
                var read = stream.ReadSome(room, follow, ct);
                AtEnd = read == 0;
                Have += read;
                if (follow && read > 0) break;
            }
        }
    }

    // False where more must be read first. What is skipped still counts its lines.
    private bool Recognise(CutState state, out Block? skipped)
    {
        skipped = null;
        var mark = !state.IsBegun && state.Data.StartsWith("\uFEFF"u8) ? 3 : 0;
        state.Cutter = Recognise(state, mark, out var skip);
        if (state.Cutter is null)
        {
            if (state.IsFull)
                skipped = Pass(state, state.Have, BlockKind.Json);
            else
                state.Wanted = state.Have + 1;
            return false;
        }

        state.IsBegun = true;
        if (skip > 0) skipped = Pass(state, skip, state.Cutter.Kind);
        return true;
    }

    // A block without elements.
    private Block Pass(CutState state, int bytes, BlockKind kind)
    {
        state.Block.StartRanges();
        return Emit(state, bytes, kind);
    }

    private Cutter? Recognise(CutState state, int mark, out int skip)
    {
        var cutter = _recognition.Recognise(state.Data[mark..], state.AtEnd, state.IsFull, mayBeCsv: !state.IsBegun, out skip, out var error);
        skip += mark;
        return error is null ? cutter : throw new InputException($"{state.Name}: {error}");
    }

    // Gives away the first bytes of the block, and goes on with the rest in another.
    private Block Emit(CutState state, int consumed, BlockKind kind)
    {
        var block = state.Block;
        block.Kind = kind;
        block.Header = state.Cutter?.Header;
        block.Length = consumed;
        var next = Rent(block.Place);
        block.Buffer.AsSpan(consumed, state.Have - consumed).CopyTo(next.Buffer);
        state.Have -= consumed;
        state.Block = next;
        return block;
    }

    private IEnumerable<Block> PassOverlong(CutState state)
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
            yield return Emit(state, end >= 0 ? end : state.Have, BlockKind.Overlong);
            if (isLast) yield break;
            isFirst = false;
            state.Read();
        }
    }
}
