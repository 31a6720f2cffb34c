using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Headcount.SystemTests.Cli;

/// <summary>A day played back: in lines, and as a picture in a real terminal.</summary>
public sealed partial class ReplayTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task a_line_says_what_the_timeline_says_of_that_moment()
    {
        using var folder = new TemporaryFolder();
        var day = folder.File("day.ndjson");
        await TheProgram.Run("simulate", "--attendees", "500", "--seed", "11", "--zone", "Europe/London", "-o", day);

        var lines = (await TheProgram.Run("replay", day, "--speed", "max", "--step", "10m", "--zone", "Europe/London")).Output.TrimEnd().Split('\n');
        var points = (await TheProgram.Run("timeline", day, "--step", "10m", "--zone", "Europe/London", "--json")).Json.GetProperty("points").EnumerateArray();
        var played = lines[..^1].Select(line => long.Parse(Inside().Match(line).Groups["inside"].ValueSpan, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(points.Select(point => point.GetProperty("occupancy").GetInt64()).Take(played.Count), played);

        var now = (await TheProgram.Run("occupancy", day, "--json")).Json.GetProperty("occupancy").GetInt64();
        Assert.StartsWith($"{now} inside at the end", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_empty_day_is_over_at_once()
    {
        var run = await TheProgram.RunOn("", "replay");
        Assert.Equal((0, "No scans\n", ""), (run.Status, run.Output, run.Error));
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    [InlineData(40, 10)]
    public async Task the_picture_fits_the_terminal_and_leaves_it_as_it_was(int columns, int rows)
    {
        using var terminal = await TmuxSession.Open(columns, rows);
        await terminal.Type($"{TheProgram.Path} replay {TheProgram.Sample} --capacity 10 --speed max", "Enter");
        var screen = await terminal.WaitFor("the day is over");
        var lines = screen.TrimEnd('\n').Split('\n');
        Assert.Equal(rows, lines.Length);
        Assert.Contains(lines, line => line.StartsWith("1 inside", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains('█', StringComparison.Ordinal));
        Assert.StartsWith("q quit", lines[^1], StringComparison.Ordinal);
        if (rows >= 24) Assert.Contains("3 scans not right so far", screen, StringComparison.Ordinal);

        await terminal.Type("q");
        Assert.Contains("1 inside at the end", await terminal.WaitFor("1 inside at the end"), StringComparison.Ordinal);
        Assert.Equal("0 1", await terminal.Ask("#{alternate_on} #{cursor_flag}"));
    }

    [Fact]
    public async Task space_pauses_and_the_terminal_is_restored_after_ctrl_c()
    {
        using var terminal = await TmuxSession.Open(80, 24);
        await terminal.Type($"{TheProgram.Path} replay {TheProgram.Sample} --speed 1; echo status $?", "Enter");
        await terminal.WaitFor("playing ×1");
        await terminal.Type("Space");
        await terminal.WaitFor("paused");
        await terminal.Type("Space", "+");
        await terminal.WaitFor("playing ×2");
        await terminal.Type("C-c");
        await terminal.WaitFor("status 130");
        Assert.Equal("0 1", await terminal.Ask("#{alternate_on} #{cursor_flag}"));
    }

    [GeneratedRegex(@" (?<inside>-?[\d,]+) inside  ")]
    private static partial Regex Inside();

    /// <summary>A terminal of a given size.</summary>
    private sealed class TmuxSession : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public static async Task<TmuxSession> Open(int columns, int rows)
        {
            Assert.SkipUnless(IsInstalled(), "tmux, which makes a terminal, is not installed");
            var session = new TmuxSession();
            await session.Tmux("-f", "/dev/null", "new-session", "-d", "-x", $"{columns}", "-y", $"{rows}", "env PS1='$ ' bash --norc --noprofile");
            return session;
        }

        public async Task Type(params string[] keys) => await Tmux(["send-keys", .. keys]);

        public Task<string> Ask(string format) => Tmux("display-message", "-p", format);

        /// <summary>Looks at the screen until it shows something.</summary>
        public async Task<string> WaitFor(string text)
        {
            var start = TimeProvider.System.GetTimestamp();
            while (true)
            {
                var screen = await Tmux("capture-pane", "-p");
                if (screen.Contains(text, StringComparison.Ordinal)) return screen;
                if (TimeProvider.System.GetElapsedTime(start) > Patience) throw new TimeoutException($"The terminal never showed '{text}', but:\n{screen}");
            }
        }

        public void Dispose()
        {
            Tmux("kill-server").GetAwaiter().GetResult();
            _folder.Dispose();
        }

        private async Task<string> Tmux(params string[] args)
        {
            var run = await TheProgram.Start("tmux", ["-S", _folder.File("tmux"), .. args], "", [("LC_ALL", "C.UTF-8"), ("TMUX", "")]);
            return run.Output.TrimEnd('\n');
        }

        private static bool IsInstalled()
        {
            try
            {
                using var tmux = Process.Start(new ProcessStartInfo("tmux", ["-V"]) { RedirectStandardOutput = true })!;
                tmux.WaitForExit();
                return true;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
