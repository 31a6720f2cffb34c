using System.Globalization;

namespace Headcount.Benchmarks.Serving;

/// <summary>A row of the table.</summary>
/// <param name="Question">What was measured.</param>
/// <param name="Who">Of whom.</param>
/// <param name="Measured">What came out: a median, where there were several runs.</param>
/// <param name="Aim">What it should be; null = it is there to compare with.</param>
/// <param name="IsMet">Whether it is.</param>
internal sealed record Finding(string Question, string Who, string Measured, string? Aim = null, bool? IsMet = null)
{
    /// <summary>Writes findings as a table that can be put in a document as it stands.</summary>
    public static void Write(IEnumerable<Finding> findings, TextWriter output)
    {
        output.WriteLine("| question | who | measured | aim | met |");
        output.WriteLine("|---|---|--:|---|---|");
        foreach (var finding in findings)
        {
            var met = finding.IsMet switch { true => "yes", false => "**no**", null => "" };
            output.WriteLine($"| {finding.Question} | {finding.Who} | {finding.Measured} | {finding.Aim} | {met} |");
        }
    }

    /// <summary>A number with its thousands.</summary>
    public static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Milliseconds(double value) => value.ToString(value < 10 ? "0.0 ms" : "0 ms", CultureInfo.InvariantCulture);

    public static string Milliseconds(TimeSpan value) => Milliseconds(value.TotalMilliseconds);

    public static string Seconds(double value) => value.ToString("0.00 s", CultureInfo.InvariantCulture);

    public static string Percent(double share) => share.ToString("0 %", CultureInfo.InvariantCulture);

    public static string Times(double ratio) => ratio.ToString("0.0×", CultureInfo.InvariantCulture);

    public static string Megabytes(long bytes) => (bytes / 1e6).ToString("0 MB", CultureInfo.InvariantCulture);
}
