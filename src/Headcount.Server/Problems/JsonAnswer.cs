using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Headcount.Server.Problems;

/// <summary>A small JSON answer: written whole, then sent with its length.</summary>
/// <remarks>One a thread, used again and again: begin, write and send without awaiting in between. What is sent is copied before <see cref="SendAsync"/> returns.</remarks>
internal sealed class JsonAnswer
{
    /// <summary>The answer of an endpoint that speaks JSON.</summary>
    public const string ContentType = "application/json; charset=utf-8";

    // Beyond this a thread does not keep its room.
    private const int MostKept = 64 * 1024;

    [ThreadStatic]
    private static JsonAnswer? _ofThread;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    private JsonAnswer() => Writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true });

    public Utf8JsonWriter Writer { get; }

    /// <summary>This thread's answer, empty.</summary>
    public static JsonAnswer Begin()
    {
        if (_ofThread is not { } answer || answer._buffer.Capacity > MostKept) answer = _ofThread = new JsonAnswer();
        answer._buffer.ResetWrittenCount();
        answer.Writer.Reset(answer._buffer);
        return answer;
    }

    public Task SendAsync(HttpResponse response, int status, string contentType = ContentType)
    {
        Writer.Flush();
        var body = _buffer.WrittenSpan;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        var pipe = response.BodyWriter;
        pipe.Write(body);
        var flushed = pipe.FlushAsync();
        if (!flushed.IsCompletedSuccessfully) return flushed.AsTask();
        _ = flushed.GetAwaiter().GetResult();
        return Task.CompletedTask;
    }

    /// <summary>What was written, for a door that is not HTTP's.</summary>
    public byte[] ToArray()
    {
        Writer.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    /// <summary>Says after how long to try again.</summary>
    public static void SetRetryAfter(HttpResponse response, int seconds) => response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
}
