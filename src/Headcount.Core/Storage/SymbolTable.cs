using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Headcount.Core;

/// <summary>What a text is known by: the text itself where it is short, its hash where it is long.</summary>
/// <param name="Low">The first eight bytes; of a long text, its hash.</param>
/// <param name="High">The next three bytes and the length; of a long text, a mark and the length.</param>
/// <param name="Hash">A keyed hash of the text.</param>
internal readonly record struct SymbolKey(ulong Low, uint High, ulong Hash)
{
    /// <summary>Texts up to this many bytes are compared without looking at them again.</summary>
    public const int MaxInline = 11;

    private const uint LongMark = 0xFF00_0000;

    // Keyed anew in every process, so that nobody can send texts that collide on purpose.
    private static readonly ulong Seed0 = HashKey.New();
    private static readonly ulong Seed1 = HashKey.New() | 1;

    public bool IsInline => High < LongMark;

    /// <summary>The text's length in bytes.</summary>
    public int Length => IsInline ? (int)(High >> 24) : (int)(High & ~LongMark);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SymbolKey Of(ReadOnlySpan<byte> text)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var length = text.Length;
        if (length > MaxInline) return OfLong(text);
        ulong low;
        var high = 0u;
        if (length >= 8)
        {
            low = Unsafe.ReadUnaligned<ulong>(ref start);
            if (length > 8) high = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, length - 4)) >> (8 * (12 - length));
        }
        else if (length >= 4)
        {
            low = Unsafe.ReadUnaligned<uint>(ref start) | ((ulong)Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, length - 4)) << (8 * (length - 4)));
        }
        else
        {
            low = length == 0 ? 0 : start | ((ulong)Unsafe.Add(ref start, length >> 1) << (8 * (length >> 1))) | ((ulong)Unsafe.Add(ref start, length - 1) << (8 * (length - 1)));
        }

        high |= (uint)length << 24;
        return new SymbolKey(low, high, HashOf(low, high));
    }

    /// <summary>The hash that goes with the two other parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong HashOf(ulong low, uint high) => high < LongMark ? Mix(Mix(low ^ Seed0, high ^ Seed1), Seed1) : low;

    private static SymbolKey OfLong(ReadOnlySpan<byte> text)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var length = text.Length;
        var state = Seed0 ^ (ulong)length;
        for (var at = 0; at + 16 < length; at += 16)
        {
            state = Mix(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at)) ^ Seed1,
                Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at + 8)) ^ state);
        }

        var a = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, Math.Max(0, length - 16)));
        var b = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 8));
        var hash = Mix(Mix(a ^ Seed1, b ^ state) ^ Seed0, (ulong)length ^ Seed1);
        return new SymbolKey(hash, LongMark | (uint)length, hash);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}

/// <summary>Gives every distinct text a small number, counting from 0, and finds it again from its UTF-8 bytes without making a string.</summary>
/// <remarks>About 35 bytes a text and the text itself; short texts are found with one access to memory. One thread at a time.</remarks>
internal sealed class SymbolTable
{
    private readonly TextList _texts = new();

    private Slot[] _slots;
    private int _mask;

    private struct Slot
    {
        public ulong Low;
        public uint High;
        public int NumberPlusOne;
    }

    public SymbolTable(int expected = 0)
    {
        _slots = NewSlots((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, expected * 2)));
        _mask = _slots.Length - 1;
    }

    /// <summary>How many distinct texts there are.</summary>
    public int Count => _texts.Count;

    /// <summary>Makes room for so many texts, so that it need not grow step by step.</summary>
    public void Reserve(int texts)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(texts * 3L / 2, 64, 1 << 30));
        if (size > _slots.Length) GrowTo(size);
    }

    /// <summary>The UTF-8 of a text by its number.</summary>
    public ReadOnlySpan<byte> this[int number] => _texts[number];

    /// <summary>The text by its number, as a new string.</summary>
    public string Decode(int number) => Encoding.UTF8.GetString(this[number]);

    /// <summary>The number of a text, which is new if it was not seen before.</summary>
    public int Intern(ReadOnlySpan<byte> text) => Intern(SymbolKey.Of(text), text);

    /// <summary>The number of a text whose key is known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Intern(in SymbolKey key, ReadOnlySpan<byte> text)
    {
        ref var slot = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_slots), (int)key.Hash & _mask);
        return slot.Low == key.Low && slot.High == key.High && key.IsInline && slot.NumberPlusOne != 0 ? slot.NumberPlusOne - 1 : InternFurther(in key, text);
    }

    /// <summary>The number of a text, or -1 where it was never seen.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        var key = SymbolKey.Of(text);
        return SlotOf(in key, text).NumberPlusOne - 1;
    }

    /// <summary>The number of a text, which is new if it was not seen before.</summary>
    public int Intern(string text)
    {
        Span<byte> buffer = stackalloc byte[512];
        return text.Length * 3 > buffer.Length ? Intern(Encoding.UTF8.GetBytes(text)) : Intern(buffer[..Encoding.UTF8.GetBytes(text, buffer)]);
    }

    /// <summary>The number of a text, or -1 where it was never seen.</summary>
    public int Find(string text)
    {
        Span<byte> buffer = stackalloc byte[512];
        return text.Length * 3 > buffer.Length ? Find(Encoding.UTF8.GetBytes(text)) : Find(buffer[..Encoding.UTF8.GetBytes(text, buffer)]);
    }

    /// <summary>Has the memory fetched that looking for a text of this hash will touch first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(ulong hash)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_slots), (int)hash & _mask)));
    }

    /// <summary>Has the memory fetched that holds a text.</summary>
    public void PrefetchText(int number) => _texts.Prefetch(number);

    private int InternFurther(in SymbolKey key, ReadOnlySpan<byte> text)
    {
        ref var slot = ref SlotOf(in key, text);
        if (slot.NumberPlusOne != 0) return slot.NumberPlusOne - 1;
        if (Count * 3L >= _slots.Length * 2L)
        {
            Grow();
            slot = ref FreeSlot(key.Hash);
        }

        var number = _texts.Add(text);
        slot = new Slot { Low = key.Low, High = key.High, NumberPlusOne = number + 1 };
        return number;
    }

    // The slot of a text, or the free one where it would go.
    private ref Slot SlotOf(in SymbolKey key, ReadOnlySpan<byte> text)
    {
        for (var at = (int)key.Hash & _mask; ; at = (at + 1) & _mask)
        {
            ref var slot = ref _slots[at];
            if (slot.NumberPlusOne == 0) return ref slot;
            if (slot.Low == key.Low && slot.High == key.High && (key.IsInline || this[slot.NumberPlusOne - 1].SequenceEqual(text))) return ref slot;
        }
    }

    private ref Slot FreeSlot(ulong hash)
    {
        var at = (int)hash & _mask;
        while (_slots[at].NumberPlusOne != 0) at = (at + 1) & _mask;
        return ref _slots[at];
    }

    private void Grow() => GrowTo(checked(_slots.Length * 2));

    private void GrowTo(int size)
    {
        var old = _slots;
        _slots = NewSlots(size);
        _mask = _slots.Length - 1;
        foreach (ref var slot in old.AsSpan())
        {
            if (slot.NumberPlusOne != 0) FreeSlot(SymbolKey.HashOf(slot.Low, slot.High)) = slot;
        }
    }

    private static Slot[] NewSlots(int count)
    {
        var slots = new Slot[count];
        Written.First(slots);
        return slots;
    }
}
