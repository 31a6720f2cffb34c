using System.Net;

namespace Headcount.Client;

/// <summary>The server answered with a problem (RFC 9457). The message is its sentence for a person.</summary>
public sealed class HeadcountProblemException : Exception
{
    internal HeadcountProblemException(HttpStatusCode status, Problem? problem, TimeSpan? retryAfter)
        : base(problem?.Error ?? $"The server answered {(int)status} without saying why.")
    {
        Status = status;
        Code = problem?.Code ?? "";
        Errors = problem?.Errors ?? new Dictionary<string, string>();
        TraceId = problem?.TraceId;
        RetryAfter = retryAfter;
    }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>The stable code: <c>unauthenticated</c>, <c>not_found</c>, <c>malformed</c> and so on; empty where the answer was none of a Headcount server.</summary>
    public string Code { get; }

    /// <summary>Every wrong field with what is wrong with it; empty where it is not about fields.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; }

    /// <summary>What the server's own log calls the request; null where it did not say.</summary>
    public string? TraceId { get; }

    /// <summary>After how long the server says to try again; null where it did not say.</summary>
    public TimeSpan? RetryAfter { get; }
}
