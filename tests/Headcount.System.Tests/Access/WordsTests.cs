using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Headcount.Server.Languages;
using Headcount.SystemTests.Repository;

namespace Headcount.SystemTests.Access;

/// <summary>What pages and letters say is said in every language, with the same values in it.</summary>
public sealed partial class WordsTests
{
    private static readonly string Folder = Path.Combine(Checkout.Root, "src", "Headcount.Server");

    [Fact]
    public void every_language_has_the_same_words_with_the_same_values()
    {
        var (english, german) = (Read(isGerman: false), Read(isGerman: true));
        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), german.Keys.Order(StringComparer.Ordinal));
        Assert.All(english, word => Assert.Equal(Values(word.Value), Values(german[word.Key])));
        Assert.All(german, word => Assert.NotEqual("", word.Value));
    }

    [Fact]
    public void every_word_that_pages_ask_for_is_there()
    {
        var words = Read(isGerman: false).Keys.ToHashSet();
        var asked = Directory.EnumerateFiles(Folder, "*.*", SearchOption.AllDirectories).Where(file => file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => Asked().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).ToHashSet();
        Assert.True(asked.Count > 200);
        Assert.Equal([], asked.Except(words));
    }

    [Fact]
    public void numbers_and_times_are_written_as_the_language_does()
    {
        var time = new DateTime(2025, 3, 9, 18, 5, 0, DateTimeKind.Unspecified);
        Assert.Equal(("12,500", "9 Mar 2025 18:05"), (12_500.ToString("N0", Language.English), time.ToString("g", Language.English)));
        Assert.Equal(("12.500", "9. Mär 2025 18:05"), (12_500.ToString("N0", Language.German), time.ToString("g", Language.German)));
    }

    [Fact]
    public void german_words_are_found()
    {
        var before = CultureInfo.CurrentUICulture;
        Language.Speak(Language.German);
        Assert.Equal("Anmelden", Words.Of("sign-in.title"));
        Language.Speak(before);
    }

    // No key is in two files: each has one meaning.
    private static Dictionary<string, string> Read(bool isGerman) =>
        Directory.EnumerateFiles(Path.Combine(Folder, "Languages"), "*.resx").Where(file => file.EndsWith(".de.resx", StringComparison.Ordinal) == isGerman)
            .SelectMany(file => XDocument.Load(file).Root!.Elements("data")).ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static IEnumerable<string> Values(string text) => Places().Matches(text).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"Words\.Of\(""([a-z0-9._-]+[a-z0-9])""[,)]")]
    private static partial Regex Asked();

    [GeneratedRegex(@"\{\d(:\w+)?\}")]
    private static partial Regex Places();
}
