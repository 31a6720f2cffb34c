using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Headcount.BrowserTests.Office;

/// <summary>The office as a person uses it.</summary>
public sealed partial class OfficeDesk(IPage page) : IAsyncDisposable
{
    private readonly List<string> _complaints = [];

    public IPage Page => page;

    public ILocator Title => page.GetByRole(AriaRole.Heading, new() { Level = 1 });

    public ILocator Alert => page.GetByRole(AriaRole.Alert);

    public static async Task<OfficeDesk> OpenAsync(IBrowserContext context)
    {
        var desk = new OfficeDesk(await context.NewPageAsync());
        desk.Listen();
        return desk;
    }

    /// <summary>Fills the first page of a new server in.</summary>
    public async Task SetUpAsync()
    {
        await page.GotoAsync("/office");
        await Expect(Title).ToHaveTextAsync("Welcome to Headcount");
        await FillAsync("Your organisation", "Blue Note");
        await FillAsync("Your name", "Ada");
        await FillAsync("E-mail", OfficeVenue.OwnerEmail);
        await FillAsync("Password", OfficeVenue.OwnerPassword);
        await PressAsync("Begin");
        await ShowsAsync("Events");
    }

    public async Task SignInAsync(string email, string password)
    {
        await FillAsync("E-mail", email);
        await FillAsync("Password", password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    /// <summary>Opens a page of the office by its address, and waits until it answers to clicks.</summary>
    public async Task GoAsync(string path, string title)
    {
        await page.GotoAsync(path);
        await ShowsAsync(title);
    }

    /// <summary>Waits for a page by its heading, and until it is alive.</summary>
    public async Task ShowsAsync(string title)
    {
        await Expect(Title).ToHaveTextAsync(title);
        await IsAliveAsync();
    }

    /// <summary>Waits until the page answers to clicks: what was drawn by the server's first answer does not.</summary>
    public Task IsAliveAsync() => page.WaitForFunctionAsync("() => document.documentElement.dataset.alive === 'yes'");

    public Task FillAsync(string label, string value) => page.GetByLabel(label, new() { Exact = true }).FillAsync(value);

    public Task PressAsync(string button) => page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    public Task FollowAsync(string link) => page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).First.ClickAsync();

    /// <summary>Says yes in the dialog that asks.</summary>
    public Task ConfirmAsync(string button) => page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    public Task SaidAsync(string text) => Expect(page.Locator(".mud-snackbar").GetByText(text, new() { Exact = true }).First).ToBeVisibleAsync();

    /// <summary>Makes an event with gates North and South, and stands on its overview.</summary>
    public async Task CreateEventAsync(string name = "Club night", string capacity = "100")
    {
        await GoAsync("/office/events/new", "New event");
        await page.GetByLabel(LabelOf("Name")).FillAsync(name);
        await page.GetByLabel(LabelOf("Capacity")).FillAsync(capacity);
        await page.GetByLabel(LabelOf("Capacity")).PressAsync("Tab");
        await PressAsync("Create the event");
        await ShowsAsync(name);
        foreach (var gate in new[] { "North", "South" })
        {
            await FillAsync("Name of a gate", gate);
            await page.GetByLabel("Name of a gate").PressAsync("Enter");
            await Expect(page.Locator(".rows li").Filter(new() { HasText = gate })).ToBeVisibleAsync();
        }

        await PressAsync("Save");
        await SaidAsync("Saved");
    }

    /// <summary>A field that is needed is marked with a star.</summary>
    public static Regex LabelOf(string name) => new($"^{Regex.Escape(name)}\\*?$");

    /// <summary>Nothing was refused by the page's policy, and nothing was thrown.</summary>
    public void HasNoComplaint() => Assert.Empty(_complaints);

    public async ValueTask DisposeAsync() => await page.Context.DisposeAsync();

    private void Listen()
    {
        page.PageError += (_, error) => _complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !ServersOwnRefusals().IsMatch(message.Text)) _complaints.Add(message.Text);
        };
    }

    // A page that is refused on purpose, or a server that was stopped on purpose.
    [GeneratedRegex("status of 4\\d\\d|ERR_CONNECTION_REFUSED|WebSocket closed|WebSocket connection")]
    private static partial Regex ServersOwnRefusals();
}
