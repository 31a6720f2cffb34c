using System.Text;
using System.Text.RegularExpressions;

namespace Headcount.SystemTests.Repository;

/// <summary>What no committed text may hold: places on somebody's machine, and work left for later.</summary>
public sealed class WordingTests
{
    // Put together here so that this file does not hold them either.
    private static readonly (string Pattern, string Why)[] Forbidden =
    [
        (@"\.\./" + "shared", "a place outside the repository"),
        (@"(?<![\w.~>-])/" + @"(work|tmp|root|home|Users)/", "a path of one machine"),
        (@"\b[A-Z]:\\" + "Users", "a path of one machine"),
        (@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK)\b", "work left for later"),
        ("NotImplemented" + "Exception", "work left for later"),
        (@"<<<<<<" + "< |>>>>>>" + "> ", "a merge left half way"),
    ];

    [Fact]
    public void no_text_names_a_machine_or_leaves_work_for_later()
    {
        var found = new List<string>();
        foreach (var file in Checkout.Files)
        {
            if (!TryReadText(file, out var text)) continue;
            foreach (var (pattern, why) in Forbidden)
            {
                foreach (Match match in Regex.Matches(text, pattern))
                    found.Add($"{file}:{text.AsSpan(0, match.Index).Count('\n') + 1}: {match.Value} ({why})");
            }
        }

        Assert.Empty(found);
    }

    /// <summary>Text is what is valid UTF-8 without NUL; samples of broken input are neither.</summary>
    private static bool TryReadText(string file, out string text)
    {
        text = "";
        var bytes = File.ReadAllBytes(Checkout.FullPath(file));
        if (bytes.AsSpan().Contains((byte)0)) return false;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
