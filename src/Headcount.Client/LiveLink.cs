using System.Net;
using System.Net.WebSockets;
using System.Text.Json;

namespace Headcount.Client;

/// <summary>One WebSocket to the live feed.</summary>
internal sealed class LiveLink : IDisposable
{
    private const int PieceBytes = 16 * 1024;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly ClientWebSocket _socket = new();
    private readonly MemoryStream _message = new();
    private readonly byte[] _piece = new byte[PieceBytes];

    /// <summary>The status with which the server refused for good; null where trying again may help.</summary>
    public HttpStatusCode? Refusal => _socket.HttpStatusCode is var status && (int)status is >= 400 and < 500 && status is not (HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout) ? status : null;

    public static string CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => "unauthenticated",
        HttpStatusCode.Forbidden => "forbidden",
        HttpStatusCode.NotFound => "not_found",
        _ => "",
    };

    public Task OpenAsync(Uri address, HttpClient http, CancellationToken cancellation)
    {
        _socket.Options.CollectHttpResponseDetails = true;
        _socket.Options.KeepAliveInterval = Heartbeat;
        _socket.Options.KeepAliveTimeout = Heartbeat;
        return _socket.ConnectAsync(address, http, cancellation);
    }

    /// <summary>The next message; null where the link is over.</summary>
    public async Task<LiveMessage?> ReadAsync(CancellationToken cancellation)
    {
        _message.SetLength(0);
        try
        {
            while (true)
            {
                var got = await _socket.ReceiveAsync(_piece.AsMemory(), cancellation).ConfigureAwait(false);
                if (got.MessageType == WebSocketMessageType.Close)
                {
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellation).ConfigureAwait(false);
                    return null;
                }

                _message.Write(_piece, 0, got.Count);
                if (got.EndOfMessage) return Parse(_message.GetBuffer().AsSpan(0, (int)_message.Length));
            }
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _message.Dispose();
    }

    private static LiveMessage Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        var json = JsonElement.ParseValue(ref reader);
        return json.Deserialize(WireContext.Default.LiveMessage)! with { Json = json };
    }
}

/// <summary>How far the live feed was read.</summary>
internal sealed class LivePosition(long? since)
{
    private long _lastScan = since ?? -1;

    /// <summary>The last record up to which nothing is missing.</summary>
    public long? Seq { get; private set; } = since;

    /// <summary>Takes note of a message, and takes out of it what was given before.</summary>
    public LiveMessage Pass(LiveMessage message)
    {
        // Only these say that everything before was told.
        if (message.Type is "snapshot" or "occupancy") Seq = message.Seq;
        if (message.Scans is not { Count: > 0 } scans) return message;
        var last = _lastScan;
        _lastScan = Math.Max(last, scans[^1].Seq);
        return scans[0].Seq > last ? message : message with { Scans = [.. scans.Where(scan => scan.Seq > last)] };
    }
}
