using System.Net.Http.Json;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Headcount.BrowserTests.Office;

/// <summary>How the office looks: nothing sticks out, nothing breaks a rule of accessibility, on every page, at a desk and on a phone, light and dark. The pictures are kept in <c>artifacts/test/office</c>.</summary>
public sealed class OfficeLookTests(Chromium chromium)
{
    private static readonly (int Width, int Height)[] Sizes = [(1366, 768), (390, 844)];

    private static string Folder { get; } = Directory.CreateDirectory(Path.Combine(LookTests.Folder, "..", "office")).FullName;

    [Fact]
    public async Task every_page_of_the_office_fits_and_is_accessible()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await venue.SetUpAsync(chromium);
        await LookAsync(desk.Page, "events-empty");
        await venue.Server.CreateEventAsync("summer-festival", new
        {
            slug = "summer-festival", name = "Summer festival on the river island", zone = "Europe/Berlin", capacity = 12_500, firm_capacity = 13_000, opens_at = "2030-07-12T14:00", closes_at = "2030-07-15T04:00",
            ticket_types = new object[] { new { name = "VIP", @override = true, gates = new[] { "North" } }, new { name = "DAY", single_entry = true, valid_from = "2030-07-12T14:00", valid_until = "2030-07-13T04:00" }, new { name = "CREW" } },
            gates = new[] { "North", "South", "Stage door", "Boat landing" },
        });
        await venue.Server.CreateEventAsync();
        using var north = await venue.Server.CreateDeviceAsync("summer-festival", "north-1", "North", "entry", ["counts"]);
        await BeOfflineAsync(north);
        await venue.Server.CreateDeviceAsync("summer-festival", "handheld-with-a-long-name-17", scopes: ["register", "supervise"]);
        foreach (var (path, title, name) in new[]
        {
            ("/office", "Events", "events"), ("/office/events/new", "New event", "new-event"), ("/office/events/summer-festival", "Summer festival on the river island", "event"),
            ("/office/events/summer-festival/settings", "Summer festival on the river island", "settings"), ("/office/events/summer-festival/gates", "Summer festival on the river island", "gates"),
            ("/office/events/summer-festival/types", "Summer festival on the river island", "types"), ("/office/events/summer-festival/devices", "Summer festival on the river island", "devices"),
            ("/office/events/summer-festival/devices/north-1/offline", "Summer festival on the river island", "offline"), ("/office/events/summer-festival/devices/handheld-with-a-long-name-17/offline", "Summer festival on the river island", "never-offline"),
            ("/office/people", "People", "people"), ("/office/server", "Server", "server"), ("/office/account", "Your account", "account"), ("/office/nowhere", "There is nothing here", "nothing"),
        })
        {
            await desk.Page.SetViewportSizeAsync(1366, 768);
            await desk.GoAsync(path, title);
            if (name == "types") await desk.PressAsync("Edit VIP");
            await LookAsync(desk.Page, name);
        }

        await desk.GoAsync("/office/events/summer-festival/devices", "Summer festival on the river island");
        await desk.PressAsync("New token for north-1");
        await Expect(desk.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await LookAsync(desk.Page, "dialog");
        await desk.ConfirmAsync("New token");
        await Expect(desk.Page.GetByAltText("QR code that pairs the device")).ToBeVisibleAsync();
        await LookAsync(desk.Page, "pairing");
        await desk.Page.SetViewportSizeAsync(390, 844);
        await desk.Page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
        await Expect(desk.Page.GetByRole(AriaRole.Link, new() { Name = "People" })).ToBeInViewportAsync();
        await desk.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, "menu-390.png") });
        desk.HasNoComplaint();
    }

    [Fact]
    public async Task every_page_of_signing_in_fits_and_is_accessible()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await OfficeDesk.OpenAsync(await venue.BrowseAsync(chromium));
        await desk.Page.GotoAsync("/set-up");
        await LookAsync(desk.Page, "set-up");
        await desk.SetUpAsync();
        await desk.PressAsync("Sign out");
        foreach (var path in new[] { "/sign-in", "/forgot", "/register", "/reset?user=x&code=y", "/invitation/none" })
        {
            await desk.Page.GotoAsync(path);
            await LookAsync(desk.Page, path.Split('/', '?')[1]);
        }

        await desk.Page.GotoAsync("/sign-in");
        await desk.SignInAsync("nobody@example.org", "wrong wrong wrong");
        await Expect(desk.Alert).ToBeVisibleAsync();
        await LookAsync(desk.Page, "sign-in-wrong");
        desk.HasNoComplaint();
    }

    // It comes back with what it decided meanwhile, which does not all fit together.
    private static async Task BeOfflineAsync(HttpClient device)
    {
        var now = TimeProvider.System.GetUtcNow();
        async Task PostAsync(string path, object body) => Assert.True((await device.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        await PostAsync("/api/devices/heartbeat", new { clock = now, battery = 9, queue_length = 3, offline_since = now.AddMinutes(-20), lease = 0 });
        await PostAsync("/api/scans/batch", new
        {
            scans = new object[]
            {
                new { ticket_id = "nobody-knows-this-ticket-with-a-long-name", timestamp = now.AddMinutes(-19), scan_id = "1" }, new { ticket_id = "nobody-knows-this-ticket-with-a-long-name", timestamp = now.AddMinutes(-9), scan_id = "2" },
                new { ticket_id = "refused", timestamp = now.AddMinutes(-8), scan_id = "3", decided = "rejected", reason = "at_capacity" },
            },
        });
        await PostAsync("/api/devices/heartbeat", new { clock = now.AddMinutes(-3), battery = 9 });
    }

    // What moves has come to rest: half-faded text has no contrast.
    private const string IsAtRest = """
        () => document.getAnimations().every(one => one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity)
        """;

    internal static async Task LookAsync(IPage page, string name)
    {
        foreach (var (width, height) in Sizes)
        {
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.SetViewportSizeAsync(width, height);
                await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });

                // On a narrow page the menu closes when the server has heard of the width.
                await Expect(page.Locator(".mud-drawer-overlay--open >> visible=true")).ToHaveCountAsync(0);
                await page.WaitForFunctionAsync(IsAtRest);
                await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{width}-{scheme.ToString().ToLowerInvariant()}.png"), FullPage = true });
                var over = await page.EvaluateAsync<double>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
                Assert.True(over <= 0, $"{name} at {width} is {over} px too wide");
                var found = await page.RunAxe();
                Assert.True(found.Violations.Length == 0, $"{name} at {width}, {scheme}: " + string.Join("; ", found.Violations.Select(violation =>
                    $"{violation.Id} ({violation.Help}): {string.Join(", ", violation.Nodes.Take(4).Select(node => node.Target + " " + string.Join(" ", node.Any.Select(check => check.Message))))}")));
            }
        }
    }
}
