using System.Net.WebSockets;

namespace Headcount.Server.Live;

/// <summary>A watcher at a WebSocket. A message is a text message.</summary>
internal sealed class WebSocketConnection(WebSocket socket, LiveLimits limits) : ILiveConnection
{
    public ValueTask SendAsync(LiveMessage message, CancellationToken cancellation) =>
        socket.SendAsync(message.Json, WebSocketMessageType.Text, endOfMessage: true, cancellation);

    public ValueTask FlushAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Reads until the watcher leaves; there is nothing that they could say.</summary>
    public async Task ListenAsync(CancellationToken cancellation)
    {
        var buffer = new byte[512];
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
            if (received.MessageType == WebSocketMessageType.Close) return;
            length = received.EndOfMessage ? 0 : length + received.Count;
            if (length > limits.MostBytesFromWatcher) throw new WebSocketException(WebSocketError.Faulted, "The watcher sends too much.");
        }
    }

    /// <summary>Says goodbye, and waits a little for the answer.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        try
        {
            using var patience = new CancellationTokenSource(limits.CloseTimeout);
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(status, reason, patience.Token);
        }
        catch (Exception problem) when (problem is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            socket.Abort();
        }
    }
}
