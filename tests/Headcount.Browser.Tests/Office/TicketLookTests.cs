using System.Net.Http.Json;
using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Headcount.BrowserTests.Office;

/// <summary>How the pages of tickets look: empty and full, at a desk and on a phone, light and dark.</summary>
public sealed class TicketLookTests(Chromium chromium)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task every_page_of_tickets_fits_and_is_accessible()
    {
        const string name = "Summer festival on the river island";
        await using var venue = await OfficeVenue.OpenAsync();
        await using var desk = await venue.SetUpAsync(chromium);
        await venue.Server.CreateEventAsync("empty", new { slug = "empty", name, zone = "Europe/Berlin", capacity = 5, ticket_types = Array.Empty<object>(), gates = Array.Empty<string>() });
        await desk.GoAsync("/office/events/empty/tickets", name);
        await OfficeLookTests.LookAsync(desk.Page, "tickets-empty");
        await venue.AddTicketsAsync("full", 60, name);
        await venue.Server.ImportTicketsAsync("full", [new { ticket_id = "A-TICKET-WITH-A-VERY-LONG-NUMBER-0123456789-0123456789", ticket_type = "DAY", status = "unpaid", gates = new[] { "North" }, valid_from = "2030-07-12T14:00", valid_until = "2030-07-13T04:00", single_entry = true }]);
        using var device = await venue.Server.CreateDeviceAsync("full", "north-1");
        async Task ScanAsync(string ticket, string type) => await device.PostAsJsonAsync("/api/scans", new { ticket_id = ticket, gate = "North", scan_type = type, timestamp = TimeProvider.System.GetUtcNow() }, Cancel);
        foreach (var type in new[] { "entry", "exit", "entry", "entry" }) await ScanAsync("T0001", type);
        await ScanAsync("A-TICKET-WITH-A-VERY-LONG-NUMBER-0123456789-0123456789", "entry");
        await desk.GoAsync("/office/events/full/tickets", name);
        await desk.Page.GetByLabel("Select T0002", new() { Exact = true }).CheckAsync();
        await OfficeLookTests.LookAsync(desk.Page, "tickets");
        await desk.GoAsync("/office/events/full/tickets/one?id=T0001", "T0001");
        await desk.Page.GetByLabel("Note", new() { Exact = true }).FillAsync("Needs the ramp at the stage door.");
        await desk.PressAsync("Add");
        await Expect(desk.Page.Locator(".note")).ToContainTextAsync("Needs the ramp");
        await desk.PressAsync("Take back scan 3");
        await OfficeLookTests.LookAsync(desk.Page, "ticket");
        await desk.GoAsync("/office/events/full/tickets/one?id=A-TICKET-WITH-A-VERY-LONG-NUMBER-0123456789-0123456789", "A-TICKET-WITH-A-VERY-LONG-NUMBER-0123456789-0123456789");
        await OfficeLookTests.LookAsync(desk.Page, "ticket-long");
        await desk.GoAsync("/office/events/full/tickets/import", name);
        await OfficeLookTests.LookAsync(desk.Page, "import");
        await desk.Page.GetByLabel("File", new() { Exact = true }).SetInputFilesAsync(new FilePayload
        {
            Name = "tickets.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes("Ticket;Name;Kategorie;Einmalig;Bemerkung\nT0001;Ada Lovelace;VIP;ja;x\nT0002;Guest 2;DAY;;x\nN1;New One;LOGE;;x\nN2;;;vielleicht;x\n;;DAY;;x\n"),
        });
        await Expect(desk.Page.Locator("[data-count=refused]")).ToHaveTextAsync("2");
        await OfficeLookTests.LookAsync(desk.Page, "import-preview");
        await desk.Page.GotoAsync("/office/events/full/tickets/print?vip=1");
        await Expect(desk.Title).ToHaveTextAsync($"VIP list: {name}");
        await OfficeLookTests.LookAsync(desk.Page, "tickets-print");
        desk.HasNoComplaint();
    }
}
