using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Headcount.Server.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Headcount.SystemTests.Live;

/// <summary>Who may watch, and how it ends.</summary>
public sealed class WelcomeTests
{
    [Fact]
    public async Task a_revoked_token_ends_what_it_watches()
    {
        await using var venue = await LiveVenue.OpenAsync();
        using var device = await venue.Server.CreateDeviceAsync("club", "board", scopes: ["counts"]);
        await using var watcher = await LiveWatcher.ConnectAsync(venue.Server, token: device.DefaultRequestHeaders.Authorization!.Parameter);
        await using var other = await LiveWatcher.ConnectAsync(venue.Server);
        await watcher.UntilAsync("snapshot");
        (await venue.Server.Owner.DeleteAsync("/api/events/club/devices/board", LiveWatcher.Cancellation)).EnsureSuccessStatusCode();
        await watcher.UntilClosedAsync();
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, watcher.CloseStatus);

        // And nobody else's.
        await venue.EnterAsync(1, 1);
        await other.UntilSeqAsync(1);
    }

    [Fact]
    public async Task a_server_that_stops_says_goodbye()
    {
        await using var venue = await LiveVenue.OpenAsync();
        await using var watcher = await LiveWatcher.ConnectAsync(venue.Server);
        await watcher.UntilAsync("snapshot");
        var stopping = venue.Server.StopAsync();
        await watcher.UntilClosedAsync();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, watcher.CloseStatus);
        await watcher.DisposeAsync();
        await stopping;
    }

    [Fact]
    public async Task a_one_time_ticket_opens_one_connection()
    {
        await using var venue = await LiveVenue.OpenAsync();
        var answer = await (await venue.Server.Owner.PostAsync("/api/live/tickets", null, LiveWatcher.Cancellation)).Content.ReadFromJsonAsync<JsonElement>(LiveWatcher.Cancellation);
        var query = "ticket=" + Uri.EscapeDataString(answer.Text("ticket")!);
        await using var watcher = await LiveWatcher.ConnectWithoutTokenAsync(venue.Server, query);
        await watcher.UntilAsync("snapshot");
        await Assert.ThrowsAsync<WebSocketException>(() => LiveWatcher.ConnectWithoutTokenAsync(venue.Server, query));
    }

    [Fact]
    public async Task who_has_no_token_or_may_not_read_counts_is_refused()
    {
        await using var venue = await LiveVenue.OpenAsync();
        using var nobody = new HttpClient { BaseAddress = venue.Server.Address };
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(nobody, "")).Status);
        using var device = await venue.Server.CreateDeviceAsync("club", "gate", scopes: []);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(device, "")).Status);
    }

    [Fact]
    public async Task what_cannot_be_read_is_told_field_by_field()
    {
        await using var venue = await LiveVenue.OpenAsync();
        var (status, body) = await AskAsync(venue.Server.Owner, "?since=yesterday&scans=maybe");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(["scans", "since"], body.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(venue.Server.Owner, "?event=nothing")).Status);
        (status, body) = await AskAsync(venue.Server.Owner, "", accept: "application/json");
        Assert.Equal((HttpStatusCode.NotAcceptable, true), (status, body.Text("error")!.Contains("text/event-stream", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task more_watchers_than_may_are_told_to_come_back_later()
    {
        await using var venue = await LiveVenue.OpenAsync();
        var feed = venue.Server.Services.GetRequiredService<LiveFeed>();
        var most = venue.Server.Services.GetRequiredService<LiveLimits>().MostWatchers;
        var watches = Enumerable.Range(0, most).Select(_ => feed.TryWatch(venue.Mailbox, null, false, () => true)!).ToList();
        var (status, body) = await AskAsync(venue.Server.Owner, "");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "busy"), (status, body.Text("code")));
        watches.ForEach(watch => watch.Dispose());
        Assert.Equal(0, feed.Watching);
        await using var watcher = await LiveWatcher.ConnectAsync(venue.Server);
        await watcher.UntilAsync("snapshot");
    }

    [Fact]
    public async Task who_talks_too_much_is_cut_off()
    {
        await using var venue = await LiveVenue.OpenAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + venue.Server.OwnerToken);
        await socket.ConnectAsync(new UriBuilder(venue.Server.Address) { Scheme = "ws", Path = "/api/live" }.Uri, LiveWatcher.Cancellation);
        await socket.SendAsync(new byte[100_000], WebSocketMessageType.Binary, true, LiveWatcher.Cancellation);
        var buffer = new byte[1_000_000];
        WebSocketReceiveResult? last = null;
        try
        {
            while (last?.MessageType != WebSocketMessageType.Close) last = await socket.ReceiveAsync(buffer, LiveWatcher.Cancellation);
        }
        catch (WebSocketException)
        {
            // Cut off without a farewell: it would not have read it.
        }

        Assert.NotEqual(WebSocketState.Open, socket.State);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(HttpClient client, string query, string accept = "text/event-stream")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/live" + query);
        request.Headers.Add("Accept", accept);
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, LiveWatcher.Cancellation);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(LiveWatcher.Cancellation));
    }
}
