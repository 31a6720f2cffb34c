using System.Buffers;

namespace Headcount.Streams;

/// <summary>What JSON takes for blank.</summary>
internal static class Blanks
{
    private static readonly SearchValues<byte> All = SearchValues.Create(" \t\r\n"u8);

    /// <summary>Where the first byte is that is not blank; -1 = nowhere.</summary>
    public static int FirstOther(ReadOnlySpan<byte> data) => data.IndexOfAnyExcept(All);

    /// <summary>Where the last byte is that is not blank; -1 = nowhere.</summary>
    public static int LastOther(ReadOnlySpan<byte> data) => data.LastIndexOfAnyExcept(All);

    public static bool IsBlank(ReadOnlySpan<byte> data) => FirstOther(data) < 0;
}
