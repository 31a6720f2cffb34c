using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using Headcount.Engine;

namespace Headcount.Server.Problems;

/// <summary>Answers that are not 2xx, as problem documents (RFC 9457). Nothing of the inside is told.</summary>
internal static class ProblemAnswers
{
    public const string ContentType = "application/problem+json";

    /// <summary>Answers with a problem.</summary>
    public static Task WriteAsync(HttpContext context, int status, string code, string error, IReadOnlyDictionary<string, string>? errors = null, int? retryAfterSeconds = null)
    {
        var response = context.Response;
        if (retryAfterSeconds is { } seconds) JsonAnswer.SetRetryAfter(response, seconds);
        response.Headers.CacheControl = "no-store";
        response.Headers.Remove("ETag");
        response.Headers.Remove("Last-Modified");
        response.Headers.Remove("Content-Encoding");
        var answer = JsonAnswer.Begin();
        var json = answer.Writer;
        json.WriteStartObject();
        json.WriteString("type"u8, $"urn:headcount:problem:{code}");
        json.WriteString("title"u8, ProblemCodes.Title(status));
        json.WriteNumber("status"u8, status);
        json.WriteString("code"u8, code);
        json.WriteString("error"u8, error);
        json.WriteString("detail"u8, error);
        if (errors is not null)
        {
            json.WriteStartObject("errors"u8);
            foreach (var (field, wrong) in errors) json.WriteString(field, wrong);
            json.WriteEndObject();
        }

        json.WriteString("trace_id"u8, TraceId(context));
        json.WriteEndObject();
        return answer.SendAsync(response, status, ContentType);
    }

    /// <summary>Answers with what an exception means to the caller. What nobody expected is logged, and told as 500 without details.</summary>
    public static Task AnswerAsync(HttpContext context, Exception exception, ILogger logger)
    {
        // Whoever went away needs no answer, and is nobody's mistake.
        if (context.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException or BadHttpRequestException) return Task.CompletedTask;
        if (context.Response.HasStarted)
        {
            // Too late for an answer: the caller must see that this one broke off.
            if (!IsExpected(exception)) ProblemLog.Failed(logger, exception, context.Request.Method, TraceId(context));
            context.Abort();
            return Task.CompletedTask;
        }

        switch (exception)
        {
            case ProblemException problem:
                return WriteAsync(context, problem.Status, problem.Code, problem.Message, problem.Errors, problem.RetryAfterSeconds);
            case LogUnavailableException unavailable:
                ProblemLog.LogUnavailable(logger, unavailable.Message, TraceId(context));
                return WriteAsync(context, 503, ProblemCodes.Unavailable, "The log cannot be reached now; nothing was counted. Sending it again is safe.", retryAfterSeconds: 1);
            case EventBusyException busy:
                return WriteAsync(context, 503, ProblemCodes.Busy, $"{busy.Message} Asking again later is safe.", retryAfterSeconds: 2);
            case EventClosedException:
                return WriteAsync(context, 503, ProblemCodes.Unavailable, "The event is not taking requests now. Try again later.", retryAfterSeconds: 1);
            case BadHttpRequestException bad:
                context.Response.StatusCode = bad.StatusCode;
                return WriteAsync(context, bad.StatusCode, ProblemCodes.Of(bad.StatusCode), bad.InnerException is JsonException inner ? NotJson(inner) : ProblemCodes.Sentence(context));
            case JsonException json:
                return WriteAsync(context, 400, ProblemCodes.Unreadable, NotJson(json));
            case OperationCanceledException:
                return WriteAsync(context, 503, ProblemCodes.Unavailable, "It was broken off here before it was done. Try again.", retryAfterSeconds: 1);
            case IOException disk when DiskIsFull(disk):
                ProblemLog.DiskFull(logger, disk.Message, TraceId(context));
                return WriteAsync(context, 503, ProblemCodes.Unavailable, "The server's disk is full; what was not answered before is not counted. Sending it again is safe.", retryAfterSeconds: 5);
            case var lost when DatabaseIsAway(lost):
                ProblemLog.DatabaseUnavailable(logger, exception, TraceId(context));
                return WriteAsync(context, 503, ProblemCodes.Unavailable, "The database cannot be reached now. Try again.", retryAfterSeconds: 2);
            default:
                ProblemLog.Failed(logger, exception, context.Request.Method, TraceId(context));
                return WriteAsync(context, 500, ProblemCodes.Internal, "Something went wrong here; it was noted under the trace_id.");
        }
    }

    /// <summary>What an answer and the server's own log call this request.</summary>
    public static string TraceId(HttpContext context) => Activity.Current is { } activity ? activity.TraceId.ToHexString() : context.TraceIdentifier;

    private static bool IsExpected(Exception exception) => exception is ProblemException or OperationCanceledException or BadHttpRequestException or LogUnavailableException or EventBusyException or EventClosedException;

    // No room, over quota, over the process's own limit; and Windows' two words for the first.
    private static bool DiskIsFull(IOException exception) => OperatingSystem.IsWindows()
        ? (exception.HResult & 0xFFFF) is 0x27 or 0x70
        : exception.HResult is 28 or 122 or 69 or 27;

    // The database's own words for what passes by itself, however deep they are wrapped.
    private static bool DatabaseIsAway(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException!)
        {
            if (cause is DbException { IsTransient: true }) return true;
        }

        return false;
    }

    private static string NotJson(JsonException exception) => exception.LineNumber is { } line
        ? $"The body is not the JSON that is expected here: line {line + 1}, byte {exception.BytePositionInLine}."
        : "The body is not the JSON that is expected here.";
}

internal static partial class ProblemLog
{
    [LoggerMessage(EventId = 2000, Level = LogLevel.Error, Message = "A {Method} request failed; its trace is {TraceId}.")]
    public static partial void Failed(ILogger logger, Exception exception, string method, string traceId);

    [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "The log cannot be reached: {Reason} The request's trace is {TraceId}.")]
    public static partial void LogUnavailable(ILogger logger, string reason, string traceId);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Error, Message = "The disk is full: {Reason} The request's trace is {TraceId}.")]
    public static partial void DiskFull(ILogger logger, string reason, string traceId);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "The database cannot be reached; the request's trace is {TraceId}.")]
    public static partial void DatabaseUnavailable(ILogger logger, Exception exception, string traceId);
}
