using System.Globalization;
using System.Resources;

namespace Headcount.Server.Languages;

/// <summary>What pages and letters say, in the language of the flow that asks: <c>Words.resx</c> and its like, and each in German beside it.</summary>
internal static class Words
{
    private static readonly ResourceManager[] Resources =
    [
        new("Headcount.Server.Languages.Words", typeof(Words).Assembly),
        new("Headcount.Server.Languages.PastWords", typeof(Words).Assembly),
        new("Headcount.Server.Languages.TicketWords", typeof(Words).Assembly),
    ];

    /// <summary>The words of a key. One that is missing is a mistake of ours, and stands there as itself.</summary>
    public static string Of(string key) => Find(key) ?? key;

    /// <summary>The words of a key; null where there are none.</summary>
    public static string? Find(string key)
    {
        foreach (var resources in Resources)
        {
            if (resources.GetString(key, CultureInfo.CurrentUICulture) is { } words) return words;
        }

        return null;
    }

    /// <summary>The words of a key with values in their places, as the language writes numbers and dates.</summary>
    public static string Of(string key, params object?[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);
}
