namespace Headcount.Server.Documents;

/// <summary>How an endpoint gets into the OpenAPI document: every route under <c>/api</c> must be described, which a test sees to.</summary>
public static class DescribeExtension
{
    /// <summary>Says what an endpoint is for, with examples that the tests send to a real server.</summary>
    /// <param name="endpoint">The endpoint, however it was mapped.</param>
    /// <param name="tag">The chapter it stands in: <c>Scans</c>, <c>Counts</c>, <c>Live</c>, <c>Alerts</c>, <c>Events</c>, …</param>
    /// <param name="summary">What it does, in a few words.</param>
    /// <param name="request">An example of the JSON that is sent; null = nothing is sent.</param>
    /// <param name="response">An example of the JSON that is answered; null = no body.</param>
    /// <param name="status">The status of that answer.</param>
    /// <param name="errors">The statuses of the problem documents it may answer, besides 401, 403, 429 and 503.</param>
    /// <param name="query">What may stand behind the question mark.</param>
    /// <param name="text">More about it.</param>
    /// <param name="isPublic">Whether anybody may call it, without a token.</param>
    /// <param name="more">What else there is: further content types, answers and the meaning of fields.</param>
    public static TBuilder Describe<TBuilder>(
        this TBuilder endpoint, string tag, string summary, string? request = null, string? response = null, int status = 200, int[]? errors = null,
        QueryNote[]? query = null, string? text = null, bool isPublic = false, Func<EndpointNotes, EndpointNotes>? more = null)
        where TBuilder : IEndpointConventionBuilder
    {
        var notes = new EndpointNotes
        {
            Tag = tag, Summary = summary, Text = text, IsPublic = isPublic, Query = query ?? [], Errors = errors ?? [],
            Requests = request is null ? [] : [new BodyNote(request)],
            Answers = [new AnswerNote(status, summary, response)],
        };
        if (more is not null) notes = more(notes);
        endpoint.Add(builder => builder.Metadata.Add(notes));
        return endpoint;
    }
}
