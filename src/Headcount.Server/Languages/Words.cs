using System.Globalization;
using System.Resources;

namespace Headcount.Server.Languages;

/// <summary>What pages and letters say, in the language of the flow that asks: <c>Words.resx</c>, and <c>Words.de.resx</c> beside it.</summary>
internal static class Words
{
    private static readonly ResourceManager Resources = new("Headcount.Server.Languages.Words", typeof(Words).Assembly);

    /// <summary>The words of a key. One that is missing is a mistake of ours, and stands there as itself.</summary>
    public static string Of(string key) => Resources.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The words of a key; null where there are none.</summary>
    public static string? Find(string key) => Resources.GetString(key, CultureInfo.CurrentUICulture);

    /// <summary>The words of a key with values in their places, as the language writes numbers and dates.</summary>
    public static string Of(string key, params object?[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);
}
