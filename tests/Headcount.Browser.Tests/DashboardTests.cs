using System.Net.Http.Json;
using static Microsoft.Playwright.Assertions;

namespace Headcount.BrowserTests;

/// <summary>What a control room does with the dashboard, in a real browser on a real server.</summary>
public sealed class DashboardTests(Chromium chromium)
{
    [Fact]
    public async Task the_number_moves_when_a_scan_is_posted()
    {
        await using var venue = await Venue.OpenAsync();
        await using var browser = await chromium.OpenAsync(venue);
        var dashboard = await DashboardPage.OpenAsync(browser, venue);
        await dashboard.ShowsAsync("0");

        await venue.EnterAllAsync(1, 3);
        await dashboard.ShowsAsync("3");
        await Expect(dashboard.Gate("North").Locator("td").First).ToHaveTextAsync("3");
        await venue.ScanAsync(Venue.Ticket(2), type: "exit");
        await dashboard.ShowsAsync("2");
        await Expect(dashboard.Fact("entries-exits")).ToHaveTextAsync("3 / 1");
        await Expect(dashboard.Fact("places-left")).ToHaveTextAsync("98");
        await Expect(dashboard.Page).ToHaveTitleAsync("2 / 100 · Club night");
        dashboard.HasNoComplaint();
    }

    [Fact]
    public async Task ninety_per_cent_full_and_over_are_said_in_words()
    {
        await using var venue = await Venue.OpenAsync(capacity: 10, firm: 12);
        await using var browser = await chromium.OpenAsync(venue);
        var dashboard = await DashboardPage.OpenAsync(browser, venue);
        await Expect(dashboard.Level).ToHaveTextAsync("Open");

        await venue.EnterAllAsync(1, 9);
        await Expect(dashboard.Level).ToHaveTextAsync("Nearly full");
        await venue.EnterAsync(10);
        await Expect(dashboard.Level).ToHaveTextAsync("Full");
        Assert.False((await venue.EnterAsync(11)).IsSuccessStatusCode);
        await Expect(dashboard.Fact("demand-note")).ToHaveTextAsync("1 kept out by the limit");
        await Expect(dashboard.Notices.First).ToContainTextAsync("Venue at capacity");

        await venue.EnterAsync(20);
        await Expect(dashboard.Level).ToHaveTextAsync("Over capacity by 1");
        await venue.EnterAsync(40);
        await Expect(dashboard.Level).ToHaveTextAsync("Firm limit: nobody may enter");
        await Expect(dashboard.Page.Locator("#bar")).ToHaveAttributeAsync("aria-valuetext", "12 of 10, 120 %, Firm limit: nobody may enter");
        await Expect(dashboard.Page.Locator("#cry")).ToContainTextAsync("12 inside of 10");
    }

    [Fact]
    public async Task a_changed_capacity_shows_at_once()
    {
        await using var venue = await Venue.OpenAsync();
        await using var browser = await chromium.OpenAsync(venue);
        var dashboard = await DashboardPage.OpenAsync(browser, venue);
        await venue.EnterAllAsync(1, 5);
        await venue.Server.Owner.PatchAsJsonAsync("/api/events/club", new { capacity = 5, name = "Late night" }, TestContext.Current.CancellationToken);
        await Expect(dashboard.Level).ToHaveTextAsync("Full");
        await Expect(dashboard.Page.Locator("#event-name")).ToHaveTextAsync("Late night");
    }

    [Fact]
    public async Task when_the_server_was_away_the_figures_are_right_again_afterwards()
    {
        await using var venue = await Venue.OpenAsync();
        await using var browser = await chromium.OpenAsync(venue);
        var dashboard = await DashboardPage.OpenAsync(browser, venue);
        await venue.EnterAllAsync(1, 4);
        await dashboard.ShowsAsync("4");

        await venue.StopAsync();
        await Expect(dashboard.Connection).ToHaveTextAsync("Reconnecting …");
        await dashboard.ShowsAsync("4");
        await Expect(dashboard.Fact("stale")).ToBeVisibleAsync();

        await venue.StartAgainAsync();
        await dashboard.IsLiveAsync();
        await Expect(dashboard.Fact("stale")).ToBeHiddenAsync();
        await dashboard.ShowsAsync("4");
        await venue.EnterAllAsync(5, 6);
        await dashboard.ShowsAsync("6");
        dashboard.HasNoComplaint();
    }

    [Fact]
    public async Task the_slider_shows_the_past_and_says_so()
    {
        await using var venue = await Venue.OpenAsync();
        await venue.RecordAsync([(1, "North", "entry", 200), (2, "South", "entry", 150), (3, "North", "entry", 60), (1, "North", "exit", 30)]);
        await using var browser = await chromium.OpenAsync(venue);
        var dashboard = await DashboardPage.OpenAsync(browser, venue);
        await dashboard.ShowsAsync("2");
        await Expect(dashboard.Page.Locator("#curve .line")).ToHaveCountAsync(1);

        // By keyboard alone: the first moment of the slider, then a tenth of it on.
        await dashboard.Slider.FocusAsync();
        await dashboard.Page.Keyboard.PressAsync("Home");
        await dashboard.ShowsAsync("0");
        await Expect(dashboard.PastWord).ToContainTextAsync("You see the past:");
        await Expect(dashboard.PastWord).ToContainTextAsync("Europe/Berlin");
        await dashboard.Page.Keyboard.PressAsync("PageUp");
        await dashboard.ShowsAsync("1");
        await Expect(dashboard.Gate("North").Locator("td").First).ToHaveTextAsync("1");
        await Expect(dashboard.Gate("South").Locator("td").First).ToHaveTextAsync("0");

        // What happens meanwhile does not disturb.
        await venue.EnterAllAsync(4, 6);
        await Expect(dashboard.Page).ToHaveTitleAsync("5 / 100 · Club night");
        await dashboard.ShowsAsync("1");
        await dashboard.Page.Keyboard.PressAsync("Escape");
        await dashboard.ShowsAsync("5");
        await Expect(dashboard.PastWord).ToBeHiddenAsync();
        dashboard.HasNoComplaint();
    }

    [Fact]
    public async Task a_moment_is_shown_by_its_time_on_the_venues_clock_and_by_a_click_into_the_curve()
    {
        await using var venue = await Venue.OpenAsync();
        await venue.RecordAsync([(1, "North", "entry", 200), (2, "South", "entry", 60)]);
        await using var browser = await chromium.OpenAsync(venue);
        var dashboard = await DashboardPage.OpenAsync(browser, venue);
        await dashboard.ShowsAsync("2");

        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var moment = TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow().AddMinutes(-120), berlin);

        // As the field itself writes it: without seconds where they are nought. Playwright refuses what reads back otherwise.
        var written = moment.ToString(moment.Second == 0 ? "yyyy-MM-ddTHH:mm" : "yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        await dashboard.Fact("go-to").FillAsync(written);
        await dashboard.Fact("go-to").PressAsync("Enter");
        await dashboard.ShowsAsync("1");
        await Expect(dashboard.PastWord).ToContainTextAsync(moment.ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
        await dashboard.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Back to live" }).ClickAsync();
        await dashboard.ShowsAsync("2");

        var box = (await dashboard.Fact("curve").BoundingBoxAsync())!;
        await dashboard.Page.Mouse.ClickAsync(box.X + box.Width / 2, box.Y + box.Height / 2);
        await dashboard.ShowsAsync("1");
    }

    [Fact]
    public async Task whoever_is_not_signed_in_is_sent_to_sign_in_and_comes_back()
    {
        await using var venue = await Venue.OpenAsync();
        foreach (var name in (string[])["desk", "door"])
            await venue.Server.Owner.PostAsJsonAsync("/api/accounts", new { email = $"{name}@example.org", name, role = "viewer", password = "a long pass phrase" }, TestContext.Current.CancellationToken);
        await using var browser = await chromium.OpenAsync(venue);
        var page = await browser.NewPageAsync();
        await page.GotoAsync("/?event=club");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/sign-in\\?next="));
        await page.GetByLabel("E-mail").FillAsync("desk@example.org");
        await page.GetByLabel("Password").FillAsync("a long pass phrase");
        await page.GetByLabel("Password").PressAsync("Enter");
        await Expect(page.Locator("#connection-text")).ToHaveTextAsync("Live");
        Assert.EndsWith("/?event=club", page.Url, StringComparison.Ordinal);

        // A session that ends takes its feed along, and the page asks to sign in again.
        await venue.Server.Owner.DeleteAsync("/api/accounts/desk@example.org", TestContext.Current.CancellationToken);
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/sign-in\\?next="));
    }

    [Fact]
    public async Task an_alert_that_grows_says_so_in_its_banner_and_again_where_it_was_acknowledged()
    {
        await using var venue = await Venue.OpenAsync(capacity: 1);
        await using var browser = await chromium.OpenAsync(venue);
        var dashboard = await DashboardPage.OpenAsync(browser, venue);
        var exceeded = dashboard.Alerts.Filter(new() { HasText = "more people inside than the capacity" });
        await venue.RecordAsync([(1, "North", "entry", 60), (2, "North", "entry", 50), (2, "North", "exit", 40), (1, "North", "exit", 20)]);
        await Expect(exceeded).ToHaveCountAsync(1);
        var first = await exceeded.Locator(".message").TextContentAsync();

        await venue.RecordAsync([(3, "North", "entry", 45), (3, "North", "exit", 35)]);
        await Expect(exceeded.Locator(".message")).Not.ToHaveTextAsync(first!);
        var second = await exceeded.Locator(".message").TextContentAsync();
        await Expect(exceeded.GetByRole(Microsoft.Playwright.AriaRole.Button)).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex(System.Text.RegularExpressions.Regex.Escape(second!)));
        await Expect(dashboard.Page.Locator("#cry")).ToContainTextAsync(second!);

        await exceeded.GetByRole(Microsoft.Playwright.AriaRole.Button).ClickAsync();
        await Expect(exceeded).ToHaveCountAsync(0);
        await venue.RecordAsync([(4, "North", "entry", 38), (4, "North", "exit", 30)]);
        await Expect(exceeded).ToHaveCountAsync(1);
        await Expect(exceeded.Locator(".message")).Not.ToHaveTextAsync(second!);
        dashboard.HasNoComplaint();
    }

    [Fact]
    public async Task markup_in_ids_and_names_is_shown_as_text()
    {
        const string markup = "<img src=x onerror=alert(1)>";
        await using var venue = await Venue.OpenAsync(name: "<b>Club</b> & \"Bar\"");
        await using var browser = await chromium.OpenAsync(venue);
        var dashboard = await DashboardPage.OpenAsync(browser, venue);
        await venue.ScanAsync(markup);
        await Expect(dashboard.Notices.First.Locator(".ticket")).ToHaveTextAsync(markup);
        await venue.ScanAsync("left\u202egnorw");
        await Expect(dashboard.Notices.First.Locator(".ticket")).ToHaveTextAsync("left⟨202e⟩gnorw");
        await Expect(dashboard.Page.Locator("#event-name")).ToHaveTextAsync("<b>Club</b> & \"Bar\"");
        Assert.Equal(0, await dashboard.Page.Locator("main img, h1 b").CountAsync());
        dashboard.HasNoComplaint();
    }

    [Fact]
    public async Task with_several_events_one_is_chosen_and_can_be_changed()
    {
        await using var venue = await Venue.OpenAsync();
        await venue.Server.CreateEventAsync("fair", new { slug = "fair", name = "Book fair", zone = "UTC", capacity = 50, ticket_types = Array.Empty<object>(), gates = new[] { "Door" } });
        await using var browser = await chromium.OpenAsync(venue);
        var page = await browser.NewPageAsync();
        await page.GotoAsync(venue.SignInPath());
        await page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Book fair" }).ClickAsync();
        await Expect(page.Locator("#of")).ToContainTextAsync("of 50");
        await page.GetByLabel("Event").SelectOptionAsync("club");
        await Expect(page.Locator("#of")).ToContainTextAsync("of 100");
        await page.GotoAsync("/?event=nothing");
        await Expect(page.Locator("#choose-title")).ToContainTextAsync("no such event");
    }

    [Fact]
    public async Task the_wall_shows_number_bar_gates_and_curve_only_and_a_key_leaves_it()
    {
        await using var venue = await Venue.OpenAsync();
        await using var browser = await chromium.OpenAsync(venue, 1920, 1080);
        var dashboard = await DashboardPage.OpenAsync(browser, venue, "?wall=1");
        foreach (var id in new[] { "number", "bar", "gates-panel", "curve" }) await Expect(dashboard.Fact(id)).ToBeVisibleAsync();
        foreach (var id in new[] { "happening-panel", "types-panel", "drift" }) await Expect(dashboard.Fact(id)).ToBeHiddenAsync();
        await dashboard.Page.Keyboard.PressAsync("f");
        await Expect(dashboard.Fact("happening-panel")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task every_control_is_reached_by_keyboard_and_shows_where_the_focus_is()
    {
        await using var venue = await Venue.OpenAsync();
        await using var browser = await chromium.OpenAsync(venue);
        var dashboard = await DashboardPage.OpenAsync(browser, venue);
        var reached = new HashSet<string>();
        for (var press = 0; press < 20; press++)
        {
            await dashboard.Page.Keyboard.PressAsync("Tab");
            var (id, outline) = await FocusAsync(dashboard);
            if (id.Length == 0) continue;
            reached.Add(id);
            Assert.True(outline >= 2, $"{id} has the focus and does not show it");
        }

        Assert.Superset(new HashSet<string> { "wall", "theme", "period", "slider", "go-to", "notice-filter" }, reached);
    }

    private static async Task<(string Id, double Outline)> FocusAsync(DashboardPage dashboard)
    {
        var seen = await dashboard.Page.EvaluateAsync<string>("() => { const e = document.activeElement; return e === document.body ? '|0' : `${e.id}|${parseFloat(getComputedStyle(e).outlineWidth)}`; }");
        var parts = seen.Split('|');
        return (parts[0], double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
