namespace Headcount.Benchmarks.Serving;

/// <summary>Something that takes scans: Headcount, or what it is compared with.</summary>
internal abstract class Service(string name, ChildProgram program, Uri address) : IAsyncDisposable
{
    /// <summary>What the table calls it.</summary>
    public string Name => name;

    public Uri Address => address;

    public ChildProgram Program => program;

    /// <summary>The devices that may send it scans.</summary>
    public IReadOnlyList<DeviceToken> Devices { get; protected init; } = [];

    /// <summary>Where the crowd goes on: what the last run of <c>scans.lua</c> printed.</summary>
    public string Positions { get; set; } = "0";

    /// <summary>Looks whether a run's answers were right; returns what was wrong.</summary>
    public virtual Task<IReadOnlyList<string>> CheckAsync(Answered answered, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<string>>([]);

    public virtual async ValueTask DisposeAsync() => await program.DisposeAsync();

    protected static HttpClient ClientOf(Uri address, string? token = null)
    {
        var client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(5) };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }
}

/// <summary>What a client of a service heard.</summary>
/// <param name="Accepted">Answers 200.</param>
/// <param name="Refused">Answers that are not 2xx.</param>
/// <param name="Unheard">At most so many more were sent whose answer nobody waited for.</param>
internal readonly record struct Answered(long Accepted, long Refused, int Unheard);
