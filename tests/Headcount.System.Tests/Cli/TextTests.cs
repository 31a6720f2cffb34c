using System.Xml.Linq;

namespace Headcount.SystemTests.Cli;

/// <summary>What people see: help that can be tried, text without surprises, pictures that open.</summary>
public sealed class TextTests
{
    public static readonly TheoryData<string> Commands = ["occupancy", "timeline", "anomalies", "admit", "replay", "simulate"];

    [Theory, MemberData(nameof(Commands))]
    public async Task the_example_of_a_commands_help_runs_as_it_stands(string command)
    {
        var help = await TheProgram.Run(command, "--help");
        Assert.Equal((0, ""), (help.Status, help.Error));
        var lines = help.Output.Split('\n');
        var example = lines[Array.IndexOf(lines, "Example:") + 1].Trim();
        Assert.StartsWith("./headcount " + command, example, StringComparison.Ordinal);

        var run = await TheProgram.Start("bash", ["-c", "set -o pipefail\n" + example], "", []);
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.NotEmpty(run.Output);
    }

    [Fact]
    public async Task help_names_every_command_that_works_and_no_other()
    {
        var help = await TheProgram.Run("--help");
        Assert.All(Commands, command => Assert.Contains($"  {command.Data} ", help.Output, StringComparison.Ordinal));
        Assert.Contains("  serve ", help.Output, StringComparison.Ordinal);
        Assert.Contains("  verify ", help.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("  gate ", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task there_is_no_colour_but_on_a_terminal()
    {
        var run = await TheProgram.Run("occupancy", TheProgram.Sample);
        Assert.DoesNotContain('\e', run.Output);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("1", false)]
    public async Task no_color_is_respected_on_a_terminal(string noColor, bool isColoured)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "script, which makes a terminal, is not installed");
        var run = await TheProgram.Start("script", ["-qec", $"./headcount occupancy {TheProgram.Sample}", "/dev/null"], "", [("NO_COLOR", noColor), ("TERM", "xterm")]);
        Assert.Contains("inside", run.Output, StringComparison.Ordinal);
        Assert.Equal(isColoured, run.Output.Contains("\e[1m", StringComparison.Ordinal));
    }

    [Fact]
    public async Task names_cannot_move_the_cursor()
    {
        var run = await TheProgram.RunOn("""{"ticket_id":"T1","gate":"\u001b[2Jgate","scan_type":"entry","timestamp":"2025-09-30T10:00:00"}""", "occupancy");
        Assert.DoesNotContain('\e', run.Output);
        Assert.Contains("[2Jgate", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task both_breakdowns_are_crossed()
    {
        var run = await TheProgram.Run("occupancy", TheProgram.Sample, "--at", "2025-09-30T11:30", "--tickets", TheProgram.SampleTickets, "--by", "gate,ticket_type");
        Assert.Contains("gate  GENERAL  VIP  all\nA           3    1    4\nB           1    1    2\nall         4    2    6\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_curve_is_as_wide_as_eighty_columns()
    {
        var run = await TheProgram.Run("timeline", TheProgram.Sample);
        Assert.Contains("Peak 8 at 2025-09-30 12:55:50 UTC", run.Output, StringComparison.Ordinal);
        Assert.Equal(80, run.Output.Split('\n').Max(line => line.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("T1 A entry 10:00:00")]
    [InlineData("T1 A entry 10:00:00;T1 A exit 10:00:00")]
    [InlineData("T1 A entry 2025-01-01T10:00:00;T2 A entry 2025-12-31T10:00:00")]
    [InlineData("T1 A entry 0001-01-01T00:00:00Z;T2 A entry 9999-12-31T23:00:00Z")]
    public async Task a_picture_is_well_formed_whatever_the_day(string day)
    {
        using var folder = new TemporaryFolder();
        var svg = folder.File("day.svg");
        var scans = TheProgram.Scans(day.Split(';', StringSplitOptions.RemoveEmptyEntries));
        var run = await TheProgram.RunOn(scans, "timeline", "--step", day.Contains('Z', StringComparison.Ordinal) ? "365d" : "1h", "--svg", svg, "--title", "<A & \"B\"> \u0001", "--capacity", "3");
        Assert.Equal((0, ""), (run.Status, run.Error));
        XNamespace space = "http://www.w3.org/2000/svg";
        var picture = XDocument.Load(svg).Root!;
        Assert.Equal(space + "svg", picture.Name);
        Assert.Equal("<A & \"B\"> \uFFFD", picture.Element(space + "title")!.Value);
        Assert.DoesNotContain("NaN", picture.ToString(), StringComparison.Ordinal);
    }
}
