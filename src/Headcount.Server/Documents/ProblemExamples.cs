using System.Text.Json.Nodes;
using Headcount.Server.Problems;
using Microsoft.OpenApi;

namespace Headcount.Server.Documents;

/// <summary>An example of every problem document.</summary>
internal static class ProblemExamples
{
    private static readonly Dictionary<string, string> Meanings = new()
    {
        ["type"] = "A name for the kind of problem.",
        ["title"] = "The kind of problem in few words.",
        ["status"] = "The HTTP status.",
        ["code"] = "The stable code that programs go by.",
        ["error"] = "A sentence for a person: what, where and what to do.",
        ["detail"] = "The same sentence, where RFC 9457 has it.",
        ["errors"] = "Every wrong field with what is wrong with it.",
        ["trace_id"] = "What the server's own log calls this request.",
    };

    private static readonly Dictionary<int, string> Sentences = new()
    {
        [400] = "The body is not the JSON that is expected here: line 1, byte 17.",
        [401] = "Sign in, or send a valid token: Authorization: Bearer ….",
        [403] = "This caller may not do that.",
        [404] = "There is no event 'clubb'.",
        [406] = "The live feed is a WebSocket, or server-sent events with 'Accept: text/event-stream'. Ask for one of them.",
        [408] = "The request took too long to arrive. Send it again.",
        [409] = "There is an event 'club' already. Choose another slug, or change that one.",
        [413] = "The body is longer than 1048576 bytes.",
        [415] = "The body is of a kind that is not taken here. Send application/json.",
        [422] = "The event cannot be taken: capacity: must be a whole number from 0 to 1000000000.",
        [429] = "Too many requests. Try again later.",
        [500] = "Something went wrong here; it was noted under the trace_id.",
        [503] = "The log cannot be reached now; nothing was counted. Sending it again is safe.",
    };

    public static string NameOf(int status) => $"Problem{status}";

    /// <summary>Puts every problem into the document, for operations to point at.</summary>
    public static void AddTo(OpenApiDocument document)
    {
        foreach (var status in Sentences.Keys)
        {
            var response = new OpenApiResponse
            {
                Description = ProblemCodes.Title(status),
                Content = new Dictionary<string, OpenApiMediaType> { [ProblemAnswers.ContentType] = MediaType(status) },
            };
            if (status is 429 or 503)
                response.Headers = new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = new OpenApiHeader { Description = "After how many seconds to try again.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer } } };
            document.AddComponent<IOpenApiResponse>(NameOf(status), response);
        }
    }

    public static OpenApiMediaType MediaType(int status)
    {
        var code = ProblemCodes.Of(status);
        var json = new JsonObject
        {
            ["type"] = $"urn:headcount:problem:{code}", ["title"] = ProblemCodes.Title(status), ["status"] = status, ["code"] = code, ["error"] = Sentences[status], ["detail"] = Sentences[status],
        };
        if (status == 422) json["errors"] = new JsonObject { ["capacity"] = "must be a whole number from 0 to 1000000000" };
        json["trace_id"] = "0af7651916cd43dd8448eb211c80319c";
        return ExampleSchema.MediaType(json.ToJsonString(), ProblemAnswers.ContentType, Meanings);
    }
}
