using Headcount.Server.Problems;

namespace Headcount.Server.Gate;

/// <summary>What a body may call itself.</summary>
internal static class BodyTypes
{
    /// <summary>The type of an answer that is a line for each record.</summary>
    public const string Lines = "application/x-ndjson; charset=utf-8";

    /// <summary>Whether the caller wants a line for each record instead of a list.</summary>
    public static bool WantsLines(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        return accept.Contains("ndjson", StringComparison.OrdinalIgnoreCase) || accept.Contains("jsonl", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a body says that it is a line for each scan.</summary>
    public static bool IsLines(HttpRequest request) => NameOf(request) is "application/x-ndjson" or "application/ndjson" or "application/jsonl" or "application/x-jsonlines" or "application/json-lines";

    /// <summary>Refuses what cannot be JSON by its own words. Nothing, plain text, and the form that <c>curl -d</c> claims to send are looked into.</summary>
    public static void RequireJson(HttpRequest request)
    {
        RequirePlain(request);

        // Compared as it nearly always is, before it is taken apart.
        if (request.ContentType is null or "application/json" or "application/json; charset=utf-8") return;
        var name = NameOf(request);
        if (name is "" or "application/json" or "text/json" or "text/plain" or "application/x-www-form-urlencoded" || name.EndsWith("+json", StringComparison.Ordinal)) return;
        throw new ProblemException(415, ProblemCodes.UnsupportedMediaType, $"A body of type {(name.Length <= 80 ? name : name[..80])} is not taken here. Send application/json.");
    }

    /// <summary>Refuses a body that is compressed: how long it is would not be known before it has been unpacked.</summary>
    public static void RequirePlain(HttpRequest request)
    {
        var encoding = request.Headers.ContentEncoding;
        if (encoding.Count == 0 || encoding is [null or "" or "identity"]) return;
        request.HttpContext.Response.Headers.AcceptEncoding = "identity";
        throw new ProblemException(415, ProblemCodes.UnsupportedMediaType, $"A body with Content-Encoding: {Manage.Names.Excerpt(encoding.ToString())} is not taken here. Send it as it is, without that header; a long one in parts, or as lines (application/x-ndjson).");
    }

    private static string NameOf(HttpRequest request)
    {
        var type = request.ContentType.AsSpan();
        var end = type.IndexOf(';');
        return (end < 0 ? type : type[..end]).Trim().ToString().ToLowerInvariant();
    }
}
