using System.Text;

namespace Headcount.Data.Log;

/// <summary>Gives the same string for the same bytes: gates, types and devices are few, and named in every record. One thread at a time.</summary>
internal sealed class TextPool
{
    private const int Slots = 1024;

    private readonly (byte[] Bytes, string Text)[] _slots = new (byte[], string)[Slots];

    /// <summary>The text of UTF-8 bytes. A slot holds the latest text that fell into it, so that the pool never grows.</summary>
    public string Get(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return "";
        var hash = new HashCode();
        hash.AddBytes(bytes);
        ref var slot = ref _slots[hash.ToHashCode() & (Slots - 1)];
        if (slot.Bytes is not null && bytes.SequenceEqual(slot.Bytes)) return slot.Text;
        var text = Encoding.UTF8.GetString(bytes);
        slot = (bytes.ToArray(), text);
        return text;
    }
}
