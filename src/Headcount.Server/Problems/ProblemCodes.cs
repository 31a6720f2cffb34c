namespace Headcount.Server.Problems;

/// <summary>The stable codes of problems that do not come from one area alone, and the titles of all by their status.</summary>
public static class ProblemCodes
{
    public const string Unreadable = "unreadable";
    public const string Unauthenticated = "unauthenticated";
    public const string Forbidden = "forbidden";
    public const string NotFound = "not_found";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string NotAcceptable = "not_acceptable";
    public const string Timeout = "timeout";
    public const string Conflict = "conflict";
    public const string Archived = "archived";
    public const string TooLarge = "too_large";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string Malformed = "malformed";
    public const string TooManyRequests = "too_many_requests";
    public const string Internal = "internal";
    public const string Busy = "busy";
    public const string Unavailable = "unavailable";
    public const string UnknownDevice = "unknown_device";

    /// <summary>The code of a status that says all there is to say.</summary>
    internal static string Of(int status) => status switch
    {
        400 => Unreadable,
        401 => Unauthenticated,
        403 => Forbidden,
        404 => NotFound,
        405 => MethodNotAllowed,
        406 => NotAcceptable,
        408 => Timeout,
        409 => Conflict,
        413 => TooLarge,
        415 => UnsupportedMediaType,
        422 => Malformed,
        429 => TooManyRequests,
        503 => Unavailable,
        >= 500 => Internal,
        _ => "refused",
    };

    /// <summary>What a status means, in few words.</summary>
    internal static string Title(int status) => status switch
    {
        400 => "Unreadable request",
        401 => "Not signed in",
        403 => "Not allowed",
        404 => "Not found",
        405 => "Method not allowed",
        406 => "Not in that form",
        408 => "The request took too long",
        409 => "Conflict",
        413 => "Too large",
        415 => "Unsupported media type",
        422 => "Malformed request",
        429 => "Too many requests",
        503 => "Not available now",
        >= 500 => "Something went wrong here",
        _ => "Refused",
    };

    /// <summary>A sentence for a person, where nothing more is known than the status.</summary>
    internal static string Sentence(HttpContext context) => context.Response.StatusCode switch
    {
        400 => "The request could not be read.",
        401 => "Sign in, or send a valid token: Authorization: Bearer ….",
        403 => "This caller may not do that.",
        404 => $"There is nothing at {Shorten(context.Request.Path.Value)}; /docs lists what there is.",
        405 => $"{Shorten(context.Request.Method)} is not possible here; the Allow header says what is.",
        406 => "The answer cannot be given in any form that the Accept header names.",
        408 => "The request took too long to arrive. Send it again.",
        411 => "The request must say how long its body is.",
        413 => "The request is too large.",
        415 => "The body is of a kind that is not taken here. Send application/json.",
        429 => "Too many requests. Try again later.",
        503 => "Not available now. Try again later.",
        >= 500 => "Something went wrong here; it was noted under the trace_id.",
        _ => "The request was refused.",
    };

    private static string Shorten(string? text) => text is null ? "" : text.Length <= 100 ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[99]) ? 99 : 100), "…");
}
