using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Headcount.BrowserTests.Chromium))]

namespace Headcount.BrowserTests;

/// <summary>One real Chromium, the system's own, for all tests. Where there is none, they are skipped.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where it is; null = not installed.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Program is null) return;
        Assertions.SetDefaultExpectTimeout(20_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
        });
    }

    /// <summary>A browser of nobody's: no cookie, nothing stored.</summary>
    public Task<IBrowserContext> OpenAsync(Venue venue, int width = 1366, int height = 768, ColorScheme scheme = ColorScheme.Light) => OpenAsync(venue.Server.Address.ToString(), width, height, scheme);

    /// <summary>The same, at an address.</summary>
    public async Task<IBrowserContext> OpenAsync(string address, int width = 1366, int height = 768, ColorScheme scheme = ColorScheme.Light, string locale = "en-GB")
    {
        if (_browser is null) Assert.Skip("Chromium is not installed (Debian: apt-get install chromium).");
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address, Locale = locale, ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(20_000);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
