using System.Runtime.CompilerServices;

namespace Headcount.Core;

/// <summary>Finds the row of a scan by its key: 8 bytes a slot, five slots in six taken at the most.</summary>
internal sealed class KeyIndex(LedgerRows rows)
{
    private Slot[] _slots = new Slot[1024];
    private int _count;

    private struct Slot
    {
        public uint Tag;
        public int RowPlusOne;
    }

    /// <summary>The row that a key stands for, or -1 where it stands for none yet.</summary>
    public int Find(UInt128 key)
    {
        ref var slot = ref SlotOf(key);
        return slot.RowPlusOne - 1;
    }

    /// <summary>Lets a key stand for a row, whose key must be set already.</summary>
    public void Set(UInt128 key, int row)
    {
        if ((_count + 1) * 6L > _slots.Length * 5L) Grow();
        ref var slot = ref SlotOf(key);
        if (slot.RowPlusOne == 0) _count++;
        slot = new Slot { Tag = Tag(key), RowPlusOne = row + 1 };
    }

    private static uint Tag(UInt128 key) => (uint)key;

    // The upper half spreads over any number of slots (Lemire, 2016: a multiplication instead of a division).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Start(UInt128 key, int slots) => (int)Math.BigMul((ulong)(key >> 64), (ulong)slots, out _);

    private ref Slot SlotOf(UInt128 key)
    {
        var tag = Tag(key);
        for (var at = Start(key, _slots.Length); ; at = at + 1 == _slots.Length ? 0 : at + 1)
        {
            ref var slot = ref _slots[at];
            if (slot.RowPlusOne == 0 || (slot.Tag == tag && rows.Key(slot.RowPlusOne - 1) == key)) return ref slot;
        }
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new Slot[checked((int)(old.Length * 3L / 2))];
        foreach (var slot in old)
        {
            if (slot.RowPlusOne == 0) continue;
            var key = rows.Key(slot.RowPlusOne - 1);
            var at = Start(key, _slots.Length);
            while (_slots[at].RowPlusOne != 0) at = at + 1 == _slots.Length ? 0 : at + 1;
            _slots[at] = slot;
        }
    }
}
