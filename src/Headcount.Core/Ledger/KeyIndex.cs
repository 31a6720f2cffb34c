using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Headcount.Core;

/// <summary>Finds the row of a scan by its key: 8 bytes a slot, five slots in six taken at the most.</summary>
internal sealed class KeyIndex(LedgerRows rows)
{
    private Slot[] _slots = NewSlots(1024);
    private int _count;

    private struct Slot
    {
        public uint Tag;
        public int RowPlusOne;
    }

    /// <summary>The row that a key stands for, or -1 where it stands for none yet.</summary>
    public int Find(ScanKey key)
    {
        ref var slot = ref SlotOf(key);
        return slot.RowPlusOne - 1;
    }

    /// <summary>Lets a key stand for a row, whose key must be set already.</summary>
    public void Set(ScanKey key, int row)
    {
        if ((_count + 1) * 6L > _slots.Length * 5L) Grow();

        // Growing has taken the row in already, and will have set it.
        ref var slot = ref SlotOf(key);
        if (slot.RowPlusOne == 0) _count++;
        slot = new Slot { Tag = Tag(key), RowPlusOne = row + 1 };
    }

    private static uint Tag(ScanKey key) => (uint)key.Low;

    // The upper half spreads over any number of slots (Lemire, 2016: a multiplication instead of a division).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Start(ScanKey key, int slots) => (int)Math.BigMul(key.High, (ulong)slots, out _);

    private ref Slot SlotOf(ScanKey key)
    {
        var tag = Tag(key);
        for (var at = Start(key, _slots.Length); ; at = at + 1 == _slots.Length ? 0 : at + 1)
        {
            ref var slot = ref _slots[at];
            if (slot.RowPlusOne == 0 || (slot.Tag == tag && rows.Key(slot.RowPlusOne - 1) == key)) return ref slot;
        }
    }

    /// <summary>Has the memory fetched that looking for a key will touch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(ScanKey key)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_slots), Start(key, _slots.Length))));
    }

    // Builds it anew from the rows, front to back; so the old one need not be held beside it.
    private void Grow()
    {
        var size = checked(_slots.Length * 2);
        _slots = [];
        _slots = NewSlots(size);
        _count = 0;
        for (var row = 0; row < rows.Count; row++)
        {
            if (row + PrefetchAhead < rows.Count) Prefetch(rows.Key(row + PrefetchAhead));
            if ((rows.Flags(row) & RowFlags.Keyed) != 0) Set(rows.Key(row), row);
        }
    }

    private const int PrefetchAhead = 16;

    private static Slot[] NewSlots(int size)
    {
        var slots = new Slot[size];
        Written.First(slots);
        return slots;
    }
}
