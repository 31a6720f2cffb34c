using System.Text.RegularExpressions;

namespace Headcount.SystemTests.Repository;

/// <summary>The C# that a document shows. It is compared with code of the tests, which compiles and runs, word for word and whatever the indentation.</summary>
internal static partial class CSharpExample
{
    /// <summary>The blocks fenced as <c>csharp</c>, in order, each as words without its using directives.</summary>
    public static IReadOnlyList<string> In(string document) =>
        [.. Block().Matches(document.ReplaceLineEndings("\n")).Select(block => Words(Using().Replace(block.Groups["code"].Value, "")))];

    public static string Words(string code) => Blanks().Replace(code, " ").Trim();

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^using [\w.]+;$", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
