using System.Globalization;

namespace Headcount.Benchmarks.Comparison;

/// <summary>The results as a table that can be put in a document as it stands.</summary>
internal static class ResultTable
{
    /// <summary>Writes all results. Ratios are how many times faster than the baseline a program is.</summary>
    public static void Write(IReadOnlyList<RaceResult> results, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("| question | program | seconds (median) | user+sys | MB/s | peak MB | against DuckDB | against the script | runs |");
        output.WriteLine("|---|---|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var result in results)
        {
            var bytes = result.Race.Input is { } input ? new FileInfo(input).Length : 0;
            foreach (var showing in result.Showings) output.WriteLine(Row(result, showing, bytes));
        }

        output.WriteLine();
        foreach (var absent in results.SelectMany(result => result.Absent).Distinct()) output.WriteLine(absent);
    }

    private static string Row(RaceResult result, Showing showing, long bytes)
    {
        var speed = bytes == 0 ? "" : (bytes / 1e6 / showing.Wall).ToString("N0", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $"| {result.Race.Name} | {showing.Contender.Name} | {showing.Wall:0.000} | {showing.Processor:0.00} | {speed} | {Math.Ceiling(showing.Peak / 1e6):0} | {Ratio(result, showing, "DuckDB")} | {Ratio(result, showing, "script")} | {showing.Runs.Count} |");
    }

    private static string Ratio(RaceResult result, Showing showing, string baseline)
    {
        var against = result.Showings.FirstOrDefault(other => other.Contender.Name == baseline);
        return against is null ? "" : (against.Wall / showing.Wall).ToString("0.0×", CultureInfo.InvariantCulture);
    }
}
