namespace Headcount.Server.Problems;

/// <summary>Somebody's mistake, or a state that the caller must know of: answered as a problem document (RFC 9457) with a stable code and a sentence for a person.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">The stable code, <c>not_found</c> for example.</param>
/// <param name="error">A sentence for a person: what, where and what to do.</param>
/// <param name="errors">Every wrong field with what is wrong with it; null = not about fields.</param>
/// <param name="retryAfterSeconds">After how long to try again; null = not said.</param>
public sealed class ProblemException(int status, string code, string error, IReadOnlyDictionary<string, string>? errors = null, int? retryAfterSeconds = null) : Exception(error)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public IReadOnlyDictionary<string, string>? Errors { get; } = errors;

    public int? RetryAfterSeconds { get; } = retryAfterSeconds;
}
