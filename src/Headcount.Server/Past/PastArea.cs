using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Documents;
using Headcount.Server.Past.Audit;
using Headcount.Server.Past.Evacuation;
using Headcount.Server.Past.Reports;
using Headcount.Server.Past.Review;

namespace Headcount.Server.Past;

/// <summary>What was, and who has to answer for it: roll-calls, reports, the audit log, the log with filters. Its pages are in <c>Office/Pages</c>.</summary>
internal static class PastArea
{
    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Services.AddSingleton<RollCalls>();
        builder.Services.AddSingleton<RunningRollCalls>();
        builder.Services.AddSingleton<IEventListener>(all => all.GetRequiredService<RunningRollCalls>());
        builder.Services.AddSingleton<RollCallEndpoints>();
        builder.Services.AddSingleton<EvacuationPrint>();
        builder.Services.AddSingleton<AuditLog>();
        builder.Services.AddSingleton<AuditEndpoints>();
        builder.Services.AddSingleton<EventReports>();
        builder.Services.AddSingleton<ReportEndpoint>();
        builder.Services.AddSingleton<Reviews>();
        builder.Services.AddSingleton<LogCheck>();
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
        MapRollCalls(app, app.Services.GetRequiredService<RollCallEndpoints>());
        MapAudit(app, app.Services.GetRequiredService<AuditEndpoints>());
        app.MapGet("/api/events/{slug}/report", app.Services.GetRequiredService<ReportEndpoint>().GetAsync).Require(Right.ReadCounts)
            .Describe("Counts", "What happened at an event, in numbers", response: PastExamples.Report, errors: [404, 422],
                query: [new("from", "After this time only.", "2025-09-30T00:00"), new("to", "Up to this time.", "2035-10-01T00:00"), new("step", "The time between two points: 15m, 1h, …; absent = as the length of the range suggests.", "1d"), new("format", "json (the default), csv, xlsx or pdf; files are in the language that is asked for.", "json")],
                text: "Counted from the log in the background, and kept until something happens. The range begins and ends at a point of the curve; an interval has its end, and not its beginning. No name and no ticket is in it.", more: notes => notes with { Fields = PastExamples.ReportMeanings });
        if (options.IsOffice) MapPrints(app);
    }

    private static void MapAudit(WebApplication app, AuditEndpoints audit) => app.MapGet("/api/events/{slug}/audit", audit.GetAsync).Require(Right.Organise)
        .Describe("Audit", "Who changed what at an event, the latest first", response: PastExamples.Audit, errors: [404, 422],
            query: [new("by", "This account or device only."), new("subject", "This kind of thing only: event, gate, ticket_type, ticket, device, token, webhook, roll_call, scan.", "event"), new("action", "This action only."), new("which", "This one only."), new("from", "From this time on.", "2025-09-30T18:00"), new("to", "Before this time.", "2035-10-01T04:00"), new("cursor", "Goes on where an answer with this `cursor` ended."), new("format", "json (the default), csv or xlsx.", "json")],
            text: "Changes, and what was done by hand at the gates: overrides, annulments, closings. As a file: up to 100,000 lines, a row for each field.", more: notes => notes with { Fields = PastExamples.AuditMeanings });

    private static void MapPrints(WebApplication app)
    {
        var list = app.Services.GetRequiredService<EvacuationPrint>();
        app.MapGet("/office/events/{slug}/evacuation/print", list.AnswerAsync).Require(Right.Scan).ExcludeFromDescription();
        app.MapGet("/office/events/{slug}/evacuation/{id}/print", list.AnswerAsync).Require(Right.Supervise).ExcludeFromDescription();
    }

    private static void MapRollCalls(WebApplication app, RollCallEndpoints calls)
    {
        app.MapGet("/api/events/{slug}/roll-call", calls.GetAsync).Require(Right.Scan)
            .Describe("Roll-call", "The roll-call that is under way, with everybody on its list", response: PastExamples.RollCall, errors: [404], text: "`roll_call` is null where none is. For accounts (stewards and above), not for devices.", more: PastExamples.RollCallFields);
        app.MapPost("/api/events/{slug}/roll-call", calls.StartAsync).Require(Right.Supervise)
            .Describe("Roll-call", "Begins a roll-call with everybody who is inside", response: PastExamples.Started, status: 201, errors: [404, 409], more: PastExamples.RollCallFields);
        app.MapPost("/api/events/{slug}/roll-call/marks", calls.MarkAsync).Require(Right.Scan)
            .Describe("Roll-call", "Marks people as safe, or takes that back", """{"ticket_ids":["T00001"],"safe":true}""", PastExamples.Marked, 200, [400, 404, 409, 413, 422],
                text: "Up to 500 at a time. It is answered when it is on disk; a later mark holds in place of an earlier one, and both are kept.", more: PastExamples.RollCallFields);
        app.MapPost("/api/events/{slug}/roll-call/end", calls.EndAsync).Require(Right.Supervise)
            .Describe("Roll-call", "Ends the roll-call", status: 204, errors: [404, 409]);
        app.MapGet("/api/events/{slug}/roll-call/live", calls.FollowAsync).Require(Right.Scan)
            .Describe("Roll-call", "Follows the roll-call as it goes, as server-sent events", errors: [404, 409],
                text: "Each message is the roll-call: the first with everybody, the later ones with whoever changed since. The last one has `ended_at`. Whoever was cut off asks again and has the whole list.",
                more: notes => notes with { Answers = [new AnswerNote(200, "A stream that lasts", PastExamples.Follow, "text/event-stream")] });
    }
}
