using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Headcount.Server;
using Headcount.Server.Webhooks;
using Headcount.SystemTests.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Webhooks;

/// <summary>A server whose webhooks may come here and are tried again soon, and what its webhooks are asked.</summary>
internal static class WebhookVenue
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static WebhookLimits Quick => new() { Pace = TimeSpan.FromMilliseconds(20), FirstWait = TimeSpan.FromMilliseconds(50), LongestWait = TimeSpan.FromMilliseconds(200), Timeout = TimeSpan.FromSeconds(5) };

    public static Task<RunningServer> StartAsync(string? folder = null, WebhookLimits? limits = null, bool mayBePrivate = true) => RunningServer.StartAsync(Options(limits, mayBePrivate), folder);

    public static Func<ServerOptions, ServerOptions> Options(WebhookLimits? limits = null, bool mayBePrivate = true) =>
        options => options with { WebhooksMayBePrivate = mayBePrivate, Adjust = builder => builder.Services.AddSingleton(limits ?? Quick) };

    /// <summary>Makes a webhook; its answer, with the secret.</summary>
    public static async Task<JsonElement> SubscribeAsync(this OpenVenue venue, Uri address, params string[] topics)
    {
        var response = await venue.Server.Owner.PostAsJsonAsync($"/api/events/{venue.Slug}/webhooks", new { url = address, topics }, Ended);
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync(Ended));
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ended);
    }

    public static string PathOf(this OpenVenue venue, JsonElement webhook) => $"/api/events/{venue.Slug}/webhooks/{webhook.GetProperty("webhook_id").GetInt64()}";

    public static Task<JsonElement> GetAsync(this OpenVenue venue, string path) => venue.Server.Owner.GetFromJsonAsync<JsonElement>(path, Ended);

    public static async Task<JsonElement> PostAsync(this OpenVenue venue, string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var response = await venue.Server.Owner.PostAsync(path, null, Ended);
        Assert.True(response.StatusCode == expected, await response.Content.ReadAsStringAsync(Ended));
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ended);
    }

    public static async Task<JsonElement> PatchAsync(this OpenVenue venue, string path, object change)
    {
        var response = await venue.Server.Owner.PatchAsJsonAsync(path, change, Ended);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Ended));
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ended);
    }

    /// <summary>Asks again and again until an answer is as it should be.</summary>
    public static async Task<JsonElement> UntilAsync(this OpenVenue venue, string path, Func<JsonElement, bool> isSo)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var answer = await venue.GetAsync(path);
            if (isSo(answer)) return answer;
            Assert.True(await timer.WaitForNextTickAsync(patience.Token), answer.ToString());
        }
    }
}
