using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Headcount.Core;

/// <summary>Texts in UTF-8 by number, counting from 0: about 8 bytes each, and the text.</summary>
internal sealed class TextList
{
    // They lie one after another in blocks: [length: 4 bytes][UTF-8, padded to a multiple of 4].
    private const int BlockBits = 20;
    private const int BlockBytes = 1 << BlockBits;

    /// <summary>The longest text it takes, in bytes.</summary>
    public const int MaxBytes = BlockBytes / 64 - 8;

    private readonly List<byte[]> _blocks = [];
    private byte[] _block = [];
    private int _used;
    private uint[] _places = new uint[16];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> this[int number]
    {
        get
        {
            var place = _places[number];
            var block = _blocks[(int)(place >> (BlockBits - 2))];
            var offset = (int)(place & ((1u << (BlockBits - 2)) - 1)) << 2;
            return block.AsSpan(offset + 4, MemoryMarshal.Read<int>(block.AsSpan(offset)));
        }
    }

    /// <summary>Has the memory fetched that holds a text.</summary>
    public unsafe void Prefetch(int number)
    {
        var place = _places[number];
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref _blocks[(int)(place >> (BlockBits - 2))][(int)(place & ((1u << (BlockBits - 2)) - 1)) << 2]));
    }

    /// <summary>Takes a text in and gives its number.</summary>
    public int Add(ReadOnlySpan<byte> text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, MaxBytes);
        var size = 4 + ((text.Length + 3) & ~3);
        if (_used + size > _block.Length) NextBlock();
        if (Count == _places.Length) Array.Resize(ref _places, checked(_places.Length * 2));
        _places[Count] = (uint)(((_blocks.Count - 1) << (BlockBits - 2)) + (_used >> 2));
        MemoryMarshal.Write(_block.AsSpan(_used), text.Length);
        text.CopyTo(_block.AsSpan(_used + 4));
        _used += size;
        return Count++;
    }

    private void NextBlock()
    {
        // A short list stays small: its first block grows, the later ones are whole.
        if (_blocks.Count == 1 && _block.Length < BlockBytes)
        {
            Array.Resize(ref _block, BlockBytes);
            _blocks[0] = _block;
            return;
        }

        _block = new byte[_blocks.Count == 0 ? BlockBytes / 64 : BlockBytes];
        _blocks.Add(_block);
        _used = 0;
    }
}
