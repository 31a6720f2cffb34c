using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Headcount.BrowserTests;

/// <summary>How the dashboard looks: nothing sticks out, nothing breaks a rule of accessibility, in every state and size, light and dark. The pictures are kept in <c>artifacts/test/dashboard</c>.</summary>
public sealed class LookTests(Chromium chromium)
{
    private static readonly (int Width, int Height, bool WithAxe)[] Sizes = [(360, 740, false), (390, 844, true), (1366, 768, true), (1920, 1080, false)];

    internal static string Folder { get; } = FindFolder();

    [Theory]
    [InlineData("empty")]
    [InlineData("half")]
    [InlineData("near")]
    [InlineData("full")]
    [InlineData("over")]
    [InlineData("firm")]
    [InlineData("past")]
    [InlineData("wall")]
    [InlineData("lost")]
    public async Task the_dashboard_fits_and_is_accessible(string state)
    {
        await using var venue = await PrepareAsync(state);
        await using var browser = await chromium.OpenAsync(venue);
        var dashboard = await DashboardPage.OpenAsync(browser, venue, state == "wall" ? "?wall=1" : "");
        await Expect(dashboard.Page.Locator("#curve .line")).ToHaveCountAsync(1);
        await EnterStateAsync(state, venue, dashboard);
        foreach (var (width, height, withAxe) in Sizes)
        {
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await dashboard.Page.SetViewportSizeAsync(width, height);
                await dashboard.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
                await dashboard.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, $"{state}-{width}x{height}-{scheme.ToString().ToLowerInvariant()}.png"), FullPage = width < 1000 });
                var over = await dashboard.Page.EvaluateAsync<double>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
                Assert.True(over <= 0, $"{state} at {width} × {height} is {over} px too wide");
                if (withAxe) await HasNoViolationAsync(dashboard.Page, $"{state} at {width}, {scheme}");
            }
        }

        dashboard.HasNoComplaint();
    }

    private static async Task<Venue> PrepareAsync(string state)
    {
        var inside = state switch { "empty" => 0, "half" or "past" or "wall" or "lost" => 512, "near" => 918, "full" => 1_000, _ => 1_004 };
        var venue = await Venue.OpenAsync(capacity: 1_000, firm: state is "near" or "firm" ? state == "firm" ? 1_004 : 1_050 : null);
        if (inside == 0) return venue;
        await venue.RecordEveningAsync(inside);
        for (var n = 0; n < 12; n++) await venue.EnterAsync(3_001 + n, n % 2 == 0 ? "North" : "South");
        if (inside < 1_000)
        {
            for (var n = 0; n < 12; n++) await venue.ScanAsync(Venue.Ticket(3_001 + n), "South", "exit");
        }

        await venue.ScanAsync("NOT-A-TICKET-4711");
        await venue.EnterAsync(1);
        await venue.ScanAsync(Venue.Ticket(4_000), "Stage door", "exit");
        await venue.ScanAsync("a-very-long-ticket-id-from-another-system-" + new string('7', 60), "South");
        return venue;
    }

    private static async Task EnterStateAsync(string state, Venue venue, DashboardPage dashboard)
    {
        switch (state)
        {
            case "past":
                await dashboard.Slider.FocusAsync();
                for (var press = 0; press < 12; press++) await dashboard.Page.Keyboard.PressAsync("PageDown");
                for (var press = 0; press < 7; press++) await dashboard.Page.Keyboard.PressAsync("PageUp");
                await Expect(dashboard.PastWord).ToContainTextAsync("You see the past");
                break;
            case "lost":
                await venue.Server.StopAsync();
                await Expect(dashboard.Fact("stale")).ToBeVisibleAsync();
                break;
            case "empty":
                break;
            default:
                await Expect(dashboard.Notices).Not.ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 10_000 });
                break;
        }
    }

    private static async Task HasNoViolationAsync(IPage page, string where)
    {
        var found = await page.RunAxe();
        Assert.True(found.Violations.Length == 0, where + ": " + string.Join("; ", found.Violations.Select(violation =>
            $"{violation.Id} ({violation.Help}): {string.Join(", ", violation.Nodes.Take(4).Select(node => node.Target + " " + string.Join(" ", node.Any.Select(check => check.Message))))}")));
    }

    private static string FindFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder.Name != "artifacts" && folder.Parent is { } parent) folder = parent;
        return Directory.CreateDirectory(Path.Combine(folder.FullName, "test", "dashboard")).FullName;
    }
}
