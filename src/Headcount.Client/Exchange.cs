using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Headcount.Client;

/// <summary>Sends requests and reads answers; tries again what is busy or not available, where sending twice changes nothing.</summary>
internal sealed class Exchange(HttpClient http, HeadcountClientOptions options)
{
    private const int MostOfAProblem = 1024 * 1024;

    /// <summary>Asks for something.</summary>
    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), isRepeatable: true, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, type, cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks for something that may not be there; then null.</summary>
    public async Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) where T : class
    {
        try
        {
            return await GetAsync(path, type, cancellation).ConfigureAwait(false);
        }
        catch (HeadcountProblemException problem) when (problem.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Sends something and reads the answer.</summary>
    public async Task<T> SendAsync<T>(HttpMethod method, string path, Func<HttpContent?> content, JsonTypeInfo<T> type, bool isRepeatable, CancellationToken cancellation)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(method, path) { Content = content() }, isRepeatable, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, type, cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends a request, anew for each try.</summary>
    /// <exception cref="HeadcountProblemException">The answer is no success, and none that the caller asked to see.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> makeRequest, bool isRepeatable, CancellationToken cancellation, params HttpStatusCode[] wanted)
    {
        for (var attempt = 0; ; attempt++)
        {
            var delay = BackOff(attempt);
            var isLast = !isRepeatable || attempt >= options.Retries;
            try
            {
                using var request = makeRequest();
                var response = await AwaitAnswerAsync(request, cancellation).ConfigureAwait(false);
                if (response.IsSuccessStatusCode || wanted.Contains(response.StatusCode)) return response;
                using (response)
                {
                    if (isLast || response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests))
                        throw await ProblemOfAsync(response, cancellation).ConfigureAwait(false);
                    delay = RetryAfter(response) ?? delay;
                }
            }
            catch (HttpRequestException) when (!isLast)
            {
                // The link broke, perhaps after the server took it: sending it again is safe.
            }

            await WaitAsync(delay, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<HttpResponseMessage> AwaitAnswerAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (request.Content is not StreamedBody) patience.CancelAfter(options.Patience);
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException end) when (!cancellation.IsCancellationRequested)
        {
            // Neither did the caller give up, nor did the link break: nothing came. To the caller that is a link that broke.
            throw new HttpRequestException("The server did not answer in time.", end);
        }
    }

    /// <summary>Waits before the next try, longer with each.</summary>
    public Task PauseAsync(int attempt, CancellationToken cancellation) => WaitAsync(BackOff(attempt), cancellation);

    /// <summary>Reads an answer whole.</summary>
    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                return await JsonSerializer.DeserializeAsync(stream, type, cancellation).ConfigureAwait(false) ?? throw NotOurs(response, null);
            }
            catch (JsonException problem)
            {
                throw NotOurs(response, problem);
            }
        }
    }

    /// <summary>The problem that an answer tells of.</summary>
    public static async Task<HeadcountProblemException> ProblemOfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        Problem? problem = null;
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                var bytes = new byte[Math.Clamp(response.Content.Headers.ContentLength ?? MostOfAProblem, 0, MostOfAProblem)];
                var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
                problem = JsonSerializer.Deserialize(bytes.AsSpan(0, length), WireContext.Default.Problem);
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or HttpRequestException)
        {
            // Something between here and the server answered, in words of its own.
        }

        return new HeadcountProblemException(response.StatusCode, problem, RetryAfter(response));
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta;

    private static HttpRequestException NotOurs(HttpResponseMessage response, Exception? problem) => new(
        $"{response.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Path)} answered {(int)response.StatusCode} with something that is not what a Headcount server says.", problem, response.StatusCode);

    private Task WaitAsync(TimeSpan delay, CancellationToken cancellation) =>
        Task.Delay(delay < options.LongestDelay ? delay : options.LongestDelay, options.Time, cancellation);

    // Half of it by chance, so that gates that lost the server together do not come back together.
    private TimeSpan BackOff(int attempt)
    {
        var whole = options.FirstDelay.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 16));
        return TimeSpan.FromMilliseconds(whole / 2 + whole / 2 * RandomNumberGenerator.GetInt32(1001) / 1000);
    }
}
