using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Log;
using Headcount.Engine;
using Headcount.Server.Access;

namespace Headcount.Server.Gate;

/// <summary>Streams the log back in order of <c>seq</c>, as a JSON list or a line for each record.</summary>
internal sealed class LogEndpoint(IScanLog log, IDbReader reader)
{
    // Legible, for those who look through it without reading JSON: the plus of an offset is a plus. It goes into no page.
    private static readonly JsonWriterOptions Written = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task InvokeAsync(HttpContext context)
    {
        var mailbox = await context.EventAsync();
        var (eventId, zone) = (mailbox.Settings.EventId, mailbox.Settings.Zone);
        var filter = LogFilter.Read(context, zone);
        var cancellation = context.RequestAborted;

        // What is on disk now: a log that grows as it is read would not end.
        var through = mailbox.Figures.Seq;
        var after = filter.From is { } from ? Math.Max(filter.SinceSeq, await LastBeforeAsync(eventId, from, through, cancellation)) : filter.SinceSeq;
        if (filter.Until is { } until) through = await LastOfAsync(eventId, filter.From ?? Instant.Min, until, through, cancellation);
        var isLines = BodyTypes.WantsLines(context.Request);
        context.Response.ContentType = isLines ? BodyTypes.Lines : Problems.JsonAnswer.ContentType;
        using var output = new Output(context.Response, isLines, zone);
        await foreach (var chunk in log.ReadAsync(eventId, after, through, cancellation))
        {
            // From here on, whoever reads must see that it broke off: half a list cannot become a problem document.
            if (!context.Response.HasStarted) await context.Response.StartAsync(cancellation);
            foreach (var entry in chunk)
            {
                if (filter.HasOutcome(entry.Record) && await FitsAsync(eventId, filter, entry.Record, cancellation)) output.Write(entry);
            }

            await output.FlushAsync(cancellation);
        }

        await output.EndAsync(cancellation);
    }

    /// <summary>Answers with records in hand.</summary>
    public static async Task SendAsync(HttpContext context, IEnumerable<LogEntry> entries, Zone zone)
    {
        var isLines = BodyTypes.WantsLines(context.Request);
        context.Response.ContentType = isLines ? BodyTypes.Lines : Problems.JsonAnswer.ContentType;
        using var output = new Output(context.Response, isLines, zone);
        foreach (var entry in entries) output.Write(entry);
        await output.EndAsync(context.RequestAborted);
    }

    private async ValueTask<bool> FitsAsync(long eventId, LogFilter filter, LogRecord record, CancellationToken cancellation)
    {
        if (record is not Annulment annulment || !filter.IsAboutScans) return filter.Fits(record);
        return await log.FindAsync(eventId, annulment.Annulled, cancellation) is { } annulled && filter.Fits(annulled.Record);
    }

    // Nothing counts after it was received, and that never decreases along seq: so what counts at an instant or later begins where that was reached. About twenty records are looked at.
    private async Task<long> LastBeforeAsync(long eventId, Instant from, long through, CancellationToken cancellation)
    {
        var (low, high) = (0L, through);
        while (low < high)
        {
            var middle = low + (high - low + 1) / 2;
            if (await log.FindAsync(eventId, middle, cancellation) is { } entry && entry.Record.ReceivedAt < from)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    // What is decided at a gate counts when it is received, give or take the tolerance for its clock; what comes later than that is found by index.
    private async Task<long> LastOfAsync(long eventId, Instant from, Instant until, long through, CancellationToken cancellation)
    {
        var atOnce = await LastBeforeAsync(eventId, until + Admission.ClockTolerance, through, cancellation);
        if (atOnce == through) return through;
        await using var db = reader.Open();
        return Math.Min(through, Math.Max(atOnce, await LateRecords.LastAsync(db, eventId, atOnce, from, until, cancellation)));
    }

    private sealed class Output(HttpResponse response, bool isLines, Zone zone) : IDisposable
    {
        private readonly Utf8JsonWriter _json = new(response.BodyWriter, Written);
        private bool _isBegun;

        public void Write(LogEntry entry)
        {
            if (!isLines)
                response.BodyWriter.Write(_isBegun ? ",\n"u8 : "["u8);
            _isBegun = true;
            LogLine.Write(_json, entry, zone);
            _json.Flush();
            _json.Reset();
            if (isLines) response.BodyWriter.Write("\n"u8);
        }

        public async Task FlushAsync(CancellationToken cancellation) => await response.BodyWriter.FlushAsync(cancellation);

        public async Task EndAsync(CancellationToken cancellation)
        {
            if (!isLines) response.BodyWriter.Write(_isBegun ? "]\n"u8 : "[]\n"u8);
            await FlushAsync(cancellation);
        }

        public void Dispose() => _json.Dispose();
    }
}
