namespace Headcount.Fuzz;

/// <summary>Inputs made from others by small changes, drawn from a seed.</summary>
internal sealed class Mutation(ulong seed, IReadOnlyList<byte[]> corpus)
{
    private const int MostBytes = 1 << 16;

    private static readonly byte[][] Words =
    [
        [.. "\""u8], [.. "\\"u8], [.. "{"u8], [.. "}"u8], [.. "["u8], [.. "]"u8], [.. ","u8], [.. ":"u8], [.. "\n"u8], [.. "\r\n"u8], [.. "\r"u8], [.. "\t"u8], [.. " "u8], [0], [0xEF, 0xBB, 0xBF], [0xFF],
        [.. "\\u0000"u8], [.. "\\ud800"u8], [.. "\\ud83c\\udf9f"u8], [.. "null"u8], [.. "true"u8], [.. "1e5"u8], [.. "-0"u8], [.. "\"\""u8], [.. "},{"u8], [.. "]}"u8], [.. "\",\""u8], [.. ";"u8], [.. "T24:00:00"u8], [.. "60"u8],
        [.. "\"ticket_id\":"u8], [.. "\"gate\":"u8], [.. "\"scan_type\":\"exit\""u8], [.. "\"timestamp\":"u8], [.. "\"scan_id\":\"s\""u8], [.. "\"device_id\":"u8], [.. "\"outcome\":\"rejected\""u8], [.. "\"seq\":1"u8],
        [.. "\"annuls\":1"u8], [.. "{\"scans\":["u8], [.. "\"2025-10-26T01:30:00\""u8], [.. ".123456789"u8], [.. "+02:00"u8], [.. "ticket_id,gate,scan_type,timestamp\n"u8], [0xC3, 0xBC], [0xF0, 0x9F, 0x8E, 0x9F],
    ];

    private ulong _state = seed;

    /// <summary>The input of a step: the corpus as it is first, then changed.</summary>
    public byte[] Next(long step)
    {
        if (step < corpus.Count) return corpus[(int)step];
        var input = corpus[Draw(corpus.Count)].ToList();
        for (var changes = 1 + Draw(6); changes > 0; changes--) Change(input);
        if (input.Count > MostBytes) input.RemoveRange(MostBytes, input.Count - MostBytes);
        return [.. input];
    }

    private void Change(List<byte> input)
    {
        var at = Draw(input.Count + 1);
        var length = Math.Min(input.Count - at, 1 + Draw(Draw(8) == 0 ? 200 : 12));
        switch (Draw(8))
        {
            case 0 when at < input.Count:
                input[at] = (byte)Draw(256);
                break;
            case 1 when at < input.Count:
                input[at] ^= (byte)(1 << Draw(8));
                break;
            case 2:
                input.RemoveRange(at, length);
                break;
            case 3:
                input.InsertRange(Draw(input.Count + 1), input.GetRange(at, length));
                break;
            case 4:
                var other = corpus[Draw(corpus.Count)];
                var from = Draw(other.Length + 1);
                input.InsertRange(at, other.Skip(from).Take(1 + Draw(120)));
                break;
            case 5 when Draw(20) == 0:
                input.InsertRange(at, Enumerable.Repeat(at < input.Count ? input[at] : (byte)'[', Draw(5000)));
                break;
            case 6 when Draw(6) == 0:
                input.RemoveRange(at, input.Count - at);
                break;
            default:
                input.InsertRange(at, Words[Draw(Words.Length)]);
                break;
        }
    }

    // SplitMix64.
    private int Draw(int below)
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return (int)(z % (ulong)Math.Max(below, 1));
    }
}
