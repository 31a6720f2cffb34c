namespace Headcount.Server.Documents;

/// <summary>What the document says of the live feed, which is no plain request.</summary>
internal static class LiveNotes
{
    private const string Stream = """
        retry: 2000

        id: 181
        data: {"type":"snapshot","seq":181,…}

        """;

    public static TBuilder DescribeFeed<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.Describe(
        "Live", "Pushes the picture as it moves", errors: [404, 406, 422],
        query:
        [
            QueryNotes.Event,
            new("scans", "`1`: scans too, bundled, at most ten messages a second."),
            new("since", "Goes on after this `seq` (or `Last-Event-ID`); whoever is too far behind gets a fresh snapshot with `skipped`."),
            new("ticket", "A one-time ticket from `POST /api/live/tickets`, for browsers that cannot send a header."),
        ],
        text: "A WebSocket, or server-sent events where `Accept` is `text/event-stream`. First a `snapshot`, then `occupancy` (at most ten a second; the last state always arrives), `alert`, `anomaly` and `gate`. Every message has the `seq` of the last record it reflects. A slow reader gets the newest state.",
        more: notes => notes with { Answers = [new(200, "Server-sent events", Stream, "text/event-stream"), new(101, "A WebSocket; its messages are the same JSON")] });

    public static TBuilder DescribeTickets<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.Describe(
        "Live", "Makes a one-time ticket for the live feed", response: """{"ticket":"…","expires_in":30}""", text: "It opens one feed with the rights of whoever asked for it, as `?ticket=`.");
}
