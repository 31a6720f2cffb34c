using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Headcount.BrowserTests.Office;

/// <summary>What people do in the office, in a real browser on a real server.</summary>
public sealed class OfficeTests(Chromium chromium)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_new_server_is_set_up_by_whoever_opens_it_at_the_machine()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await OfficeDesk.OpenAsync(await venue.BrowseAsync(chromium));
        await desk.SetUpAsync();
        await Expect(desk.Page.GetByText("There is no event yet.")).ToBeVisibleAsync();
        await Expect(desk.Page.Locator(".who")).ToHaveTextAsync("Ada");
        desk.HasNoComplaint();

        // Once: whoever comes next has to sign in.
        await using var late = await OfficeDesk.OpenAsync(await venue.BrowseAsync(chromium));
        await late.Page.GotoAsync("/set-up");
        await Expect(late.Title).ToHaveTextAsync("Sign in");
        await late.SignInAsync(OfficeVenue.OwnerEmail, OfficeVenue.OwnerPassword);
        await late.ShowsAsync("Events");
    }

    [Fact]
    public async Task an_event_is_made_a_device_paired_and_its_scan_seen_on_the_dashboard()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await venue.SetUpAsync(chromium);
        await desk.CreateEventAsync();
        await desk.FollowAsync("Devices");
        await Expect(desk.Page.GetByText("No device is paired yet.")).ToBeVisibleAsync();
        await desk.Page.GetByLabel(OfficeDesk.LabelOf("Device")).FillAsync("gate-1");
        await desk.Page.GetByLabel("Gate", new() { Exact = true }).SelectOptionAsync("North");
        await desk.PressAsync("Create and pair");
        await Expect(desk.Page.GetByAltText("QR code that pairs the device")).ToBeVisibleAsync();
        var token = await desk.Page.GetByLabel("Token", new() { Exact = true }).InputValueAsync();
        await desk.PressAsync("Done");
        await venue.Server.ImportTicketsAsync("club-night", [new { ticket_id = "T1" }, new { ticket_id = "T2" }]);

        using var device = new HttpClient { BaseAddress = venue.Server.Address };
        device.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        async Task<int> ScanAsync(string ticket) =>
            (int)(await device.PostAsJsonAsync("/api/scans", new { ticket_id = ticket, gate = "North", scan_type = "entry", timestamp = TimeProvider.System.GetUtcNow() }, Cancel)).StatusCode;
        Assert.Equal(200, await ScanAsync("T1"));
        await desk.Page.GotoAsync("/?event=club-night");
        await new DashboardPage(desk.Page).ShowsAsync("1");

        // A changed capacity holds from the next scan, and so does a revoked device.
        await desk.GoAsync("/office/events/club-night/settings", "Club night");
        await desk.Page.GetByLabel(OfficeDesk.LabelOf("Capacity")).FillAsync("1");
        await desk.Page.GetByLabel(OfficeDesk.LabelOf("Capacity")).PressAsync("Tab");
        await desk.PressAsync("Save");
        await desk.SaidAsync("Saved");
        Assert.Equal(403, await ScanAsync("T2"));
        await desk.FollowAsync("Devices");
        await Expect(desk.Page.Locator("tr[data-device=gate-1]")).ToContainTextAsync("right");
        await desk.PressAsync("Revoke gate-1");
        await desk.ConfirmAsync("Revoke");
        await desk.SaidAsync("The device is revoked");
        Assert.Equal(401, await ScanAsync("T2"));
        desk.HasNoComplaint();
    }

    [Fact]
    public async Task whoever_is_invited_joins_by_the_link_and_may_what_the_role_says()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var owner = await venue.SetUpAsync(chromium);
        await owner.CreateEventAsync();
        await owner.GoAsync("/office/people", "People");
        await owner.Page.GetByLabel(OfficeDesk.LabelOf("E-mail")).FillAsync("ben@example.org");
        await owner.Page.GetByLabel("Role", new() { Exact = true }).SelectOptionAsync("viewer");
        await owner.PressAsync("Invite");
        var link = await owner.Page.GetByLabel("Link", new() { Exact = true }).InputValueAsync();
        var letter = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(venue.Outbox, "*.eml")), Cancel);
        Assert.Contains("Subject: Join Blue Note on Headcount", letter, StringComparison.Ordinal);
        Assert.Contains("To: ben@example.org", letter, StringComparison.Ordinal);

        await using var guest = await OfficeDesk.OpenAsync(await venue.BrowseAsync(chromium));
        await guest.Page.GotoAsync(link);
        await Expect(guest.Title).ToHaveTextAsync("Join Blue Note");
        await guest.FillAsync("Your name", "Ben");
        await guest.FillAsync("Password", "too short");
        await guest.PressAsync("Join");
        await Expect(guest.Page.GetByText("A password has at least 12 characters.")).ToBeVisibleAsync();
        await guest.FillAsync("Password", "long enough, this one");
        await guest.PressAsync("Join");
        await guest.ShowsAsync("Events");
        await Expect(guest.Page.GetByRole(AriaRole.Link, new() { Name = "People" })).ToHaveCountAsync(0);
        await Expect(guest.Page.GetByRole(AriaRole.Link, new() { Name = "New event" })).ToHaveCountAsync(0);
        await guest.FollowAsync("Club night");
        await guest.ShowsAsync("Club night");
        await Expect(guest.Page.GetByRole(AriaRole.Link, new() { Name = "Settings" })).ToHaveCountAsync(0);
        await guest.Page.GotoAsync("/office/events/club-night/settings");
        await Expect(guest.Title).ToHaveTextAsync("Not allowed");

        // The link works once.
        await using var second = await OfficeDesk.OpenAsync(await venue.BrowseAsync(chromium));
        await second.Page.GotoAsync(link);
        await Expect(second.Title).ToHaveTextAsync("This invitation does not work");

        // Another role: the open browser is signed out, and comes back with it.
        await owner.Page.ReloadAsync();
        await owner.ShowsAsync("People");
        await owner.Page.GetByLabel("Role of ben@example.org").SelectOptionAsync("organiser");
        await owner.SaidAsync("Saved");
        await guest.Page.GotoAsync("/office");
        await guest.SignInAsync("ben@example.org", "long enough, this one");
        await guest.ShowsAsync("Events");
        await Expect(guest.Page.GetByRole(AriaRole.Link, new() { Name = "New event" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task with_a_second_factor_a_password_alone_opens_nothing()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await venue.SetUpAsync(chromium);
        await desk.GoAsync("/office/account", "Your account");
        await desk.FillAsync("Your password, to confirm", OfficeVenue.OwnerPassword);
        await desk.PressAsync("Set it up");
        var app = new Authenticator(await desk.Page.Locator("code.key").InnerTextAsync());
        await desk.FillAsync("Code", "000000");
        await desk.PressAsync("Turn it on");
        await Expect(desk.Page.GetByText("This code is not right")).ToBeVisibleAsync();
        await desk.FillAsync("Code", app.Code());
        await desk.PressAsync("Turn it on");
        await Expect(desk.Page.Locator(".codes code")).ToHaveCountAsync(10);
        var recovery = await desk.Page.Locator(".codes code").AllInnerTextsAsync();
        await desk.PressAsync("I have them");

        await using var other = await OfficeDesk.OpenAsync(await venue.BrowseAsync(chromium));
        await other.Page.GotoAsync("/office");
        await other.SignInAsync(OfficeVenue.OwnerEmail, OfficeVenue.OwnerPassword);
        await Expect(other.Title).ToHaveTextAsync("One more step");
        await other.FillAsync("Code", "123456");
        await other.PressAsync("Sign in");
        await Expect(other.Alert).ToContainTextAsync("This code is not right");
        await other.FillAsync("Code", app.Code(later: 1));
        await other.PressAsync("Sign in");
        await other.ShowsAsync("Events");

        // A recovery code works once.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await using var lost = await OfficeDesk.OpenAsync(await venue.BrowseAsync(chromium));
            await lost.Page.GotoAsync("/office");
            await lost.SignInAsync(OfficeVenue.OwnerEmail, OfficeVenue.OwnerPassword);
            await lost.FillAsync("Code", recovery[3]);
            await lost.PressAsync("Sign in");
            await Expect(lost.Title).ToHaveTextAsync(attempt == 0 ? "Events" : "One more step");
        }
    }

    [Fact]
    public async Task a_passkey_signs_in_without_a_password()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await venue.SetUpAsync(chromium);
        var devtools = await desk.Page.Context.NewCDPSessionAsync(desk.Page);
        await devtools.SendAsync("WebAuthn.enable");
        await devtools.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object> { ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true },
        });
        await desk.GoAsync("/office/account", "Your account");
        await desk.FillAsync("Name for a new passkey", "My laptop");
        await desk.PressAsync("Add a passkey");
        await desk.SaidAsync("The passkey is ready");
        await Expect(desk.Page.GetByText("My laptop · since")).ToBeVisibleAsync();
        await desk.PressAsync("Sign out");
        await Expect(desk.Title).ToHaveTextAsync("Sign in");
        await desk.Page.GotoAsync("/office");
        await desk.PressAsync("Sign in with a passkey");
        await desk.ShowsAsync("Events");

        // Removed, it opens nothing any more.
        await desk.GoAsync("/office/account", "Your account");
        await desk.PressAsync("Remove My laptop");
        await desk.SaidAsync("The passkey is removed");
        await desk.PressAsync("Sign out");
        await desk.PressAsync("Sign in with a passkey");
        await Expect(desk.Page.GetByText("This passkey belongs to no account here.")).ToBeVisibleAsync();
        desk.HasNoComplaint();
    }

    [Fact]
    public async Task the_second_of_two_who_edit_is_told_and_nothing_is_lost()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await venue.SetUpAsync(chromium);
        await desk.CreateEventAsync();
        await desk.GoAsync("/office/events/club-night/settings", "Club night");
        await venue.Server.Owner.PatchAsJsonAsync("/api/events/club-night", new { capacity = 250, name = "Late night" }, Cancel);
        await desk.Page.GetByLabel(OfficeDesk.LabelOf("Capacity")).FillAsync("300");
        await desk.Page.GetByLabel(OfficeDesk.LabelOf("Capacity")).PressAsync("Tab");
        await desk.PressAsync("Save");
        await Expect(desk.Alert.First).ToContainTextAsync("Somebody else changed this event");
        var conflict = desk.Page.Locator(".conflict");
        await Expect(conflict.GetByRole(AriaRole.Row, new() { Name = "Capacity 300 250" })).ToBeVisibleAsync();
        await Expect(conflict.GetByRole(AriaRole.Row, new() { Name = "Name Club night Late night" })).ToBeVisibleAsync();
        await desk.PressAsync("Save mine");
        await desk.SaidAsync("Saved");
        var saved = await venue.Server.Owner.GetFromJsonAsync<System.Text.Json.JsonElement>("/api/events/club-night", Cancel);
        Assert.Equal((300, "Club night"), (saved.GetProperty("capacity").GetInt32(), saved.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task an_event_is_made_by_keyboard_alone()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await venue.SetUpAsync(chromium);
        var keys = desk.Page.Keyboard;
        await TabToAsync(desk.Page, "New event");
        await keys.PressAsync("Enter");
        await desk.ShowsAsync("New event");
        await TabToAsync(desk.Page, "Name");
        await keys.TypeAsync("Quiet concert");
        await TabToAsync(desk.Page, "Capacity");
        await keys.TypeAsync("80");
        await TabToAsync(desk.Page, "Create the event");
        await keys.PressAsync("Enter");
        await desk.ShowsAsync("Quiet concert");
        await Expect(desk.Page).ToHaveURLAsync(new Regex("/office/events/quiet-concert/gates$"));
    }

    [Fact]
    public async Task markup_in_names_is_shown_as_text()
    {
        const string markup = "<img src=x onerror=alert(1)> & \"Bar\"";
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await venue.SetUpAsync(chromium);
        await venue.Server.CreateEventAsync("bar", new { slug = "bar", name = markup, zone = "UTC", capacity = 5, ticket_types = new[] { new { name = markup } }, gates = Array.Empty<string>() });
        await desk.GoAsync("/office", "Events");
        await Expect(desk.Page.GetByRole(AriaRole.Link, new() { Name = markup })).ToBeVisibleAsync();
        await desk.GoAsync("/office/events/bar/types", markup);
        await Expect(desk.Page.GetByRole(AriaRole.Rowheader, new() { Name = markup })).ToBeVisibleAsync();
        Assert.Equal(0, await desk.Page.Locator("main img").CountAsync());
        desk.HasNoComplaint();
    }

    [Fact]
    public async Task the_pages_speak_german_to_a_german_browser()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var owner = await venue.SetUpAsync(chromium);
        await owner.CreateEventAsync(capacity: "12500");
        await using var desk = await OfficeDesk.OpenAsync(await venue.BrowseAsync(chromium, locale: "de-DE"));
        await desk.Page.GotoAsync("/office");
        await Expect(desk.Title).ToHaveTextAsync("Anmelden");
        await desk.FillAsync("E-Mail", OfficeVenue.OwnerEmail);
        await desk.FillAsync("Passwort", OfficeVenue.OwnerPassword);
        await desk.PressAsync("Anmelden");
        await desk.ShowsAsync("Veranstaltungen");
        await Expect(desk.Page.Locator("[data-event=club-night]")).ToContainTextAsync("0 von 12.500 drinnen");
        await Expect(desk.Page.Locator("html")).ToHaveAttributeAsync("lang", "de");
    }

    [Fact]
    public async Task a_session_that_is_ended_elsewhere_ends_at_the_next_click()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await venue.SetUpAsync(chromium);
        await using var other = await OfficeDesk.OpenAsync(await venue.BrowseAsync(chromium));
        await other.Page.GotoAsync("/office");
        await other.SignInAsync(OfficeVenue.OwnerEmail, OfficeVenue.OwnerPassword);
        await other.ShowsAsync("Events");
        await desk.GoAsync("/office/account", "Your account");
        await desk.PressAsync("End");
        await desk.SaidAsync("The session is ended");
        await other.FollowAsync("Your account");
        await Expect(other.Page).ToHaveURLAsync(new Regex("/sign-in\\?next="));
    }

    private static async Task TabToAsync(IPage page, string name)
    {
        for (var press = 0; press < 40; press++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string>("() => { const e = document.activeElement; return (e.labels?.[0]?.textContent ?? e.getAttribute('aria-label') ?? e.textContent ?? '').replace(/[*\\s]+$/, '').trim(); }") == name) return;
        }

        Assert.Fail($"Forty presses of Tab do not lead to '{name}'.");
    }
}
