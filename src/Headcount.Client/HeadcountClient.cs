using System.Net.Http.Headers;

namespace Headcount.Client;

/// <summary>A Headcount server, for programs: gates hand in scans, screens read counts, offices change events and tickets.</summary>
/// <remarks>
/// Any thread; make one and keep it. A refused scan is a result, not an exception: <see cref="ScanAsync"/> says what the gate is to do. Everything else that is
/// not a success throws <see cref="HeadcountProblemException"/>, and a server that cannot be reached <see cref="HttpRequestException"/>.
/// What is busy or not available now (429, 503) is tried again as <see cref="HeadcountClientOptions"/> say, but only where sending twice changes nothing: reading, and
/// scans that carry a <see cref="NewScan.ScanId"/>.
/// </remarks>
public sealed partial class HeadcountClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;
    private readonly HeadcountClientOptions _options;
    private readonly Exchange _exchange;

    /// <summary>A client for the server at an address, speaking with a token.</summary>
    /// <param name="address">The server's address, <c>https://gates.example.org</c> for example; a path in it is kept.</param>
    /// <param name="token">The device or API token.</param>
    /// <param name="options">How it goes about it; null = the defaults.</param>
    public HeadcountClient(Uri address, string token, HeadcountClientOptions? options = null)
        : this(NewHttp(address, token), options, ownsHttp: true)
    {
    }

    /// <summary>A client over an <see cref="HttpClient"/> of yours, which has its <see cref="HttpClient.BaseAddress"/> and its token set, and which you dispose.</summary>
    /// <exception cref="ArgumentException">It has no base address.</exception>
    public HeadcountClient(HttpClient http, HeadcountClientOptions? options = null)
        : this(http, options, ownsHttp: false)
    {
    }

    private HeadcountClient(HttpClient http, HeadcountClientOptions? options, bool ownsHttp)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (http.BaseAddress is null) throw new ArgumentException("The HttpClient needs a base address: where the server is.", nameof(http));
        (_http, _ownsHttp, _options) = (http, ownsHttp, options ?? new HeadcountClientOptions());
        _exchange = new Exchange(http, _options);
    }

    /// <summary>Where the server is.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsHttp) _http.Dispose();
    }

    private static HttpClient NewHttp(Uri address, string token)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentException.ThrowIfNullOrWhiteSpace(token);

        // A path is a folder: without its last slash, its last part would be cut off.
        var http = new HttpClient { BaseAddress = address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/"), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        return http;
    }
}
