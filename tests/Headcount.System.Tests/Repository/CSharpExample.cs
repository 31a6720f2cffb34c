using System.Text.RegularExpressions;

namespace Headcount.SystemTests.Repository;

/// <summary>The C# that a document shows. It is compared with code of the tests, which compiles and runs, word for word and whatever the indentation.</summary>
internal static partial class CSharpExample
{
    /// <summary>The blocks fenced as <c>csharp</c>, in order, each as words without its using directives.</summary>
    public static IReadOnlyList<string> In(string document) =>
        [.. Block().Matches(document.ReplaceLineEndings("\n")).Select(block => Words(Using().Replace(block.Groups["code"].Value, "")))];

    /// <summary>That a guide shows so many examples, and each of them stands in the file that runs them.</summary>
    public static void AssertIn(string testFile, string guide, int count)
    {
        var code = Words(Checkout.Read(testFile));
        var examples = In(Checkout.Read(guide));
        Assert.Equal(count, examples.Count);
        Assert.All(examples, example => Assert.Contains(example, code, StringComparison.Ordinal));
    }

    public static string Words(string code) => Blanks().Replace(code, " ").Trim();

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^using [\w.]+;$", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
