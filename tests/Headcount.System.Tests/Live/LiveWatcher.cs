using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Headcount.SystemTests.Serving;

namespace Headcount.SystemTests.Live;

/// <summary>A program that watches an event over a WebSocket.</summary>
internal sealed class LiveWatcher : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[4 * 1024 * 1024];

    private LiveWatcher()
    {
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Everything that came, as text.</summary>
    public List<string> Heard { get; } = [];

    public static async Task<LiveWatcher> ConnectAsync(RunningServer server, string query = "", string? token = null)
    {
        var watcher = new LiveWatcher();
        watcher._socket.Options.SetRequestHeader("Authorization", "Bearer " + (token ?? server.OwnerToken));
        await watcher._socket.ConnectAsync(AddressOf(server, query), Cancellation);
        return watcher;
    }

    public static async Task<LiveWatcher> ConnectWithoutTokenAsync(RunningServer server, string query)
    {
        var watcher = new LiveWatcher();
        await watcher._socket.ConnectAsync(AddressOf(server, query), Cancellation);
        return watcher;
    }

    /// <summary>The next message; null when the connection was closed.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        var length = 0;
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(length), Cancellation);
            if (received.MessageType == WebSocketMessageType.Close) return null;
            length += received.Count;
            if (!received.EndOfMessage) continue;
            Heard.Add(Encoding.UTF8.GetString(_buffer, 0, length));
            return JsonSerializer.Deserialize<JsonElement>(_buffer.AsSpan(0, length));
        }
    }

    /// <summary>The next message that is as wanted; what comes before is passed over.</summary>
    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> isWanted)
    {
        while (await NextAsync() is { } message)
        {
            if (isWanted(message)) return message;
        }

        throw new InvalidOperationException($"The connection was closed ({_socket.CloseStatus}) before the message came.");
    }

    public Task<JsonElement> UntilAsync(string type) => UntilAsync(message => message.Is(type));

    /// <summary>The message that ends a bundle of news and reflects a record.</summary>
    public Task<JsonElement> UntilSeqAsync(long seq) => UntilAsync(message => (message.Is("occupancy") || message.Is("snapshot")) && message.Seq() >= seq);

    public async Task UntilClosedAsync()
    {
        while (await NextAsync() is not null)
        {
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Uri AddressOf(RunningServer server, string query) => new UriBuilder(server.Address) { Scheme = "ws", Path = "/api/live", Query = query }.Uri;
}

internal static class LiveMessageExtensions
{
    public static bool Is(this JsonElement message, string type) => message.GetProperty("type").GetString() == type;

    public static long Seq(this JsonElement message) => message.GetProperty("seq").GetInt64();

    public static long Number(this JsonElement message, string name) => message.GetProperty(name).GetInt64();

    public static string? Text(this JsonElement message, string name) => message.GetProperty(name).GetString();
}
