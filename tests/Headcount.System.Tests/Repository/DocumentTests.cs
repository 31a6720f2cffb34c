using System.Text.RegularExpressions;

namespace Headcount.SystemTests.Repository;

/// <summary>The documents are there, and what they point to is there.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents => [.. Checkout.FilesWithExtension(".md")];

    [Theory]
    [InlineData("README.md")]
    [InlineData("ARCHITECTURE.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("LICENSE")]
    [InlineData("SECURITY.md")]
    [InlineData("docs/README.md")]
    [InlineData("docs/reference/scans.md")]
    [InlineData("docs/reference/limits.md")]
    public void a_document_that_people_look_for_is_there(string document) => Assert.Contains(document, Checkout.Files);

    [Theory, MemberData(nameof(Documents))]
    public void every_relative_link_leads_somewhere(string document)
    {
        var text = Fence().Replace(Checkout.Read(document), "");
        var folder = Path.GetDirectoryName(document)!;
        var broken = Link().Matches(text).Select(match => match.Groups["target"].Value)
            .Where(target => !Absolute().IsMatch(target) && !Resolves(document, folder, target));
        Assert.Empty(broken);
    }

    [Fact]
    public void every_page_under_docs_is_in_its_index()
    {
        var index = Checkout.Read("docs/README.md");
        var missing = Checkout.FilesWithExtension(".md")
            .Where(file => file.StartsWith("docs/", StringComparison.Ordinal) && file != "docs/README.md")
            .Where(file => !index.Contains($"({file["docs/".Length..]}", StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    private static bool Resolves(string document, string folder, string target)
    {
        var parts = target.Split('#', 2);
        var file = parts[0].Length == 0 ? document : Path.Combine(folder, Uri.UnescapeDataString(parts[0]));
        var path = Checkout.FullPath(file);
        if (!path.StartsWith(Checkout.Root, StringComparison.Ordinal)) return false;
        if (parts.Length == 1 || !path.EndsWith(".md", StringComparison.Ordinal)) return File.Exists(path) || Directory.Exists(path);
        return File.Exists(path) && Headings(File.ReadAllText(path)).Contains(parts[1]);
    }

    /// <summary>The anchors that a page's headings get where it is shown.</summary>
    private static IEnumerable<string> Headings(string text) =>
        Heading().Matches(Fence().Replace(text, "")).Select(match =>
            NotInAnchor().Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"^(?<ticks>`{3,}).*?^\k<ticks>[ \t]*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^([a-z][a-z0-9+.-]*:|//)", RegexOptions.IgnoreCase)]
    private static partial Regex Absolute();

    [GeneratedRegex(@"^#{1,6}\s+(?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
