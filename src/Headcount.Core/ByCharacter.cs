namespace Headcount.Core;

/// <summary>Sorts texts by their characters, which are Unicode scalar values: as bytes of UTF-8 sort, and as databases do.</summary>
/// <remarks>UTF-16 has it otherwise: there what lies beyond U+FFFF begins with U+D800 to U+DBFF, and so comes before U+E000.</remarks>
internal sealed class ByCharacter : IComparer<string>
{
    public static readonly ByCharacter Order = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null) return string.CompareOrdinal(x, y);
        var same = x.AsSpan().CommonPrefixLength(y);
        if (same == x.Length || same == y.Length) return x.Length.CompareTo(y.Length);
        var (one, other) = (x[same], y[same]);
        return char.IsSurrogate(one) == char.IsSurrogate(other) ? one.CompareTo(other) : char.IsSurrogate(one) ? 1 : -1;
    }
}
