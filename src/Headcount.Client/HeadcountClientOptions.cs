namespace Headcount.Client;

/// <summary>How a client goes about it. Immutable.</summary>
public sealed record HeadcountClientOptions
{
    /// <summary>The event that requests are about, by its slug, for callers that are not bound to one (API tokens); null = the device's, or the server's only one.</summary>
    public string? Event { get; init; }

    /// <summary>How often something that was busy or not available is tried again, where that is safe; 0 = never.</summary>
    public int Retries { get; init; } = 6;

    /// <summary>How long to wait before the first retry; it doubles with each. What the server says (<c>Retry-After</c>) comes first.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest that is ever waited before a retry, whatever the server says.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an answer may take to begin; then the link counts as broken (<see cref="HttpRequestException"/>), and what is safe to send twice is sent again.</summary>
    /// <remarks>What is handed in as a stream takes as long as it takes. An <see cref="HttpClient"/> of yours has a <see cref="HttpClient.Timeout"/> of its own beside this, for streams too.</remarks>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>The clock that waiting before a retry goes by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
