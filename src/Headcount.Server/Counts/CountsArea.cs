using Headcount.Server.Access;
using Headcount.Server.Documents;

namespace Headcount.Server.Counts;

/// <summary>The area's services and endpoints.</summary>
internal static class CountsArea
{
    private static readonly QueryNote From = new("from", "From this time on; without an offset, on the clock of the event's zone.", "2025-09-30T18:00");
    private static readonly QueryNote To = new("to", "Up to this time.", "2035-10-01T04:00");

    public static void Add(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Services.AddSingleton<OccupancyEndpoints>();
    }

    public static void Map(WebApplication app, ServerOptions options)
    {
        var occupancy = app.Services.GetRequiredService<OccupancyEndpoints>();
        app.MapGet("/api/occupancy/current", occupancy.CurrentAsync).Require(Right.ReadCounts)
            .Describe("Counts", "How many are inside now", response: CountsExamples.Current, errors: [404, 422],
                query: [QueryNotes.Event, new("gate", "Only those who came in there.", "A"), new("ticket_type", "Only those with tickets of this type.", "VIP")],
                text: "With `gate` or `ticket_type`: how many of those are inside, beside the capacity of the whole event; `theoretical`, `entries`, `exits` and `first_entries` are of the whole and left out then.", more: CountsExamples.Fields);
        app.MapGet("/api/occupancy/by-gate", OccupancyEndpoints.ByGateAsync).Require(Right.ReadCounts)
            .Describe("Counts", "Who is inside by the gate they came in at, and what passed there", response: CountsExamples.ByGate, errors: [404, 422], query: [QueryNotes.Event], more: CountsExamples.Fields);
        app.MapGet("/api/occupancy/by-ticket-type", OccupancyEndpoints.ByTicketTypeAsync).Require(Right.ReadCounts)
            .Describe("Counts", "Who is inside by the type their ticket had when they came in", response: CountsExamples.ByTicketType, errors: [404, 422], query: [QueryNotes.Event], more: CountsExamples.Fields);
        app.MapGet("/api/occupancy", occupancy.AtAsync).Require(Right.ReadCounts)
            .Describe("Counts", "How many were inside at any time", response: CountsExamples.At, errors: [404, 422],
                query: [QueryNotes.Event, new("at", "The time asked about; absent = `as_of`, or now.", "2035-09-30T21:30"), new("as_of", "As the log stood at this time; absent = with all that is known now.", "2035-10-01T03:00")], more: CountsExamples.Fields);
        app.MapGet("/api/occupancy/timeline", TimelineEndpoint.AnswerAsync).Require(Right.ReadCounts)
            .Describe("Counts", "The curve of the day", response: CountsExamples.Timeline, errors: [404, 422], query: [QueryNotes.Event, From, To, new("step", "The time between two points: 30s, 15m (the default), 1h, PT15M.", "1d")],
                text: "Points lie every step, reckoned from midnight of the first scan's day; `entries` and `exits` are since the point before. The peak is of the range.", more: CountsExamples.Fields);
        app.MapGet("/api/anomalies", AnomaliesEndpoint.AnswerAsync).Require(Right.ReadCounts)
            .Describe("Counts", "Which scans are not right", response: CountsExamples.Anomalies, errors: [404, 422],
                query: [QueryNotes.Event, new("kind", "These kinds only, parted by commas: unknown_ticket, duplicate_entry, exit_without_entry, rapid_reentry.", "exit_without_entry,duplicate_entry"), From, To, new("cursor", "Goes on where an answer with this `cursor` ended.")],
                text: "In counted order, a page at a time; `cursor` is null on the last page.", more: CountsExamples.Fields);
        app.MapGet("/api/gates", occupancy.GatesAsync).Require(Right.ReadCounts)
            .Describe("Counts", "What passes at each gate, and when it was last heard of", response: CountsExamples.Gates, errors: [404, 422], query: [QueryNotes.Event], more: CountsExamples.Fields);
    }
}
