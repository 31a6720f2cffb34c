using System.Text.Json;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Problems;
using Microsoft.AspNetCore.WebUtilities;

namespace Headcount.Server.Gate;

/// <summary>What became of the elements of a batch: counts, and a list of those that are not plainly recorded (or of all). A long list goes to a file, so that memory is bounded.</summary>
internal sealed class BatchResults : IAsyncDisposable
{
    /// <summary>How much of the list is kept in memory, in bytes.</summary>
    public const int MostInMemory = 1 << 20;

    private readonly FileBufferingWriteStream _list;
    private readonly Utf8JsonWriter _json;
    private readonly bool _isAll;

    /// <summary>No results yet.</summary>
    /// <param name="isAll">Whether those that are plainly recorded are listed too.</param>
    /// <param name="folder">Where a long list goes.</param>
    public BatchResults(bool isAll, string folder)
    {
        _isAll = isAll;
        _list = new FileBufferingWriteStream(MostInMemory, bufferLimit: null, () => folder);
        _json = new Utf8JsonWriter(_list, new JsonWriterOptions { SkipValidation = true });
        _json.WriteStartArray();
    }

    public long Recorded { get; private set; }

    public long Repeated { get; private set; }

    public long Rejected { get; private set; }

    public long InvalidOnes { get; private set; }

    public string Summary => $"{Recorded} recorded, {Repeated} repeated, {Rejected} rejected, {InvalidOnes} invalid so far";

    /// <summary>An element that is no scan.</summary>
    public void Invalid(long index, string? scanId, string error)
    {
        InvalidOnes++;
        Write(index, scanId, "invalid", null, ScanWarnings.None, error);
    }

    /// <summary>An element that the mailbox answered.</summary>
    public void Add(long index, string? scanId, ScanAnswer answer)
    {
        var record = (ScanRecord)answer.Entry!.Record;
        if (answer.Kind == AnswerKind.Conflict)
        {
            InvalidOnes++;
            Write(index, scanId, "invalid", answer.Entry.Seq, ScanWarnings.None, "scan_id came before from the same device with another ticket, gate, type or time; the first stands");
        }
        else if (answer.Kind == AnswerKind.Repeated)
        {
            Repeated++;
            Write(index, scanId, "repeated", answer.Entry.Seq, record.Warnings, null);
        }
        else if (record.Outcome == ScanOutcome.Rejected)
        {
            Rejected++;
            Write(index, scanId, "rejected", answer.Entry.Seq, record.Warnings, null);
        }
        else
        {
            Recorded++;
            if (_isAll || record.Warnings != ScanWarnings.None) Write(index, scanId, "recorded", answer.Entry.Seq, record.Warnings, null);
        }
    }

    /// <summary>Passes on what was written, so that the writer does not hold the list.</summary>
    public Task FlushAsync(CancellationToken cancellation) => _json.FlushAsync(cancellation);

    /// <summary>Answers with all of it.</summary>
    public async Task SendAsync(HttpResponse response, CancellationToken cancellation)
    {
        _json.WriteEndArray();
        await _json.FlushAsync(cancellation);
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = JsonAnswer.ContentType;
        await response.WriteAsync(FormattableString.Invariant($"{{\"recorded\":{Recorded},\"repeated\":{Repeated},\"rejected\":{Rejected},\"invalid\":{InvalidOnes},\"results\":"), cancellation);
        await _list.DrainBufferAsync(response.Body, cancellation);
        await response.WriteAsync("}", cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _json.DisposeAsync();
        await _list.DisposeAsync();
    }

    private void Write(long index, string? scanId, string status, long? seq, ScanWarnings warnings, string? error)
    {
        _json.WriteStartObject();
        _json.WriteNumber("index"u8, index);
        _json.WriteString("scan_id"u8, scanId);
        _json.WriteString("status"u8, status);
        if (seq is { } number)
            _json.WriteNumber("seq"u8, number);
        else
            _json.WriteNull("seq"u8);
        _json.WriteStartArray("warnings"u8);
        if (warnings != ScanWarnings.None) ScanAnswers.WriteWarnings(_json, warnings);
        _json.WriteEndArray();
        if (error is not null) _json.WriteString("error"u8, error);
        _json.WriteEndObject();
    }
}
