using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Headcount.BrowserTests;

/// <summary>The dashboard as a person sees it.</summary>
public sealed class DashboardPage(IPage page)
{
    private readonly List<string> _complaints = [];

    public IPage Page => page;

    public ILocator Number => page.Locator("#number");

    public ILocator Level => page.Locator("#level-word");

    public ILocator Connection => page.Locator("#connection-text");

    public ILocator Slider => page.Locator("#slider");

    public ILocator PastWord => page.Locator("#past-text");

    public ILocator Notices => page.Locator("#notice-rows li");

    public ILocator Alerts => page.Locator("#alerts .alert");

    public ILocator Fact(string id) => page.Locator("#" + id);

    public ILocator Gate(string name) => page.Locator("#gate-rows tr").Filter(new LocatorFilterOptions { HasText = name });

    /// <summary>Signs in as the owner and waits for the first picture.</summary>
    public static async Task<DashboardPage> OpenAsync(IBrowserContext context, Venue venue, string query = "")
    {
        var dashboard = new DashboardPage(await context.NewPageAsync());
        dashboard.Listen();
        await dashboard.Page.GotoAsync(venue.SignInPath());
        if (query.Length > 0) await dashboard.Page.GotoAsync("/" + query);
        await dashboard.IsLiveAsync();
        return dashboard;
    }

    public Task IsLiveAsync() => Expect(Connection).ToHaveTextAsync("Live");

    public Task ShowsAsync(string number) => Expect(Number).ToHaveTextAsync(number);

    /// <summary>Nothing was refused by the page's policy, and nothing was thrown.</summary>
    public void HasNoComplaint() => Assert.Empty(_complaints);

    private void Listen()
    {
        page.PageError += (_, error) => _complaints.Add(error);
        page.Console += (_, message) =>
        {
            // The browser's own words about a server that is gone, or going.
            var isOfTheLine = message.Text.Contains("ERR_CONNECTION_REFUSED", StringComparison.Ordinal) || message.Text.StartsWith("WebSocket connection to", StringComparison.Ordinal);
            if (message.Type == "error" && !isOfTheLine) _complaints.Add(message.Text);
        };
    }
}
