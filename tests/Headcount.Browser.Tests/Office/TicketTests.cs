using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Headcount.Data.Model;
using Headcount.Server.Access;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Headcount.BrowserTests.Office;

/// <summary>Tickets and people in the office, in a real browser on a real server.</summary>
public sealed class TicketTests(Chromium chromium)
{
    private const string Tickets = "/office/events/club-night/tickets";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_list_is_taken_in_after_it_was_seen_and_found_as_one_types()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await venue.SetUpAsync(chromium);
        await desk.CreateEventAsync();
        await desk.FollowAsync("Tickets");
        await Expect(desk.Page.GetByText("There is no ticket yet.")).ToBeVisibleAsync();
        await desk.FollowAsync("Import");
        await UploadAsync(desk, "Ticketcode,Guest,Category,Wrong\nT1,Anna Müller,VIP,x\nT2,<b>Bob</b>,GENERAL,x\nT3,=1+1,GENERAL,x\n,Nobody,,x\nT1,Twice,,x\n");
        await Expect(desk.Page.Locator("[data-count=new]")).ToHaveTextAsync("3");
        await Expect(desk.Page.Locator("[data-count=refused]")).ToHaveTextAsync("2");
        await Expect(desk.Page.Locator("[data-row='5']")).ToContainTextAsync("There is no ticket id.");
        await Expect(desk.Page.Locator("[data-row='6']")).ToContainTextAsync("stands in row 2 already");

        // A column that was taken for the wrong thing is corrected, and the preview follows.
        await desk.Page.GetByLabel("Guest", new() { Exact = true }).SelectOptionAsync("Ignored");
        await Expect(desk.Page.Locator("[data-count=new]")).ToHaveTextAsync("3");
        await desk.Page.GetByLabel("Guest", new() { Exact = true }).SelectOptionAsync("Name");
        await desk.PressAsync("Import 3 tickets");
        await Expect(desk.Page.GetByText("3 tickets are in.")).ToBeVisibleAsync();
        await desk.FollowAsync("To the tickets");
        await CountsAsync(desk, 3);
        await desk.FillAsync("Ticket, name or e-mail", "müll");
        await CountsAsync(desk, 1);
        await Expect(Row(desk, "T1")).ToContainTextAsync("Anna Müller");
        await Expect(desk.Page).ToHaveURLAsync(new Regex("q=m%C3%BCll$"));
        await desk.FillAsync("Ticket, name or e-mail", "<b>bob");
        await Expect(Row(desk, "T2")).ToContainTextAsync("<b>Bob</b>");
        await desk.FillAsync("Ticket, name or e-mail", "");
        await CountsAsync(desk, 3);
        await Expect(Row(desk, "T3")).ToContainTextAsync("=1+1");
        desk.HasNoComplaint();
    }

    [Fact]
    public async Task many_are_revoked_after_a_question_that_names_the_number_and_it_is_undone()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await VenueAsync(venue, 120);
        await CountsAsync(desk, 120);
        await desk.Page.GetByLabel("Type", new() { Exact = true }).SelectOptionAsync("DAY");
        await CountsAsync(desk, 96);
        await desk.Page.GetByLabel("Select all tickets of this page").CheckAsync();
        await Expect(desk.Page.GetByText("50 selected", new() { Exact = true })).ToBeVisibleAsync();
        await desk.PressAsync("Select all 96 that match");
        await desk.PressAsync("Revoke");
        await Expect(desk.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Revoke 96 tickets?");
        await desk.ConfirmAsync("Revoke");
        await Expect(desk.Page.GetByText("96 tickets revoked.")).ToBeVisibleAsync();
        Assert.Equal(96, await StatusCountAsync(venue, "revoked"));
        await desk.PressAsync("Undo");
        await Expect(desk.Page.GetByText("It is undone.")).ToBeVisibleAsync();
        Assert.Equal(0, await StatusCountAsync(venue, "revoked"));

        // Single ones, over two pages; and another type for them.
        await desk.Page.GetByLabel("Select T0001", new() { Exact = true }).CheckAsync();
        await desk.PressAsync("Next");
        await Expect(desk.Page.GetByText("51–96 of 96")).ToBeVisibleAsync();
        await desk.Page.Locator("tbody .pick input").First.CheckAsync();
        await Expect(desk.Page.GetByText("2 selected", new() { Exact = true })).ToBeVisibleAsync();
        await desk.Page.GetByLabel("New type").SelectOptionAsync("VIP");
        await desk.PressAsync("Change type");
        await Expect(desk.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Give 2 tickets the type VIP?");
        await desk.ConfirmAsync("Change type");
        await Expect(desk.Page.GetByText("2 tickets have another type.")).ToBeVisibleAsync();
        await desk.Page.GetByLabel("Type", new() { Exact = true }).SelectOptionAsync("VIP");
        await CountsAsync(desk, 26);
        desk.HasNoComplaint();
    }

    [Fact]
    public async Task what_is_selected_and_what_is_shown_comes_as_a_file()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await VenueAsync(venue, 60);
        var shown = await desk.Page.RunAndWaitForDownloadAsync(() => desk.FollowAsync("CSV"));
        Assert.Equal(61, (await File.ReadAllLinesAsync((await shown.PathAsync())!, Cancel)).Length);
        Assert.Equal("club-night-tickets.csv", shown.SuggestedFilename);
        await desk.Page.GetByLabel("Select T0005", new() { Exact = true }).CheckAsync();
        var selected = await desk.Page.RunAndWaitForDownloadAsync(() => desk.PressAsync("Selected tickets as CSV"));
        var lines = await File.ReadAllLinesAsync((await selected.PathAsync())!, Cancel);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("T0005,", lines[1], StringComparison.Ordinal);
        var vips = await desk.Page.Context.RunAndWaitForPageAsync(async () =>
        {
            await desk.Page.GetByLabel("VIP: passes a full house").CheckAsync();
            await CountsAsync(desk, 12);
            await desk.FollowAsync("Print");
        });
        await Expect(vips.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("VIP list: Club night");
        Assert.Equal(12, await vips.Locator("tbody tr").CountAsync());
    }

    [Fact]
    public async Task a_supervisor_checks_somebody_in_and_takes_it_back()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var owner = await VenueAsync(venue, 5);
        await venue.Server.Services.GetRequiredService<AccountService>().CreateAsync("gate@example.org", "Gus", AccountRole.Supervisor, OfficeVenue.OwnerPassword, Cancel);
        await using var desk = await OfficeDesk.OpenAsync(await venue.BrowseAsync(chromium, 390, 844));
        await desk.Page.GotoAsync("/office");
        await desk.SignInAsync("gate@example.org", OfficeVenue.OwnerPassword);
        await desk.ShowsAsync("Events");
        await desk.GoAsync(Tickets + "?q=guest+3", "Club night");
        await CountsAsync(desk, 1);
        Assert.Equal(0, await desk.Page.GetByRole(AriaRole.Link, new() { Name = "Import" }).CountAsync());
        await desk.FollowAsync("T0003");
        await desk.ShowsAsync("T0003");
        Assert.Equal(0, await desk.Page.GetByText("guest3@example.org").CountAsync());
        await desk.PressAsync("Check in");
        await Expect(desk.Alert).ToContainTextAsync("look at the fields that are marked");
        await desk.Page.GetByLabel(OfficeDesk.LabelOf("Reason")).FillAsync("Phone is broken");
        await desk.Page.GetByLabel(OfficeDesk.LabelOf("Reason")).PressAsync("Tab");
        await desk.PressAsync("Check in");
        await Expect(desk.Page.GetByText("Let in.")).ToBeVisibleAsync();
        await Expect(desk.Page.Locator("[data-fact=inside]")).ToHaveTextAsync("inside");
        await Expect(desk.Page.Locator("[data-seq='1']")).ToContainTextAsync("by hand, gate@example.org: Phone is broken");
        await desk.PressAsync("Take back scan 1");
        await desk.Page.Locator(".history").GetByLabel("Reason").FillAsync("Wrong person");
        await desk.Page.Locator(".history").GetByLabel("Reason").PressAsync("Enter");
        await desk.SaidAsync("The scan is taken back");
        await Expect(desk.Page.Locator("[data-fact=inside]")).ToHaveTextAsync("outside");
        await Expect(desk.Page.Locator("[data-seq='1']")).ToContainTextAsync("taken back");
        desk.HasNoComplaint();
    }

    [Fact]
    public async Task the_second_of_two_who_change_a_ticket_is_told_and_nothing_is_lost()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await VenueAsync(venue, 5);
        await desk.GoAsync(Tickets + "/one?id=T0001", "T0001");
        await venue.Server.Owner.PatchAsJsonAsync("/api/tickets/T0001?event=club-night", new { ticket_type = "CREW" }, Cancel);
        await FillAsync(desk, "Name", "Somebody Else");
        await desk.PressAsync("Save");
        await Expect(desk.Alert.First).ToContainTextAsync("Somebody else changed this ticket");
        await Expect(desk.Page.Locator(".conflict").GetByRole(AriaRole.Row, new() { Name = "Name Somebody Else Guest 1" })).ToBeVisibleAsync();
        await Expect(desk.Page.Locator(".conflict").GetByRole(AriaRole.Row, new() { Name = "Type DAY CREW" })).ToBeVisibleAsync();
        await FillAsync(desk, "Type", "CREW");
        await desk.PressAsync("Save mine");
        await desk.SaidAsync("Saved");
        await Expect(desk.Page.Locator("[data-fact=name]")).ToHaveTextAsync("Somebody Else");
        var saved = await venue.Server.Owner.GetFromJsonAsync<System.Text.Json.JsonElement>("/api/tickets/T0001?event=club-night", Cancel);
        Assert.Equal("CREW", saved.GetProperty("ticket_type").GetString());
    }

    [Fact]
    public async Task a_ticket_is_reissued_and_a_person_erased()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await VenueAsync(venue, 5);
        await desk.GoAsync(Tickets + "/one?id=T0001", "T0001");
        await desk.PressAsync("Reissue");
        await desk.ConfirmAsync("Reissue");
        await desk.SaidAsync("The new ticket is issued");
        await Expect(desk.Page.GetByText("Issued in place of")).ToBeVisibleAsync();
        await Expect(desk.Page.Locator("[data-fact=name]")).ToHaveTextAsync("Guest 1");
        await desk.FollowAsync("T0001");
        await desk.ShowsAsync("T0001");
        await Expect(desk.Page.Locator("[data-fact=status]")).ToHaveTextAsync("revoked");
        await Expect(desk.Page.GetByText("Replaced by")).ToBeVisibleAsync();
        var file = await desk.Page.RunAndWaitForDownloadAsync(() => desk.FollowAsync("Everything about the person (ZIP)"));
        Assert.Equal("person.zip", file.SuggestedFilename);
        await desk.PressAsync("Erase the person");
        await desk.ConfirmAsync("Erase the person");
        await desk.SaidAsync("The person is erased from 2 tickets");
        await Expect(desk.Page.Locator("[data-fact=name]")).ToHaveTextAsync("–");
        await desk.GoAsync(Tickets + "?q=guest+1", "Club night");
        await Expect(desk.Page.GetByText("No ticket matches.")).ToBeVisibleAsync();
        desk.HasNoComplaint();
    }

    [Fact]
    public async Task a_ticket_is_found_and_revoked_by_keyboard_alone()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await VenueAsync(venue, 30);
        await TabToAsync(desk.Page, "Ticket, name or e-mail");
        await desk.Page.Keyboard.TypeAsync("guest 7");
        await CountsAsync(desk, 1);
        await TabToAsync(desk.Page, "T0007");
        await desk.Page.Keyboard.PressAsync("Enter");
        await desk.ShowsAsync("T0007");
        await TabToAsync(desk.Page, "Revoke");
        await desk.Page.Keyboard.PressAsync("Enter");
        await Expect(desk.Page.Locator("[data-fact=status]")).ToHaveTextAsync("revoked");
    }

    [Fact]
    public async Task a_file_that_is_no_list_is_refused_and_the_page_goes_on()
    {
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await VenueAsync(venue, 2);
        await desk.GoAsync(Tickets + "/import", "Club night");
        await UploadAsync(desk, "PK\u0003\u0004 this is no workbook", "tickets.xlsx");
        await Expect(desk.Page.Locator(".panel .bad")).ToContainTextAsync("The file cannot be read");
        await UploadAsync(desk, "Nothing,Known\n1,2\n");
        await Expect(desk.Page.GetByText("Say which column has the ticket's id")).ToBeVisibleAsync();
        await desk.Page.GetByLabel("Nothing", new() { Exact = true }).SelectOptionAsync("TicketId");
        await Expect(desk.Page.Locator("[data-count=new]")).ToHaveTextAsync("1");
        desk.HasNoComplaint();
    }

    /// <summary>An event with tickets T0001 … of Guest 1 …; every fifth is VIP, and the office stands on their list.</summary>
    private async Task<OfficeDesk> VenueAsync(OfficeVenue venue, int tickets)
    {
        var desk = await venue.SetUpAsync(chromium);
        await venue.AddTicketsAsync("club-night", tickets);
        await desk.GoAsync(Tickets, "Club night");
        return desk;
    }

    private static ILocator Row(OfficeDesk desk, string ticketId) => desk.Page.Locator($"tr[data-ticket='{ticketId}']");

    private static Task CountsAsync(OfficeDesk desk, int count) => Expect(desk.Page.Locator(".pager [data-count]")).ToHaveAttributeAsync("data-count", $"{count}");

    private static Task UploadAsync(OfficeDesk desk, string text, string name = "tickets.csv") =>
        desk.Page.GetByLabel("File", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = name, MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(text) });

    private static async Task FillAsync(OfficeDesk desk, string label, string value)
    {
        var field = desk.Page.Locator("form.panel").GetByLabel(label, new() { Exact = true });
        await field.FillAsync(value);
        await field.PressAsync("Tab");
    }

    private static async Task<int> StatusCountAsync(OfficeVenue venue, string status) =>
        (await venue.Server.Owner.GetFromJsonAsync<System.Text.Json.JsonElement>("/api/events/club-night/tickets", Cancel)).EnumerateArray().Count(ticket => ticket.GetProperty("status").GetString() == status);

    private static async Task TabToAsync(IPage page, string name)
    {
        for (var press = 0; press < 60; press++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string>("() => { const e = document.activeElement; return (e.labels?.[0]?.textContent ?? e.getAttribute('aria-label') ?? e.textContent ?? '').replace(/[*\\s]+$/, '').trim(); }") == name) return;
        }

        Assert.Fail($"Sixty presses of Tab do not lead to '{name}'.");
    }
}
