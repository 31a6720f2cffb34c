namespace Headcount.Core.Tests.Ledger;

/// <summary>The order of gates and ticket types in an answer.</summary>
public sealed class SortedNamesTests
{
    private static readonly string[] Parts = ["A", "AB", "a", "\u00FC", "\uD7FF", "\uE000", "\uFFFD", "\U00010000", "\U0001F600", "\U0010FFFF"];

    private static readonly Gen<string> AnyName = Gen.Int[0, Parts.Length - 1].Select(i => Parts[i]).Array[1, 4].Select(string.Concat);

    [Fact]
    public void names_are_sorted_as_their_bytes_of_utf_8_are() => AnyName.Array[0, 12].Sample(names =>
    {
        var scans = names.Select((name, i) => new Scan(new TicketId($"T{i}"), new GateName(name), ScanType.Entry, new Instant(i)));
        var expected = names.Distinct().OrderBy(name => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(name)), StringComparer.Ordinal);
        Assert.Equal(expected, scans.Occupancy().ByGate.Keys);
    });
}
