using System.Net.Http.Json;
using Headcount.Data.Model;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Headcount.BrowserTests.Office;

/// <summary>What people do with what was: roll-calls, reports, the log, who changed what.</summary>
public sealed class PastTests(Chromium chromium)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task what_one_steward_marks_the_other_sees_at_once_and_after_an_interruption_too()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var boss = await venue.SetUpAsync(chromium);
        await PastVenue.FillAsync(venue);
        await boss.GoAsync("/office/events/festival/evacuation", "Summer festival");
        await Expect(boss.Page.GetByText("No roll-call is under way.")).ToBeVisibleAsync();
        await using var steward = await venue.SignInAsync(chromium, AccountRole.Steward, 390, 844);
        await steward.GoAsync("/office/events/festival/evacuation", "Summer festival");
        await Expect(steward.Page.GetByRole(AriaRole.Button, new() { Name = "Begin the roll-call" })).ToHaveCountAsync(0);
        await boss.PressAsync("Begin the roll-call");
        await boss.ConfirmAsync("Begin the roll-call");

        // The steward's page turns over by itself.
        await Expect(Count(steward, "missing")).ToHaveTextAsync("37", new() { Timeout = 2_000 });
        await Expect(Count(boss, "listed")).ToHaveTextAsync("37");
        await steward.PressAsync("Mark T00013 as safe");
        await Expect(Count(boss, "missing")).ToHaveTextAsync("36", new() { Timeout = 1_000 });
        await Expect(Count(boss, "safe")).ToHaveTextAsync("1");
        await boss.Page.GetByLabel("Show", new() { Exact = true }).SelectOptionAsync("safe");
        await Expect(boss.Page.Locator("li[data-ticket=T00013]")).ToContainTextAsync("safe: steward@example.org");

        // What is marked while a connection is down is there when it is back, and so is what follows.
        await boss.Page.GetByLabel("Show", new() { Exact = true }).SelectOptionAsync("missing");
        await steward.CutOffAsync();
        await boss.PressAsync("Mark T00015 as safe");
        await Expect(Count(boss, "missing")).ToHaveTextAsync("35");
        await Expect(Count(steward, "missing")).ToHaveTextAsync("35", new() { Timeout = 5_000 });
        await boss.PressAsync("Mark T00017 as safe");
        await Expect(Count(steward, "missing")).ToHaveTextAsync("34", new() { Timeout = 1_000 });

        // Taken back, and found again by search.
        await steward.Page.GetByLabel("Show", new() { Exact = true }).SelectOptionAsync("all");
        await steward.Page.GetByLabel("Search by name or ticket").FillAsync("T00013");
        await Expect(steward.Page.Locator(".roll li")).ToHaveCountAsync(1);
        await steward.PressAsync("Undo that T00013 is safe");
        await Expect(Count(boss, "missing")).ToHaveTextAsync("35", new() { Timeout = 1_000 });

        // Who leaves by a gate is not missing.
        using var device = await venue.Server.CreateDeviceAsync("festival", "south-1");
        await device.PostAsJsonAsync("/api/scans", PastVenue.Scan(9, "South", "exit", TimeProvider.System.GetUtcNow()), Cancel);
        await Expect(Count(steward, "left")).ToHaveTextAsync("1", new() { Timeout = 2_000 });
        await Expect(Count(boss, "missing")).ToHaveTextAsync("34");
        await boss.PressAsync("End the roll-call");
        await boss.ConfirmAsync("End the roll-call");
        await Expect(steward.Page.GetByText("Over since")).ToBeVisibleAsync();
        boss.HasNoComplaint();
    }

    [Fact]
    public async Task a_roll_call_of_five_thousand_is_searched_marked_and_printed()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var boss = await venue.SetUpAsync(chromium, 390, 844);
        await PastVenue.FillAsync(venue, 5_000, 5_000);
        await boss.GoAsync("/office/events/festival/evacuation", "Summer festival");
        await boss.PressAsync("Begin the roll-call");
        await boss.ConfirmAsync("Begin the roll-call");
        await Expect(Count(boss, "listed")).ToHaveTextAsync("4,501");
        await Expect(boss.Page.Locator(".roll li")).ToHaveCountAsync(100);
        await boss.Page.GetByLabel("Search by name or ticket").FillAsync("04999");
        await Expect(boss.Page.Locator(".roll li")).ToHaveCountAsync(1);
        await boss.Page.GetByRole(AriaRole.Button, new() { Name = "Mark T04999 as safe" }).PressAsync("Enter");
        await Expect(Count(boss, "safe")).ToHaveTextAsync("1");
        await boss.Page.GotoAsync("/office/events/festival/evacuation/print");
        await Expect(boss.Page.Locator("tbody tr")).ToHaveCountAsync(4_501);
        await Expect(boss.Page.GetByText("<b>=1+1</b>").First).ToBeVisibleAsync();
        boss.HasNoComplaint();
    }

    [Fact]
    public async Task a_report_is_read_compared_and_taken_along()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await venue.SetUpAsync(chromium);
        await PastVenue.FillAsync(venue);
        await desk.CreateEventAsync();
        await desk.GoAsync("/office/events/festival/reports", "Summer festival");
        await Expect(desk.Page.Locator(".figures div").Filter(new() { HasText = "Entries" })).ToContainTextAsync("45");
        await Expect(desk.Page.Locator("svg.chart")).ToHaveCountAsync(3);
        await desk.Page.GetByLabel("Compare with").SelectOptionAsync("event:club-night");
        await desk.PressAsync("Show");
        await Expect(desk.Page.GetByRole(AriaRole.Group, new() { Name = "Comparison" })).ToBeVisibleAsync();
        foreach (var format in new[] { "PDF", "XLSX", "CSV" })
        {
            var download = await desk.Page.RunAndWaitForDownloadAsync(() => desk.FollowAsync(format));
            Assert.Equal($"festival-report.{format.ToLowerInvariant()}", download.SuggestedFilename);
            Assert.True(new FileInfo(await download.PathAsync()).Length > 500);
        }

        desk.HasNoComplaint();
    }

    [Fact]
    public async Task the_log_is_sifted_an_anomaly_settled_and_everything_counted_again()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await venue.SetUpAsync(chromium);
        await PastVenue.FillAsync(venue);
        await desk.GoAsync("/office/events/festival/log", "Summer festival");
        await Expect(desk.Page.Locator("tr[data-seq]")).ToHaveCountAsync(50);
        await desk.PressAsync("Show more");
        await Expect(desk.Page.Locator("tr[data-seq]")).ToHaveCountAsync(55);
        await desk.Page.GetByLabel("Verdict").SelectOptionAsync("rejected");
        await desk.PressAsync("Show");
        await Expect(desk.Page.Locator("tr[data-seq]")).ToHaveCountAsync(1);
        await Expect(desk.Page.Locator("tr[data-seq]")).ToContainTextAsync("Already inside");
        await desk.Page.GetByLabel("Verdict").SelectOptionAsync("");
        await desk.Page.GetByLabel("Ticket", new() { Exact = true }).FillAsync("T00001");
        await desk.PressAsync("Show");
        await Expect(desk.Page.Locator("tr[data-seq]")).ToHaveCountAsync(3);

        await desk.FollowAsync("Review");
        await Expect(desk.Page.Locator("[data-review]")).ToHaveCountAsync(2);
        var first = desk.Page.Locator("[data-review]").First;
        await first.GetByLabel("Note").FillAsync("Turnstile stuck");
        await first.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(first).ToContainTextAsync("settled by ada@example.org");
        await Expect(first).ToContainTextAsync("Turnstile stuck");
        await desk.PressAsync("Show");
        await Expect(desk.Page.Locator("[data-review]")).ToHaveCountAsync(1);

        await desk.FollowAsync("Then");
        await Expect(desk.Page.GetByRole(AriaRole.Heading, new() { Level = 2 }).First).ToContainTextAsync("37 inside");
        await desk.PressAsync("Count again and compare");
        await Expect(desk.Page.GetByText("Everything agrees.")).ToBeVisibleAsync();

        await desk.FollowAsync("Live");
        await new DashboardFrame(desk.Page).ShowsAsync("37");
        desk.HasNoComplaint();
    }

    [Fact]
    public async Task who_changed_what_is_told_with_from_and_to()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await venue.SetUpAsync(chromium);
        await PastVenue.FillAsync(venue);
        await desk.GoAsync("/office/events/festival/settings", "Summer festival");
        await desk.Page.GetByLabel(OfficeDesk.LabelOf("Capacity")).FillAsync("75");
        await desk.Page.GetByLabel(OfficeDesk.LabelOf("Capacity")).PressAsync("Tab");
        await desk.PressAsync("Save");
        await desk.SaidAsync("Saved");
        await desk.FollowAsync("Changes");
        var newest = desk.Page.Locator("table.list tbody tr").First;
        await Expect(newest).ToContainTextAsync("capacity: 50 → 75");
        await Expect(newest).ToContainTextAsync("ada@example.org");
        await Expect(newest).ToContainTextAsync("in the office");
        await desk.Page.GetByLabel("Kind").SelectOptionAsync("ticket");
        await desk.PressAsync("Show");
        await Expect(desk.Page.Locator("table.list tbody tr")).ToHaveCountAsync(1);
        await Expect(newest).ToContainTextAsync("count: 60");
        desk.HasNoComplaint();
    }

    [Fact]
    public async Task every_page_of_what_was_fits_and_is_accessible()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await venue.SetUpAsync(chromium);
        await PastVenue.FillAsync(venue);
        await venue.Server.CreateEventAsync("empty-hall", new { slug = "empty-hall", name = "Empty hall", zone = "UTC", capacity = 10 });
        foreach (var (slug, title) in new[] { ("festival", "Summer festival"), ("empty-hall", "Empty hall") })
        {
            foreach (var page in new[] { "live", "log", "review", "then", "reports", "evacuation", "audit" })
            {
                await desk.Page.SetViewportSizeAsync(1366, 768);
                await desk.GoAsync($"/office/events/{slug}/{page}", title);
                if (page == "reports") await Expect(desk.Page.Locator("svg.chart").First).ToBeVisibleAsync();
                if (page == "live") await new DashboardFrame(desk.Page).ShowsAsync(slug == "festival" ? "37" : "0");
                await OfficeLookTests.LookAsync(desk.Page, $"{page}-{slug}");
            }
        }

        await desk.GoAsync("/office/audit", "All changes");
        await OfficeLookTests.LookAsync(desk.Page, "audit-all");
        await desk.GoAsync("/office/events/festival/evacuation", "Summer festival");
        await desk.PressAsync("Begin the roll-call");
        await desk.ConfirmAsync("Begin the roll-call");
        await desk.PressAsync("Mark T00013 as safe");
        await desk.Page.GetByLabel("Show", new() { Exact = true }).SelectOptionAsync("all");
        await Expect(Count(desk, "safe")).ToHaveTextAsync("1");
        await OfficeLookTests.LookAsync(desk.Page, "roll-call");
        await desk.Page.GotoAsync("/office/events/festival/evacuation/print");
        await OfficeLookTests.LookAsync(desk.Page, "evacuation-print");
        desk.HasNoComplaint();
    }

    private static ILocator Count(OfficeDesk desk, string which) => desk.Page.Locator($"[data-count={which}] dd");

    /// <summary>The dashboard within the office.</summary>
    private sealed class DashboardFrame(IPage page)
    {
        public Task ShowsAsync(string occupancy) => Expect(page.FrameLocator(".live-frame").Locator("#number")).ToHaveTextAsync(occupancy);
    }
}
