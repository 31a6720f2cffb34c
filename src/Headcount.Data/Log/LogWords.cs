using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Numerics;
using Headcount.Core;

namespace Headcount.Data.Log;

/// <summary>The words of the log's closed lists, both ways.</summary>
internal static class LogWords
{
    public const string Accepted = "accepted";
    public const string Rejected = "rejected";
    public const string Recorded = "recorded";
    public const string Annulled = "annulled";
    public const string Closed = "closed";
    public const string Entry = "entry";
    public const string Exit = "exit";

    private static readonly FrozenDictionary<string, ScanWarnings> WarningOf = Enum.GetValues<ScanWarnings>()
        .Where(warning => BitOperations.PopCount((uint)warning) == 1)
        .ToFrozenDictionary(warning => warning.CodesOf().Single(), warning => warning);

    // At most one for each set of warnings that ever came up.
    private static readonly ConcurrentDictionary<ScanWarnings, string> Texts = new();
    private static readonly ConcurrentDictionary<string, ScanWarnings> Parsed = new();

    /// <summary>Warnings by their codes, parted by commas; null = none.</summary>
    public static string? TextOf(ScanWarnings warnings) =>
        warnings == ScanWarnings.None ? null : Texts.GetOrAdd(warnings, set => string.Join(',', set.CodesOf()));

    public static ScanWarnings ParseWarnings(string? text)
    {
        if (string.IsNullOrEmpty(text)) return ScanWarnings.None;
        return Parsed.TryGetValue(text, out var known) ? known : Remember(text);
    }

    public static string? TextOf(RefusalReason reason) => reason == RefusalReason.None ? null : reason.Code();

    public static RefusalReason ParseReason(string? text)
    {
        if (text is null) return RefusalReason.None;
        return Codes.TryParseReason(text, out var reason) ? reason : throw new FormatException($"The log has a reason '{text}' that this version does not know.");
    }

    public static ScanType ParseType(string? text) => text switch
    {
        Entry => ScanType.Entry,
        Exit => ScanType.Exit,
        _ => throw new FormatException($"The log has a scan type '{text}' that this version does not know."),
    };

    public static ScanOutcome ParseOutcome(string text) => text switch
    {
        Accepted => ScanOutcome.Accepted,
        Rejected => ScanOutcome.Rejected,
        Recorded => ScanOutcome.Recorded,
        _ => throw new FormatException($"The log has an outcome '{text}' that this version does not know."),
    };

    private static ScanWarnings Remember(string text)
    {
        var warnings = ScanWarnings.None;
        foreach (var code in text.Split(','))
        {
            if (!WarningOf.TryGetValue(code, out var warning)) throw new FormatException($"The log has a warning '{code}' that this version does not know.");
            warnings |= warning;
        }

        Parsed[text] = warnings;
        return warnings;
    }
}
