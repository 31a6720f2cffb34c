using System.Globalization;
using System.Net.WebSockets;
using Headcount.Server.Access;
using Headcount.Server.Problems;

namespace Headcount.Server.Live;

/// <summary><c>GET /api/live</c>: a WebSocket, or server-sent events.</summary>
internal sealed class LiveEndpoint(LiveFeed feed, LiveLimits limits, IHostApplicationLifetime lifetime)
{
    private const string EventStream = "text/event-stream";

    public async Task WatchAsync(HttpContext context)
    {
        var isSocket = context.WebSockets.IsWebSocketRequest;
        if (!isSocket && !AcceptsEventStream(context.Request))
            throw new ProblemException(406, ProblemCodes.NotAcceptable, "The live feed is a WebSocket, or server-sent events with 'Accept: text/event-stream'. Ask for one of them.");
        var (since, wantsScans) = ReadQuery(context.Request);
        var mailbox = await context.EventAsync();
        using var watch = feed.TryWatch(mailbox, since, wantsScans, Standing.Of(context))
            ?? throw new ProblemException(503, ProblemCodes.Busy, $"{limits.MostWatchers} watch already, which is as many as may. Close some, or try again.", retryAfterSeconds: 30);
        if (isSocket)
            await WatchSocketAsync(context, watch.Watcher);
        else
            await WatchStreamAsync(context, watch.Watcher);
    }

    private async Task WatchSocketAsync(HttpContext context, Watcher watcher)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = limits.PingInterval, KeepAliveTimeout = limits.PingTimeout });
        var connection = new WebSocketConnection(socket, limits);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping, watcher.Unwelcome);
        var listening = EndWhenDoneAsync(connection.ListenAsync(context.RequestAborted), ended);
        await RunAsync(watcher, connection, ended.Token);
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            await connection.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The server is stopping.");
        else if (watcher.Unwelcome.IsCancellationRequested)
            await connection.CloseAsync(WebSocketCloseStatus.PolicyViolation, "The token or session has ended.");
        else
            await connection.CloseAsync(WebSocketCloseStatus.NormalClosure, "");

        // The other side answers the farewell, or is cut off.
        if (await Task.WhenAny(listening, Task.Delay(limits.CloseTimeout, CancellationToken.None)) != listening) socket.Abort();
    }

    private async Task WatchStreamAsync(HttpContext context, Watcher watcher)
    {
        context.Response.ContentType = EventStream;
        context.Response.Headers.CacheControl = "no-store";

        // Proxies that gather answers (nginx) would hold every message back.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        var connection = new EventStreamConnection(context.Response.BodyWriter);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping, watcher.Unwelcome);
        await connection.BeginAsync(ended.Token);
        if (!await RunAsync(watcher, connection, ended.Token) && !context.RequestAborted.IsCancellationRequested) context.Abort();
    }

    /// <summary>Runs until it ends; false where the watcher was cut off for not reading.</summary>
    private static async Task<bool> RunAsync(Watcher watcher, ILiveConnection connection, CancellationToken ended)
    {
        try
        {
            await watcher.RunAsync(connection, ended);
        }
        catch (OperationCanceledException)
        {
            return ended.IsCancellationRequested;
        }
        catch (Exception problem) when (problem is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection is gone.
        }
        catch (Engine.EventClosedException)
        {
            // The server is stopping.
        }

        return true;
    }

    private static async Task EndWhenDoneAsync(Task listening, CancellationTokenSource ended)
    {
        try
        {
            await listening;
        }
        catch (Exception problem) when (problem is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // The connection is gone, or was closed here.
        }

        try
        {
            await ended.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself.
        }
    }

    private static bool AcceptsEventStream(HttpRequest request) => request.Headers.Accept.Any(accept => accept?.Contains(EventStream, StringComparison.OrdinalIgnoreCase) == true);

    private static (long? Since, bool WantsScans) ReadQuery(HttpRequest request)
    {
        var errors = new Dictionary<string, string>();
        var text = request.Query["since"].ToString();
        var field = "since";
        if (text.Length == 0) (text, field) = (request.Headers["Last-Event-ID"].ToString(), "Last-Event-ID");
        var since = -1L;
        if (text.Length > 0 && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out since)) errors[field] = "must be the seq of a message: a whole number, 0 or more";
        var scans = request.Query["scans"].ToString();
        if (scans is not ("" or "0" or "1" or "false" or "true")) errors["scans"] = "must be 1 or 0";
        if (errors.Count > 0) throw new ProblemException(422, ProblemCodes.Malformed, $"The live feed cannot read its query: {string.Join("; ", errors.Select(error => $"{error.Key} {error.Value}"))}.", errors);
        return (text.Length > 0 ? since : null, scans is "1" or "true");
    }
}
