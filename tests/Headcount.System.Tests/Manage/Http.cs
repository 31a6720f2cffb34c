using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Headcount.SystemTests.Manage;

/// <summary>Requests and answers in few words.</summary>
internal static class Http
{
    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static HttpContent Json(string text) => new StringContent(text, Encoding.UTF8, "application/json");

    public static HttpContent Body(string text, string type) => new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue(type));

    /// <summary>Sends, expects a status, and gives the JSON that came.</summary>
    public static async Task<JsonElement> SendAsync(this HttpClient client, HttpMethod method, string path, HttpContent? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        using var response = await client.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == expected, $"{method} {path} answered {(int)response.StatusCode} instead of {(int)expected}: {text}");
        if (text.Length == 0) return default;
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }

    public static Task<JsonElement> GetJsonAsync(this HttpClient client, string path, HttpStatusCode expected = HttpStatusCode.OK) => client.SendAsync(HttpMethod.Get, path, null, expected);

    public static Task<JsonElement> PostJsonAsync(this HttpClient client, string path, object? body, HttpStatusCode expected = HttpStatusCode.OK) =>
        client.SendAsync(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body), expected);

    public static Task<JsonElement> PatchJsonAsync(this HttpClient client, string path, object body, HttpStatusCode expected = HttpStatusCode.OK) =>
        client.SendAsync(HttpMethod.Patch, path, body as HttpContent ?? JsonContent.Create(body), expected);

    public static string? Text(this JsonElement json, string name) => json.GetProperty(name).GetString();

    public static long Number(this JsonElement json, string name) => json.GetProperty(name).GetInt64();

    /// <summary>One scan, now; gives the answer whatever its status.</summary>
    public static async Task<JsonElement> ScanAsync(this HttpClient device, string ticket, string gate = "A", string type = "entry", string? at = null)
    {
        using var response = await device.PostAsJsonAsync("/api/scans", new { ticket_id = ticket, gate, scan_type = type, timestamp = at ?? TimeProvider.System.GetUtcNow().ToString("O") }, Cancellation);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }
}
