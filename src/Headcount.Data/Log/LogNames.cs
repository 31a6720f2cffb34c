using System.Diagnostics.CodeAnalysis;

namespace Headcount.Data.Log;

/// <summary>Gives the same string for the same text, so that a million records do not hold a million copies of a gate's name. One thread at a time; it does not grow without bound.</summary>
internal sealed class LogNames
{
    private const int MaxNames = 4_096;

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    [return: NotNullIfNotNull(nameof(text))]
    public string? Get(string? text)
    {
        if (text is null) return null;
        if (_names.TryGetValue(text, out var known)) return known;
        if (_names.Count < MaxNames) _names.Add(text, text);
        return text;
    }
}
