using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Headcount.Benchmarks.Office;

/// <summary>The system's own Chromium, in which an owner is signed in.</summary>
internal sealed class OfficeBrowser : IAsyncDisposable
{
    /// <summary>What every page is to keep to, in milliseconds until its first contentful paint.</summary>
    public const double Aim = 300;

    private const int WarmUps = 2;
    private const string Email = "owner@example.org";
    private const string Password = "a long sentence for the owner";
    private static readonly string[] Programs = ["chromium", "chromium-browser", "google-chrome"];

    // The paint may be told of a little after the page is there.
    private const string FirstPaint = """
        () => new Promise(done => {
          const look = () => {
            const paint = performance.getEntriesByName('first-contentful-paint')[0];
            if (paint) done(paint.startTime); else requestAnimationFrame(look);
          };
          look();
        })
        """;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly IPage _page;

    private OfficeBrowser(IPlaywright playwright, IBrowser browser, IPage page) => (_playwright, _browser, _page) = (playwright, browser, page);

    public static async Task<OfficeBrowser> OpenAsync(Uri address)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).SelectMany(folder => Programs.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("Chromium is not there (Debian: apt-get install chromium).");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"] });
        var context = await browser.NewContextAsync(new() { BaseURL = address.ToString(), Locale = "en-GB", ViewportSize = new() { Width = 1366, Height = 768 } });
        context.SetDefaultTimeout(300_000);
        return new OfficeBrowser(playwright, browser, await context.NewPageAsync());
    }

    public async Task SetUpAsync()
    {
        await _page.GotoAsync("/set-up");
        foreach (var (label, value) in new[] { ("Your organisation", "Bench"), ("Your name", "Ada"), ("E-mail", Email), ("Password", Password) }) await _page.GetByLabel(label, new() { Exact = true }).FillAsync(value);
        await _page.GetByRole(AriaRole.Button, new() { Name = "Begin", Exact = true }).ClickAsync();
        await _page.WaitForURLAsync(new Regex("/office$"));
    }

    /// <summary>Takes a list in as people do; how long until it was planned, and until it was written.</summary>
    public async Task<(TimeSpan Planned, TimeSpan Written)> ImportAsync(string path, string file)
    {
        await GoAsync(path);
        var began = TimeProvider.System.GetTimestamp();
        await _page.GetByLabel("File", new() { Exact = true }).SetInputFilesAsync(file);
        await _page.Locator("[data-count=new]").WaitForAsync();
        var planned = TimeProvider.System.GetElapsedTime(began);
        began = TimeProvider.System.GetTimestamp();
        await _page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Import .* tickets$") }).ClickAsync();
        await _page.GetByText("tickets are in.").WaitForAsync();
        return (planned, TimeProvider.System.GetElapsedTime(began));
    }

    /// <summary>Every page that the navigation leads to, and those behind them that lists lead to.</summary>
    public async Task<IReadOnlyList<string>> PagesAsync(string eventPath)
    {
        await GoAsync(eventPath);
        var linked = await _page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('nav a[href], .mud-drawer a[href]')].map(a => new URL(a.href, document.baseURI)).filter(url => url.pathname.startsWith('/office')).map(url => url.pathname)");
        string[] more =
        [
            "/office/events/new", $"{eventPath}/tickets?q=last123", $"{eventPath}/tickets?q=t", $"{eventPath}/tickets?sort=name", $"{eventPath}/tickets?status=revoked", $"{eventPath}/tickets?vip=1&sort=changed&way=down", $"{eventPath}/tickets?presence=inside",
            $"{eventPath}/tickets/one?id=T050000", $"{eventPath}/tickets/import", $"{eventPath}/tickets/print?vip=1", $"{eventPath}/evacuation/print",
        ];
        return [.. linked.Concat(more).Distinct()];
    }

    /// <summary>Shows each page again and again, and prints how long it took. False where one could not be shown.</summary>
    public async Task<bool> MeasureAsync(IReadOnlyList<string> pages, int runs)
    {
        var isShown = true;
        Console.WriteLine("| page | first contentful paint, p50 ms | p95 ms | answers to clicks, p50 ms | aim |");
        Console.WriteLine("|---|--:|--:|--:|---|");
        foreach (var path in pages)
        {
            var (paints, lives) = (new List<double>(), new List<double>());
            for (var run = -WarmUps; run < runs; run++)
            {
                await _page.GotoAsync("about:blank");
                var response = await _page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Commit });
                if (response is not { Status: 200 })
                {
                    isShown = false;
                    Console.WriteLine($"| {path} | answered {response?.Status} | | | |");
                    break;
                }

                var paint = await _page.EvaluateAsync<double>(FirstPaint);
                var live = path.Contains("/print", StringComparison.Ordinal) ? paint : await AliveAsync();
                if (run < 0) continue;
                paints.Add(paint);
                lives.Add(live);
            }

            if (paints.Count == runs) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| `{path}` | {At(paints, .5):F0} | {At(paints, .95):F0} | {At(lives, .5):F0} | {(At(paints, .5) <= Aim ? "kept" : "**missed**")} |"));
        }

        Console.WriteLine();
        var typed = await TypeAsync(runs);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Search as one types, from the letter to the row: {typed:F0} ms (p50)."));
        return isShown;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private async Task GoAsync(string path)
    {
        await _page.GotoAsync(path);
        await AliveAsync();
    }

    private async Task<double> AliveAsync()
    {
        await _page.WaitForFunctionAsync("() => document.documentElement.dataset.alive === 'yes'", null, new() { PollingInterval = 5 });
        return await _page.EvaluateAsync<double>("() => performance.now()");
    }

    private async Task<double> TypeAsync(int runs)
    {
        await GoAsync("/office/events/festival/tickets");
        var field = _page.GetByLabel("Ticket, name or e-mail", new() { Exact = true });
        var took = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            var ticket = string.Create(CultureInfo.InvariantCulture, $"T{(run + 1) * 1_237:000000}");
            await field.FillAsync(ticket[..^1]);
            await _page.Locator("tbody tr").Nth(9).WaitForAsync();
            var began = TimeProvider.System.GetTimestamp();
            await field.PressAsync("End");
            await field.PressAsync(ticket[^1..]);
            await _page.Locator($"tbody tr[data-ticket='{ticket}']:only-child").WaitForAsync();
            took.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        }

        return At(took, .5);
    }

    private static double At(List<double> values, double share)
    {
        values.Sort();
        return values[Math.Min(values.Count - 1, (int)(values.Count * share))];
    }
}
