using Headcount.Server.Access;
using Headcount.Server.Documents;
using Headcount.Server.Problems;

namespace Headcount.Server.Gate;

/// <summary>The doors by which scans come in, and the log and the tickets as gates and supervisors see them.</summary>
internal static class GateArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Services.AddSingleton<ScanDoor>();
        builder.Services.AddSingleton<BatchDoor>();
        builder.Services.AddSingleton<AnnulDoor>();
        builder.Services.AddSingleton<LogEndpoint>();
        builder.Services.AddSingleton<TicketHistory>();
        builder.Services.AddSingleton<TicketQuestions>();
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
        var services = app.Services;
        MapScans(app, services);
        MapTickets(app, services.GetRequiredService<TicketQuestions>());
    }

    private static void MapScans(WebApplication app, IServiceProvider services)
    {
        app.MapPost("/api/scans", services.GetRequiredService<ScanDoor>().InvokeAsync).Require(Right.Scan).WithMetadata(MeteredAsScans.Mark, AnswersForItself.Mark)
            .Describe("Scans", "Hands in a scan", GateExamples.Scan, GateExamples.Accepted, 200, [400, 404, 408, 409, 413, 415, 422], [QueryNotes.Event],
                "Decided now, or with `decided` a fact that a device decided. What the body leaves out is filled in from the device. The answer comes after it is on disk; the same scan sent again gets the same answer.", more: GateExamples.WithRefusal);
        app.MapPost("/api/scans/batch", services.GetRequiredService<BatchDoor>().InvokeAsync).Require(Right.Scan)
            .Describe("Scans", "Hands in what devices decided offline", GateExamples.Batch, GateExamples.BatchDone, 200, [400, 404, 409, 413, 415],
                [QueryNotes.Event, new QueryNote("results", "`all` lists every element, not only those that are not plainly recorded.", "all")],
                "Up to 10,000 scans in a list, or any number as lines (NDJSON), which are committed in chunks. One that is wrong costs no other. When it breaks off, what was recorded stays; sending the whole again completes it.", more: GateExamples.WithLines);
        app.MapPost("/api/scans/{seq}/annul", services.GetRequiredService<AnnulDoor>().InvokeAsync).Require(Right.Scan)
            .Describe("Scans", "Takes a scan back", """{"reason":"The turnstile did not turn"}""", GateExamples.Annulled, 200, [400, 404, 409, 413, 415, 422], [QueryNotes.Event],
                "By the device that made it, within a minute; by a supervisor, at any time.");
        app.MapGet("/api/scans", services.GetRequiredService<LogEndpoint>().InvokeAsync).Require(Right.ReadCounts)
            .Describe("Scans", "Streams the log", response: GateExamples.Log, errors: [404, 422], query:
            [
                QueryNotes.Event,
                new QueryNote("date", "Only this day, in the event's zone: instead of `from` and `to`."),
                new QueryNote("from", "Only what counts then or later.", "2025-09-30T18:00"),
                new QueryNote("to", "Only what counts before.", "2025-09-30T23:00"),
                new QueryNote("gate", "Only this gate.", "A"),
                new QueryNote("ticket_type", "Only this type; `unknown` for tickets without one.", "VIP"),
                new QueryNote("outcome", "Only these, parted by commas: accepted, rejected, recorded, annulled, closed.", "accepted"),
                new QueryNote("since_seq", "Only later records.", "0"),
            ],
            text: "In order of `seq`: a JSON list, or a line for each record where `Accept` is `application/x-ndjson`. Every reading command of the command line takes it. An annulment goes with the scan that it takes back; a closing goes with every gate and type.");
    }

    private static void MapTickets(WebApplication app, TicketQuestions tickets)
    {
        foreach (var (path, query) in ((string, QueryNote[])[])[("/api/tickets", [QueryNotes.Event, GateExamples.TicketId]), ("/api/tickets/{ticket_id}", [QueryNotes.Event])])
        {
            app.MapGet(path, TicketQuestions.FindAsync).Require(Right.Supervise)
                .Describe("Tickets", "Looks a ticket up", response: GateExamples.Ticket, errors: [404, 422], query: query);
        }

        var byName = new QueryNote("ticket_id", "The ticket, whatever the path says: for ids that cannot stand in a path (`.`, `..`).");
        app.MapGet("/api/tickets/{ticket_id}/scans", tickets.HistoryAsync).Require(Right.Supervise)
            .Describe("Tickets", "Tells what the log has on a ticket", response: GateExamples.Log, errors: [404, 422], query: [QueryNotes.Event, byName], text: "The latest 1,000 records, in order of `seq`; lines where `Accept` is `application/x-ndjson`.");
        app.MapGet("/api/tickets/{ticket_id}/validate", tickets.ValidateAsync).Require(Right.Scan)
            .Describe("Tickets", "Says whether a ticket would open a gate now, were there room", response: GateExamples.Validity, errors: [404, 422],
                query: [QueryNotes.Event, byName, new QueryNote("gate", "The gate; without it the device's, or one that the ticket can open.", "A")], text: "Nothing changes.");
    }
}
