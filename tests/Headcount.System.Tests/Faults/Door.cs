using System.Net.Http.Headers;
using System.Text;

namespace Headcount.SystemTests.Faults;

/// <summary>The connections to a server's doors, as gates keep them.</summary>
internal sealed class Door(Uri address, FaultVenue venue) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Sends a scan; null where the connection ended without an answer.</summary>
    public Task<Reply?> ScanAsync(SentScan scan) => PostAsync("api/scans", scan.Gate, scan.Body, "application/json");

    public Task<Reply?> BatchAsync(int gate, string lines) => PostAsync("api/scans/batch", gate, lines, "application/x-ndjson");

    public Task<Reply?> PostAsync(string path, int gate, string body, string type) => SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, type) }, venue.Tokens[gate]);

    public Task<Reply?> GetAsync(string path, string? token = null) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path), token);

    public async Task<Reply?> SendAsync(HttpRequestMessage request, string? token)
    {
        using (request)
        {
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            try
            {
                using var response = await _http.SendAsync(request, Cancellation);
                return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation), response.Headers.RetryAfter?.Delta);
            }
            catch (Exception problem) when (problem is HttpRequestException or IOException)
            {
                return null;
            }
        }
    }

    /// <summary>Asks until it is so.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isSo, TimeSpan? patience = null)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (isSo(answer)) return answer;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < (patience ?? TimeSpan.FromSeconds(30)), $"It did not become so; the last answer was {answer}");
            await timer.WaitForNextTickAsync(Cancellation);
        }
    }

    /// <summary>Waits until the server says how it is: ready, degraded or failing.</summary>
    public Task<Reply?> HealthAsync(string status) => UntilAsync(() => GetAsync("health/ready"), reply => reply?.Text.Contains($"\"status\":\"{status}\"", StringComparison.Ordinal) == true && reply.Json.GetProperty("status").GetString() == status);

    public void Dispose() => _http.Dispose();
}
