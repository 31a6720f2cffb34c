using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Headcount.Server.Live;

/// <summary>A watcher of server-sent events. The id, which a browser sends back as <c>Last-Event-ID</c>, is that of the last record of which they have missed nothing.</summary>
internal sealed class EventStreamConnection(PipeWriter body) : ILiveConnection
{
    private static readonly byte[] Data = "data: "u8.ToArray();
    private static readonly byte[] End = "\n\n"u8.ToArray();

    /// <summary>Says after how long to come back.</summary>
    public ValueTask BeginAsync(CancellationToken cancellation)
    {
        Write("retry: 2000\n\n"u8);
        return FlushAsync(cancellation);
    }

    public ValueTask SendAsync(LiveMessage message, CancellationToken cancellation)
    {
        if (message.IsPosition) Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {message.Seq}\n")));
        Write(Data);
        Write(message.Json.Span);
        Write(End);
        return FlushAsync(cancellation);
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        var flushed = await body.FlushAsync(cancellation);
        if (flushed.IsCompleted || flushed.IsCanceled) throw new OperationCanceledException();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(body.GetSpan(bytes.Length));
        body.Advance(bytes.Length);
    }
}
