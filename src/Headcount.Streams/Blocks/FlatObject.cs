using System.Numerics;
using System.Runtime.Intrinsics;

namespace Headcount.Streams;

/// <summary>Finds the end of a JSON object as nearly all are: texts and plain values, nothing nested, no backslash. Whatever is not so is left to <see cref="ValueSkimmer"/>.</summary>
/// <remarks>It says only what the skimmer would say; a property test holds the two together. It looks up to 16 bytes beyond the end that it is given.</remarks>
internal static unsafe class FlatObject
{
    /// <summary>How many bytes the object at the beginning of the data takes; -1 where the skimmer has to look.</summary>
    public static int Length(ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            var close = Close(start, start + data.Length);
            return close is null ? -1 : (int)(close - start) + 1;
        }
    }

    private static byte* Close(byte* at, byte* end)
    {
        if (at >= end || *at != '{') return null;
        while (true)
        {
            at = AfterText(PastBlanks(at + 1, end), end);
            if (at is null) return null;
            at = PastBlanks(at, end);
            if (at >= end || *at != ':') return null;
            at = AfterValue(PastBlanks(at + 1, end), end);
            if (at is null) return null;
            at = PastBlanks(at, end);
            if (at >= end) return null;
            if (*at == '}') return at;
            if (*at != ',') return null;
        }
    }

    private static byte* PastBlanks(byte* at, byte* end)
    {
        while (at < end && *at is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
        return at;
    }

    private static byte* AfterValue(byte* at, byte* end)
    {
        if (at < end && *at == '"') return AfterText(at, end);
        var start = at;
        while (at < end && *at is >= (byte)'0' and <= (byte)'9' or >= (byte)'a' and <= (byte)'z' or (byte)'-' or (byte)'+' or (byte)'.' or (byte)'E') at++;
        return at == start ? null : at;
    }

    // A text with its quotes, on one line.
    private static byte* AfterText(byte* at, byte* end)
    {
        if (at >= end || *at != '"') return null;
        for (at++; at < end; at += Vector128<byte>.Count)
        {
            var bytes = Vector128.Load(at);
            var ends = Vector128.Equals(bytes, Vector128.Create((byte)'"')) | Vector128.Equals(bytes, Vector128.Create((byte)'\\')) | Vector128.Equals(bytes, Vector128.Create((byte)'\n'));
            var found = ends.ExtractMostSignificantBits();
            if (found == 0) continue;
            at += BitOperations.TrailingZeroCount(found);
            return at < end && *at == '"' ? at + 1 : null;
        }

        return null;
    }
}
