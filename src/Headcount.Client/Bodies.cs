using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Headcount.Client;

/// <summary>One value as JSON, its length known.</summary>
internal sealed class JsonBody<T> : ByteArrayContent
{
    public JsonBody(T value, JsonTypeInfo<T> type)
        : base(JsonSerializer.SerializeToUtf8Bytes(value, type)) => Headers.ContentType = new MediaTypeHeaderValue("application/json");
}

/// <summary>A body that is sent as its values come, and so takes as long as they do.</summary>
internal abstract class StreamedBody : HttpContent;

/// <summary>Values as NDJSON, a line each, written as they come: as long as it likes, in the memory of a few.</summary>
internal sealed class LinesBody<T> : StreamedBody
{
    private const int FlushAt = 32 * 1024;

    private readonly IAsyncEnumerable<T> _values;
    private readonly JsonTypeInfo<T> _type;

    public LinesBody(IAsyncEnumerable<T> values, JsonTypeInfo<T> type)
    {
        (_values, _type) = (values, type);
        Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var lines = new MemoryStream(FlushAt * 2);
        await foreach (var value in _values.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            JsonSerializer.Serialize(lines, value, _type);
            lines.WriteByte((byte)'\n');
            if (lines.Length >= FlushAt) await SendAsync(lines, stream, cancellationToken).ConfigureAwait(false);
        }

        await SendAsync(lines, stream, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private static async Task SendAsync(MemoryStream lines, Stream stream, CancellationToken cancellation)
    {
        await stream.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length), cancellation).ConfigureAwait(false);
        lines.SetLength(0);
    }
}
