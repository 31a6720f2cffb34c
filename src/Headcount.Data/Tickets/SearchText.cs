using System.Text;

namespace Headcount.Data.Tickets;

/// <summary>What somebody types to find a ticket, as the words that <c>ticket_words</c> has: the same as its triggers make of ids and names.</summary>
internal static class SearchText
{
    /// <summary>How many words of a search are taken into account.</summary>
    public const int MostWords = 6;

    /// <summary>How much of a word is kept, in characters.</summary>
    public const int MostCharacters = 64;

    private const string Accented = "äöüßéèáàåøñçóíÄÖÜÉÈÁÀÅØÑÇÓÍ";
    private const string Plain = "aouseeaaaoncoiaoueeaaaoncoi";

    private static readonly char[] Separators = ['-', '_', '.', '@', ',', '/', '(', ')', '"', '\'', ' ', '\t', '\n', '\r'];

    /// <summary>The words of a search, the longest first: it narrows most as a rule. An e-mail address is one word.</summary>
    public static IReadOnlyList<string> Words(string search)
    {
        var folded = Fold(search.Trim());
        string[] parts = folded.Contains('@', StringComparison.Ordinal) ? [folded.ToLowerInvariant()] : folded.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        return [.. parts.Select(part => part.Length <= MostCharacters ? part : part[..MostCharacters]).Distinct(StringComparer.Ordinal).OrderByDescending(part => part.Length).Take(MostWords)];
    }

    /// <summary>Small letters without the commonest accents. Only those that the triggers know: other letters stay as they are.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            var at = letter < 128 ? -1 : Accented.IndexOf(letter, StringComparison.Ordinal);
            folded.Append(at >= 0 ? Plain[at] : char.IsAsciiLetterUpper(letter) ? (char)(letter | 0x20) : letter);
        }

        return folded.ToString();
    }

    /// <summary>The stretches of words that begin with a word. Letters that databases do not make small are looked for as typed, with the first one great, and all great.</summary>
    public static IReadOnlyList<(string From, string Until)> Stretches(string word)
    {
        var forms = new List<string> { word };
        if (!Ascii.IsValid(word))
        {
            var great = string.Concat(word.Select(letter => letter < 128 ? letter : char.ToUpperInvariant(letter)));
            forms.Add(great);
            forms.Add(string.Concat(word.Select(letter => letter < 128 ? letter : char.ToLowerInvariant(letter))));
            forms.Add(great[..1] + forms[^1][1..]);
        }

        return [.. forms.Distinct(StringComparer.Ordinal).Select(form => (form, form + "\U0010FFFF"))];
    }
}
