using Headcount.Core;

namespace Headcount.Cli.Output;

/// <summary>What a command has to say of a ledger, for programs and for people.</summary>
internal abstract class Answer
{
    /// <summary>How many rows of a list people are shown; programs get them all.</summary>
    protected const int MostRowsShown = 1000;

    /// <summary>The keys of the JSON document, in order.</summary>
    public abstract void WriteJson(JsonOut json);

    public abstract void WriteText(TextOut text);

    /// <summary><c>25 scans, 1 repeated, 2 malformed</c></summary>
    protected static string Describe(Intake intake)
    {
        var parts = new List<string> { People.Count(intake.Scans, "scan") };
        if (intake.Repeated > 0) parts.Add($"{People.Count(intake.Repeated)} repeated");
        if (intake.Malformed > 0) parts.Add($"{People.Count(intake.Malformed)} malformed");
        if (intake.Skipped > 0) parts.Add($"{People.Count(intake.Skipped)} skipped");
        return string.Join(", ", parts);
    }

    /// <summary>Says that a list goes on, where it does.</summary>
    protected static void WriteMore(TextOut text, int rows)
    {
        if (rows > MostRowsShown) text.Line($"… and {People.Count(rows - MostRowsShown)} more: --json lists them all");
    }
}
