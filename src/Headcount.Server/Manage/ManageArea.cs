using Headcount.Server.Access;
using Headcount.Server.Documents;

namespace Headcount.Server.Manage;

/// <summary>The area's services and endpoints.</summary>
internal static class ManageArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Services.AddSingleton<EventChanges>();
        builder.Services.AddSingleton<EventService>();
        builder.Services.AddSingleton<DeviceService>();
        builder.Services.AddSingleton<EventEndpoints>();
        builder.Services.AddSingleton<DeviceEndpoints>();
        builder.Services.AddSingleton<TicketEndpoints>();
        builder.Services.AddSingleton<RegisterImport>();
        builder.Services.AddSingleton<TicketExport>();
        builder.Services.AddSingleton<TokenEndpoints>();
        builder.Services.AddSingleton<AccountEndpoints>();
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
        MapEvents(app, app.Services.GetRequiredService<EventEndpoints>());
        MapTickets(app);
        MapDevices(app, app.Services.GetRequiredService<DeviceEndpoints>());
        MapAccounts(app);
    }

    private static void MapEvents(WebApplication app, EventEndpoints events)
    {
        app.MapPost("/api/events", events.CreateAsync).Require(Right.Organise)
            .Describe("Events", "Makes an event", ManageExamples.NewEvent, ManageExamples.Event, 201, [400, 409, 413, 422], more: ManageExamples.EventFields);
        app.MapGet("/api/events", events.ListAsync).Require(Right.Known)
            .Describe("Events", "Lists events; a device sees its own", response: ManageExamples.Events, more: ManageExamples.EventFields);
        app.MapGet("/api/events/{slug}", events.GetAsync).Require(Right.Known)
            .Describe("Events", "Reads an event", response: ManageExamples.Event, errors: [404], more: ManageExamples.EventFields);
        app.MapMethods("/api/events/{slug}", [HttpMethods.Patch], events.ChangeAsync).Require(Right.Organise)
            .Describe("Events", "Changes an event", """{"capacity":120}""", ManageExamples.ChangedEvent, 200, [400, 404, 409, 413, 422],
                text: "What is left out stays as it is; null clears what may be absent. `gates` and `ticket_types` replace the whole list. The gates go by the change when it is answered: a lower capacity refuses entries from the next scan and removes nobody.", more: ManageExamples.EventFields);
        app.MapPost("/api/events/{slug}/duplicate", events.DuplicateAsync).Require(Right.Organise)
            .Describe("Events", "Makes another event like this one", """{"slug":"club-2","name":"Club night II"}""", ManageExamples.CopiedEvent, 201, [400, 404, 409, 413, 422],
                text: "Settings, gates and types of ticket are copied; tickets, devices, scans and opening hours are not. What the body names is as the body says.", more: ManageExamples.EventFields);
        app.MapPost("/api/events/{slug}/close-day", EventEndpoints.CloseDayAsync).Require(Right.Organise)
            .Describe("Events", "Closes the day: every open stay ends", """{"at":"2025-10-01T04:00"}""", ManageExamples.Closed, 200, [400, 404, 409, 413, 422],
                text: "`at` is on the clock of the event's zone; without it, now. A time still to come is cut back to now. A real exit that comes to light later takes the closing's place.", more: notes => notes with { Requests = [notes.Requests[0] with { IsOptional = true }] });
        app.MapPost("/api/events/{slug}/archive", events.ArchiveAsync).Require(Right.Organise)
            .Describe("Events", "Puts an event away: its log stays, and takes no more scans", response: ManageExamples.ArchivedEvent, errors: [404], more: ManageExamples.EventFields);
        app.MapPost("/api/events/{slug}/unarchive", events.UnarchiveAsync).Require(Right.Organise)
            .Describe("Events", "Takes an archived event up again", response: ManageExamples.ChangedEvent, errors: [404], more: ManageExamples.EventFields);
    }

    private static void MapTickets(WebApplication app)
    {
        var change = app.Services.GetRequiredService<TicketEndpoints>();
        app.MapPost("/api/events/{slug}/tickets", app.Services.GetRequiredService<RegisterImport>().AnswerAsync).Require(Right.Organise)
            .Describe("Tickets", "Takes a register in", ManageExamples.Register, ManageExamples.Imported, 200, [400, 404],
                text: "A JSON list, NDJSON or CSV with a header row, compressed or not, of any size. New tickets are made, known ones changed; fields that are absent, empty or null stay as they are. A ticket type that is not known yet is made. A row that cannot be read costs no other; the first 1,000 are told.",
                more: notes => notes with { Requests = [.. notes.Requests, new(ManageExamples.RegisterLines, "application/x-ndjson"), new(ManageExamples.RegisterRows, "text/csv")], Fields = ManageExamples.TicketMeanings });
        app.MapGet("/api/events/{slug}/tickets", app.Services.GetRequiredService<TicketExport>().AnswerAsync).Require(Right.Known)
            .Describe("Tickets", "Exports the register", response: ManageExamples.ExportedRegister, errors: [404],
                text: "As JSON, or as NDJSON or CSV where `Accept` says so. For supervisors, and for devices with the scope `register`; whose a ticket is (`user_id`) only organisers are told.", more: notes => notes with { Fields = ManageExamples.TicketMeanings });
        var patch = (string[])[HttpMethods.Patch];
        app.MapMethods("/api/tickets/{ticket_id}", patch, change.ChangeAsync).Require(Right.Organise)
            .Describe("Tickets", "Changes a ticket", """{"status":"revoked"}""", ManageExamples.RevokedTicket, 200, [400, 404, 413, 422], [QueryNotes.Event],
                "What is left out stays as it is; null clears. It holds from the next scan. Whoever is inside stays counted, and can leave.", more: notes => notes with { Fields = ManageExamples.TicketMeanings });
        app.MapMethods("/api/tickets", patch, change.ChangeAsync).Require(Right.Organise)
            .Describe("Tickets", "Changes a ticket whose id does not fit into a path", """{"status":"valid"}""", ManageExamples.ValidTicket, 200, [400, 404, 413, 422], [QueryNotes.Event, new("ticket_id", "The ticket.", "T00001")],
                more: notes => notes with { Fields = ManageExamples.TicketMeanings });
    }

    private static void MapDevices(WebApplication app, DeviceEndpoints devices)
    {
        app.MapPost("/api/events/{slug}/devices", devices.CreateAsync).Require(Right.Organise)
            .Describe("Devices", "Makes a device and its token", ManageExamples.NewDevice, ManageExamples.DeviceWithToken, 201, [400, 404, 409, 413, 422],
                text: "The token is shown this once. Device ids are unique on a server; one that was taken away may be made again.", more: notes => notes with { Fields = ManageExamples.DeviceMeanings });
        app.MapGet("/api/events/{slug}/devices", devices.ListAsync).Require(Right.Organise)
            .Describe("Devices", "Lists the devices of an event", response: ManageExamples.Devices, errors: [404], more: notes => notes with { Fields = ManageExamples.DeviceMeanings });
        app.MapPost("/api/events/{slug}/devices/{device_id}/rotate", devices.RotateAsync).Require(Right.Organise)
            .Describe("Devices", "Gives a device a new token; the old one ends at once", response: ManageExamples.DeviceWithToken, errors: [404], more: notes => notes with { Fields = ManageExamples.DeviceMeanings });
        app.MapMethods("/api/events/{slug}/devices/{device_id}", [HttpMethods.Patch], devices.ChangeAsync).Require(Right.Organise)
            .Describe("Devices", "Changes what a device is set to", """{"gate":"A","validate_only":false,"degraded_mode":"open"}""", ManageExamples.DeviceWithToken, 200, [400, 404, 413, 422],
                text: "What is left out stays as it is; null clears. The device is told with its next heartbeat, and held to it from its next request on.", more: notes => notes with { Fields = ManageExamples.DeviceMeanings });
        app.MapDelete("/api/events/{slug}/devices/{device_id}", devices.DeleteAsync).Require(Right.Organise)
            .Describe("Devices", "Takes a device away; its token ends at once", status: 204, errors: [404]);
    }

    private static void MapAccounts(WebApplication app)
    {
        var tokens = app.Services.GetRequiredService<TokenEndpoints>();
        var accounts = app.Services.GetRequiredService<AccountEndpoints>();
        app.MapPost("/api/tokens", tokens.CreateAsync).Require(Right.Known)
            .Describe("Accounts", "Makes an API token for the caller's account; the owner may name another", """{"name":"Wall display","expires_at":"2035-10-02T06:00"}""", ManageExamples.TokenWithText, 201, [400, 404, 413, 422],
                text: "It carries the account's role, and is shown this once. Times without an offset are UTC.");
        app.MapGet("/api/tokens", tokens.ListAsync).Require(Right.Known)
            .Describe("Accounts", "Lists the caller's API tokens; the owner sees everybody's", response: ManageExamples.Tokens);
        app.MapDelete("/api/tokens/{token_id}", tokens.DeleteAsync).Require(Right.Known)
            .Describe("Accounts", "Ends an API token", status: 204, errors: [404]);
        app.MapPost("/api/accounts", accounts.CreateAsync).Require(Right.Administer)
            .Describe("Accounts", "Makes an account of staff", ManageExamples.NewAccount, ManageExamples.Account, 201, [400, 409, 413, 422],
                text: "Roles, each with the rights of those before it: viewer (counts, log, live feed), steward (scans), supervisor (overrides, looks up, annuls), organiser (events, tickets, devices), owner.");
        app.MapGet("/api/accounts", accounts.ListAsync).Require(Right.Administer)
            .Describe("Accounts", "Lists the accounts of staff", response: ManageExamples.Accounts);
        app.MapMethods("/api/accounts/{email}", [HttpMethods.Patch], accounts.ChangeAsync).Require(Right.Administer)
            .Describe("Accounts", "Changes an account's role or password; its sessions end", """{"role":"supervisor"}""", ManageExamples.ChangedAccount, 200, [400, 404, 409, 413, 422]);
        app.MapDelete("/api/accounts/{email}", accounts.DeleteAsync).Require(Right.Administer)
            .Describe("Accounts", "Ends an account, its sessions and its tokens", status: 204, errors: [404, 409]);
    }
}
