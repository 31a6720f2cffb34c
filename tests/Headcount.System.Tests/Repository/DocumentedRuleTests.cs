using System.Text.RegularExpressions;
using Headcount.Core;
using Headcount.Simulation;
using Headcount.Streams;

namespace Headcount.SystemTests.Repository;

/// <summary>The reference pages and the code say the same: the closed lists, their order, and the limits.</summary>
public sealed partial class DocumentedRuleTests
{
    private static readonly string Scans = Checkout.Read("docs/reference/scans.md");
    private static readonly string Limits = Checkout.Read("docs/reference/limits.md");

    public static readonly TheoryData<string, long> Constants = new()
    {
        { "TicketId.MaxLength", TicketId.MaxLength },
        { "GateName.MaxLength", GateName.MaxLength },
        { "DeviceId.MaxLength", DeviceId.MaxLength },
        { "ScanId.MaxLength", ScanId.MaxLength },
        { "Register.MaxTypes", Register.MaxTypes },
        { "ScanLedger.MaxScans", ScanLedger.MaxScans },
        { "ScanLedger.MaxTimelinePoints", ScanLedger.MaxTimelinePoints },
        { "ReadOptions.MaxElementBytes", ReadOptions.MaxElementBytes },
        { "ScanReader.MaxWorkers", ScanReader.MaxWorkers },
        { "DayOptions.MostAttendees", DayOptions.MostAttendees },
        { "DayOptions.MostGates", DayOptions.MostGates },
        { "DayOptions.MostScans", DayOptions.MostScans },
        { "DayOptions.MostScansPerAttendee", DayOptions.MostScansPerAttendee },
    };

    [Fact]
    public void the_page_lists_the_reasons_in_order_of_precedence_with_what_the_gate_shows()
    {
        var expected = Enum.GetValues<RefusalReason>().Where(reason => reason != RefusalReason.None)
            .Select(reason => ($"{(int)reason}", reason.Code(), reason.Message()));
        var documented = ReasonRow().Matches(Scans).Select(row => (row.Groups["rank"].Value, row.Groups["code"].Value, row.Groups["message"].Value));
        Assert.Equal(expected, documented);
    }

    [Fact]
    public void the_page_lists_the_anomalies_in_the_order_they_are_reported_in() =>
        Assert.Equal(Enum.GetValues<AnomalyKind>().Select(kind => kind.Code()), FirstColumn("Anomalies").SelectMany(Words));

    [Fact]
    public void the_page_lists_every_warning_and_no_other()
    {
        var all = Enum.GetValues<ScanWarnings>().SelectMany(warning => warning.CodesOf()).Distinct();
        Assert.Equal(all.Order(StringComparer.Ordinal), FirstColumn("Warnings").SelectMany(Words).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Constants))]
    public void the_page_states_the_limit_that_the_code_keeps(string name, long value)
    {
        var row = Limits.Split('\n').Single(line => line.Contains($"`{name}`", StringComparison.Ordinal));
        var numbers = Number().Matches(row.Split('|')[2]).Select(number => number.Value.Replace(",", "", StringComparison.Ordinal));
        Assert.Equal($"{value}", numbers.Last());
    }

    [Theory]
    [InlineData("re-entry window")]
    [InlineData("Admission.ClockTolerance")]
    public void the_page_states_the_five_minutes_that_the_code_allows(string limit)
    {
        var row = Limits.Split('\n').Single(line => line.Contains(limit, StringComparison.Ordinal));
        var minutes = limit == "re-entry window" ? AdmissionRules.DefaultReentryWindow : Admission.ClockTolerance;
        Assert.Contains($"| {minutes.TotalMinutes} minutes |", row, StringComparison.Ordinal);
    }

    /// <summary>The first cell of every row of the table under a heading.</summary>
    private static IEnumerable<string> FirstColumn(string heading)
    {
        var section = Scans.Split($"\n## {heading}\n")[1].Split("\n## ")[0];
        return section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')[1]);
    }

    private static IEnumerable<string> Words(string cell) => Word().Matches(cell).Select(word => word.Groups["word"].Value);

    [GeneratedRegex(@"^\| (?<rank>\d+) \| `(?<code>\w+)` \|[^|]*\| (?<message>[^|]*?) \|$", RegexOptions.Multiline)]
    private static partial Regex ReasonRow();

    [GeneratedRegex("`(?<word>[a-z_]+)`")]
    private static partial Regex Word();

    [GeneratedRegex(@"\d[\d,]*")]
    private static partial Regex Number();
}
