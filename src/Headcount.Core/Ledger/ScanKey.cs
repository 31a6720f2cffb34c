using System.Buffers.Binary;
using System.Numerics;

namespace Headcount.Core;

/// <summary>The key under which a scan with an id of its own is known: device (or gate) and scan id as 128 bits.</summary>
/// <remarks>
/// SipHash-1-3 with 128 bits of output (Aumasson and Bernstein, 2012), keyed anew in every process: two different ids in ten million meet with a
/// probability under 10^-24, and nobody can choose ids that do. So an id of any length takes 16 bytes.
/// </remarks>
/// <param name="High">The upper 64 bits.</param>
/// <param name="Low">The lower 64 bits.</param>
internal readonly record struct ScanKey(ulong High, ulong Low)
{
    // Drawn anew in every process.
    private static readonly ulong Key0 = HashKey.New();
    private static readonly ulong Key1 = HashKey.New();

    /// <summary>Whether this is the key of a scan without an id.</summary>
    public bool IsNone => (High | Low) == 0;

    /// <summary>The key of the second scan of a row that holds both times: one id names the row.</summary>
    public ScanKey OfSecondHalf => this with { High = High ^ (1UL << 36) };

    /// <summary>The key of a scan id on a device. It is never zero.</summary>
    public static ScanKey Of(ReadOnlySpan<byte> device, ReadOnlySpan<byte> scanId)
    {
        // Neither text holds a NUL, so that one between them keeps the two apart.
        Span<byte> joined = stackalloc byte[device.Length + 1 + scanId.Length];
        device.CopyTo(joined);
        joined[device.Length] = 0;
        scanId.CopyTo(joined[(device.Length + 1)..]);
        var key = Hash(joined);
        return key.IsNone ? new ScanKey(0, 1) : key;
    }

    private static ScanKey Hash(ReadOnlySpan<byte> text)
    {
        var v0 = Key0 ^ 0x736f6d6570736575;
        var v1 = Key1 ^ 0x646f72616e646f6d ^ 0xee;
        var v2 = Key0 ^ 0x6c7967656e657261;
        var v3 = Key1 ^ 0x7465646279746573;

        var rest = text;
        for (; rest.Length >= 8; rest = rest[8..])
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(rest);
            v3 ^= word;
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
        }

        var last = (ulong)text.Length << 56;
        for (var i = 0; i < rest.Length; i++) last |= (ulong)rest[i] << (8 * i);
        v3 ^= last;
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;

        v2 ^= 0xee;
        for (var i = 0; i < 3; i++) Round(ref v0, ref v1, ref v2, ref v3);
        var low = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
        for (var i = 0; i < 3; i++) Round(ref v0, ref v1, ref v2, ref v3);
        return new ScanKey(v0 ^ v1 ^ v2 ^ v3, low);
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
