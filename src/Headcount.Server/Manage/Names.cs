using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Headcount.Core;

namespace Headcount.Server.Manage;

/// <summary>What names may be made of.</summary>
internal static class Names
{
    /// <summary>How long an event's slug may be.</summary>
    public const int MostSlug = 64;

    /// <summary>How long a name for people may be, in characters.</summary>
    public const int MostName = 200;

    /// <summary>How long a ticket type's name may be, in characters; as in a register.</summary>
    public const int MostType = 64;

    private const int MostExcerpt = 40;

    /// <summary>Characters as they are counted everywhere: Unicode scalar values.</summary>
    public static int Characters(string text) => text.EnumerateRunes().Count();

    /// <summary>A JSON text as a string; false where it holds half of a surrogate pair, or U+0000.</summary>
    public static bool TryText(JsonElement value, out string text)
    {
        text = "";
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return false;
        }

        return !text.Contains('\0', StringComparison.Ordinal);
    }

    /// <summary>What of a text fits into a message.</summary>
    public static string Excerpt(string text)
    {
        var clean = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(MostExcerpt)) clean.Append(Rune.IsControl(rune) ? Rune.ReplacementChar : rune);
        return Characters(text) > MostExcerpt ? clean.Append('…').ToString() : clean.ToString();
    }

    /// <summary>What is wrong with an event's slug; null = nothing.</summary>
    public static string? WrongSlug(string slug) =>
        slug.Length <= MostSlug && slug[0] != '-' && slug.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? null
            : $"'{Excerpt(slug)}' is no slug: lower-case letters, digits and hyphens, at most {MostSlug}, a letter or digit first";

    /// <summary>What is wrong with the name of a gate or a device of an event; null = nothing. They stand in addresses, topics and file names.</summary>
    public static string? WrongPlace(string name)
    {
        if (name[0] == ' ' || name[^1] == ' ') return $"'{Excerpt(name)}' begins or ends with a blank";
        foreach (var rune in name.EnumerateRunes())
        {
            var isOfWords = Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
            if (!isOfWords && rune.Value is not ('-' or '_' or '.' or ' ')) return $"'{Excerpt(name)}' holds '{Excerpt(rune.ToString())}'; letters, digits, '-', '_', '.' and blanks are allowed";
        }

        return null;
    }

    /// <summary>What is wrong with a name for people; null = nothing.</summary>
    public static string? WrongName(string name) => name.Any(char.IsControl) ? "holds a control character" : null;

    /// <summary>Whether a ticket can have this id.</summary>
    public static bool IsTicketId([NotNullWhen(true)] string? text) =>
        !string.IsNullOrEmpty(text) && !text.Contains('\0', StringComparison.Ordinal) && Characters(text) <= TicketId.MaxLength;
}
