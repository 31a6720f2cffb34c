using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Headcount.BrowserTests;

/// <summary>The page of the API in a real browser: it draws, from this server alone.</summary>
public sealed class DocsTests(Chromium chromium)
{
    [Fact]
    public async Task the_docs_page_shows_the_api_and_asks_nobody_else()
    {
        await using var venue = await Venue.OpenAsync();
        await using var browser = await chromium.OpenAsync(venue);
        var page = await browser.NewPageAsync();
        var elsewhere = new List<string>();
        var complaints = new List<string>();
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(venue.Server.Address.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal)) elsewhere.Add(request.Url);
        };
        page.PageError += (_, error) => complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") complaints.Add(message.Text);
        };
        await page.GotoAsync("/docs");
        foreach (var (group, operation) in new[] { ("Scans", "Hands in a scan"), ("Counts", "How many are inside now") })
        {
            await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = $"Open Group - {group}" }).ClickAsync();
            await Expect(page.GetByText(operation).First).ToBeVisibleAsync();
        }

        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Directory.CreateDirectory(Path.Combine(LookTests.Folder, "..", "docs")).FullName, "docs.png") });
        Assert.Empty(elsewhere);
        Assert.Empty(complaints);
    }
}
