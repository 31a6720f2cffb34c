using Headcount.Streams;

namespace Headcount.Cli.Output;

/// <summary>What was set aside, on standard error: the first ones with file, line and reason, then how many more.</summary>
internal static class SetAsideNotice
{
    /// <returns>How many there were.</returns>
    public static long Write(IReadOnlyList<SetAside> shown, long count, string what)
    {
        if (count == 0) return 0;
        Console.Error.WriteLine($"headcount: {People.Count(count)} malformed {(count == 1 ? what[..^1] : what)} set aside:");
        foreach (var aside in shown) Console.Error.WriteLine($"  {People.Name(aside.ToString())}");
        if (count > shown.Count) Console.Error.WriteLine($"  … and {People.Count(count - shown.Count)} more");
        return count;
    }
}
