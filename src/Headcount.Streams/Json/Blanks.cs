namespace Headcount.Streams;

/// <summary>What JSON takes for blank.</summary>
/// <remarks>Plain loops: blanks are few, and the framework's search for any of several bytes would have to be compiled first.</remarks>
internal static class Blanks
{
    /// <summary>Where the first byte is that is not blank; -1 = nowhere.</summary>
    public static int FirstOther(ReadOnlySpan<byte> data)
    {
        for (var at = 0; at < data.Length; at++)
        {
            if (!IsBlank(data[at])) return at;
        }

        return -1;
    }

    /// <summary>Where the last byte is that is not blank; -1 = nowhere.</summary>
    public static int LastOther(ReadOnlySpan<byte> data)
    {
        var at = data.Length - 1;
        while (at >= 0 && IsBlank(data[at])) at--;
        return at;
    }

    public static bool IsBlank(ReadOnlySpan<byte> data) => FirstOther(data) < 0;

    private static bool IsBlank(byte unit) => unit is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
