using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;

namespace Headcount.Core;

/// <summary>Gives every distinct text a small number, counting from 0, and finds it again from its UTF-8 bytes without making a string.</summary>
/// <remarks>
/// About 20 bytes a text and the text itself. Hashing is keyed anew in every process, so that nobody can send texts that collide on
/// purpose. One thread at a time.
/// </remarks>
internal sealed class SymbolTable
{
    // Records lie one after another in blocks: [id: 4 bytes][length: 4 bytes][UTF-8, padded to a multiple of 4].
    private const int BlockBits = 20;
    private const int BlockBytes = 1 << BlockBits;
    private const int MaxBytes = BlockBytes / 64 - 8;

    private static readonly ulong Seed0 = MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(8));
    private static readonly ulong Seed1 = MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(8)) | 1;

    private readonly List<byte[]> _blocks = [];
    private byte[] _block = [];
    private int _used;

    // Pinned, like the blocks, so that they can be prefetched.
    private Slot[] _slots;
    private uint[] _records = new uint[16];
    private int _mask;

    private struct Slot
    {
        public uint Tag;
        public uint Record; // in units of 4 bytes, plus one; 0 = free
    }

    public SymbolTable(int expected = 0)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, expected * 2));
        _slots = GC.AllocateArray<Slot>(size, pinned: true);
        _mask = size - 1;
    }

    /// <summary>How many distinct texts there are.</summary>
    public int Count { get; private set; }

    /// <summary>The UTF-8 of a text by its number.</summary>
    public ReadOnlySpan<byte> this[int id]
    {
        get
        {
            var record = _records[id];
            return Text(record);
        }
    }

    /// <summary>The text by its number, as a new string.</summary>
    public string Decode(int id) => Encoding.UTF8.GetString(this[id]);

    /// <summary>The number of a text, which is new if it was not seen before.</summary>
    public int Intern(ReadOnlySpan<byte> text) => Intern(text, Hash(text));

    /// <summary>The number of a text whose hash is known.</summary>
    public int Intern(ReadOnlySpan<byte> text, ulong hash)
    {
        var tag = (uint)(hash >> 32);
        var slots = _slots;
        for (var at = (int)hash & _mask; ; at = (at + 1) & _mask)
        {
            ref var slot = ref slots[at];
            if (slot.Record == 0) return Insert(text, tag, hash);
            if (slot.Tag == tag && Text(slot.Record - 1).SequenceEqual(text)) return Id(slot.Record - 1);
        }
    }

    /// <summary>Has the memory fetched that looking for a text of this hash will touch first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void PrefetchSlot(ulong hash)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_slots), (int)hash & _mask)));
    }

    /// <summary>Has the memory fetched that looking for a text of this hash will touch next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void PrefetchText(ulong hash)
    {
        ref var slot = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_slots), (int)hash & _mask);
        if (!Sse.IsSupported || slot.Record == 0 || slot.Tag != (uint)(hash >> 32)) return;
        var record = slot.Record - 1;
        var offset = (int)(record & ((1u << (BlockBits - 2)) - 1)) << 2;
        Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_blocks[(int)(record >> (BlockBits - 2))]), offset)));
    }

    /// <summary>The number of a text, or -1 where it was never seen.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        var hash = Hash(text);
        var tag = (uint)(hash >> 32);
        for (var at = (int)hash & _mask; ; at = (at + 1) & _mask)
        {
            ref var slot = ref _slots[at];
            if (slot.Record == 0) return -1;
            if (slot.Tag == tag && Text(slot.Record - 1).SequenceEqual(text)) return Id(slot.Record - 1);
        }
    }

    public int Intern(string text)
    {
        Span<byte> buffer = stackalloc byte[512];
        if (text.Length * 3 > buffer.Length) return Intern(Encoding.UTF8.GetBytes(text));
        var length = Encoding.UTF8.GetBytes(text, buffer);
        return Intern(buffer[..length]);
    }

    public int Find(string text)
    {
        Span<byte> buffer = stackalloc byte[512];
        if (text.Length * 3 > buffer.Length) return Find(Encoding.UTF8.GetBytes(text));
        var length = Encoding.UTF8.GetBytes(text, buffer);
        return Find(buffer[..length]);
    }

    /// <summary>A keyed hash of short text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Hash(ReadOnlySpan<byte> text)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var length = text.Length;
        ulong a, b;
        if (length <= 16)
        {
            if (length >= 8)
            {
                a = Unsafe.ReadUnaligned<ulong>(ref start);
                b = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 8));
            }
            else if (length >= 4)
            {
                a = Unsafe.ReadUnaligned<uint>(ref start);
                b = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, length - 4));
            }
            else
            {
                a = length == 0 ? 0u : start | ((uint)Unsafe.Add(ref start, length >> 1) << 8) | ((uint)Unsafe.Add(ref start, length - 1) << 16);
                b = 0;
            }

            return Mix(Mix(a ^ Seed0, b ^ Seed1) ^ Seed1, (ulong)length ^ Seed0);
        }

        var state = Seed0 ^ (ulong)length;
        var at = 0;
        for (; at + 16 < length; at += 16)
        {
            state = Mix(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at)) ^ Seed1,
                Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at + 8)) ^ state);
        }

        a = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 16));
        b = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 8));
        return Mix(Mix(a ^ Seed1, b ^ state) ^ Seed0, (ulong)length ^ Seed1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Text(uint record)
    {
        var block = _blocks[(int)(record >> (BlockBits - 2))];
        var offset = (int)(record & ((1u << (BlockBits - 2)) - 1)) << 2;
        ref var start = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(block), offset);
        return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref start, 8), Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref start, 4)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Id(uint record)
    {
        var block = _blocks[(int)(record >> (BlockBits - 2))];
        return Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(block), (int)(record & ((1u << (BlockBits - 2)) - 1)) << 2));
    }

    private int Insert(ReadOnlySpan<byte> text, uint tag, ulong hash)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, MaxBytes);
        if (Count * 3L >= _slots.Length * 2L) Grow();

        var size = 8 + ((text.Length + 3) & ~3);
        if (_used + size > _block.Length) NextBlock();
        var record = (uint)(((_blocks.Count - 1) << (BlockBits - 2)) + (_used >> 2));
        MemoryMarshal.Write(_block.AsSpan(_used), Count);
        MemoryMarshal.Write(_block.AsSpan(_used + 4), text.Length);
        text.CopyTo(_block.AsSpan(_used + 8));
        _used += size;

        if (Count == _records.Length) Array.Resize(ref _records, checked(_records.Length * 2));
        _records[Count] = record;

        var at = (int)hash & _mask;
        while (_slots[at].Record != 0) at = (at + 1) & _mask;
        _slots[at] = new Slot { Tag = tag, Record = record + 1 };
        return Count++;
    }

    private void NextBlock()
    {
        // A small table stays small: its first block grows, the later ones are whole.
        if (_blocks.Count == 1 && _block.Length < BlockBytes)
        {
            _block = GC.AllocateArray<byte>(BlockBytes, pinned: true);
            _blocks[0].CopyTo(_block, 0);
            _blocks[0] = _block;
            return;
        }

        _block = GC.AllocateArray<byte>(_blocks.Count == 0 ? BlockBytes / 64 : BlockBytes, pinned: true);
        _blocks.Add(_block);
        _used = 0;
    }

    private void Grow()
    {
        _slots = GC.AllocateArray<Slot>(checked(_slots.Length * 2), pinned: true);
        _mask = _slots.Length - 1;
        for (var id = 0; id < Count; id++)
        {
            var record = _records[id];
            var hash = Hash(Text(record));
            var at = (int)hash & _mask;
            while (_slots[at].Record != 0) at = (at + 1) & _mask;
            _slots[at] = new Slot { Tag = (uint)(hash >> 32), Record = record + 1 };
        }
    }
}
