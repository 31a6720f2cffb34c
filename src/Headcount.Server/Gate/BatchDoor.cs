using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Headcount.Server.Access;
using Headcount.Server.Devices;
using Headcount.Server.Problems;
using Headcount.Streams;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Headcount.Server.Gate;

/// <summary>Takes facts by the thousand: what devices decided while they were offline.</summary>
internal sealed class BatchDoor(ScanCodes codes, ServerOptions options) : IDisposable
{
    /// <summary>The most scans of a JSON batch; a line for each (NDJSON) may be any number.</summary>
    public const int MostScans = 10_000;

    /// <summary>The longest JSON batch, in bytes.</summary>
    public const int MostBytes = 16 * 1024 * 1024;

    /// <summary>How many JSON batches are read at once; each is held in memory whole.</summary>
    public const int MostAtOnce = 4;

    /// <summary>How many may arrive or wait for their turn.</summary>
    public const int MostWaiting = 100;

    /// <summary>How much of a JSON batch waits in memory; the rest waits on disk.</summary>
    public const int MostInMemory = 64 * 1024;

    /// <summary>How long a JSON batch may take to arrive.</summary>
    public static readonly TimeSpan BodyPatience = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _turns = new(MostAtOnce, MostAtOnce);
    private readonly ConcurrentBag<Block> _ranges = [];
    private readonly string _folder = Path.Combine(Path.GetFullPath(options.DataFolder), "uploads");
    private int _waiting;

    public async Task InvokeAsync(HttpContext context)
    {
        var isLines = BodyTypes.IsLines(context.Request);
        if (isLines)
            BodyTypes.RequirePlain(context.Request);
        else
            BodyTypes.RequireJson(context.Request);
        var mailbox = await context.EventAsync();
        if (ScanAnswers.Closed(mailbox) is { } closed) throw closed;
        Directory.CreateDirectory(_folder);
        await using var results = new BatchResults(context.Request.Query["results"] == "all", _folder);
        var run = new BatchRun(mailbox, context.Caller(), codes, results);
        if (isLines)
            await ReadLinesAsync(context, run, results);
        else
            await ReadDocumentAsync(context, run, results);
        await run.HandInAsync();
        await run.SettleAsync();
        await results.FlushAsync(context.RequestAborted);
        await results.SendAsync(context.Response, context.RequestAborted);
    }

    public void Dispose() => _turns.Dispose();

    private static async Task HandInAsync(BatchRun run, BatchResults results, CancellationToken cancellation)
    {
        await run.HandInAsync();
        await results.FlushAsync(cancellation);
    }

    private static async Task ReadLinesAsync(HttpContext context, BatchRun run, BatchResults results)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        var lines = new LineReading(context.Request.BodyReader);
        while (await lines.ReadAsync(run, context.RequestAborted)) await HandInAsync(run, results, context.RequestAborted);
    }

    private async Task ReadDocumentAsync(HttpContext context, BatchRun run, BatchResults results)
    {
        if (context.Request.ContentLength > MostBytes) throw Bodies.TooLarge(MostBytes);
        if (Interlocked.Increment(ref _waiting) > MostWaiting + MostAtOnce)
        {
            Interlocked.Decrement(ref _waiting);
            throw new ProblemException(503, ProblemCodes.Busy, "Too many batches are being read. Sending it again is safe.", retryAfterSeconds: 5);
        }

        try
        {
            // A slow line costs nobody else's turn.
            await using var body = await SpoolAsync(context);
            await _turns.WaitAsync(context.RequestAborted);
            try
            {
                var bytes = new byte[body.Length];
                await body.ReadExactlyAsync(bytes, context.RequestAborted);
                await ReadDocumentAsync(bytes, run, results, context.RequestAborted);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    // To its end, in memory where it is short and on disk where it is not.
    private async Task<Stream> SpoolAsync(HttpContext context)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(BodyPatience);
        var body = new FileBufferingReadStream(context.Request.Body, MostInMemory, null, () => _folder);
        var room = ArrayPool<byte>.Shared.Rent(MostInMemory);
        try
        {
            while (await body.ReadAsync(room, patience.Token) > 0)
            {
                if (body.Length > MostBytes) throw Bodies.TooLarge(MostBytes);
            }

            body.Position = 0;
            return body;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await body.DisposeAsync();
            throw new ProblemException(408, ProblemCodes.Timeout, $"The batch did not arrive within {BodyPatience.TotalMinutes} minutes. Send it in parts, or as lines (application/x-ndjson), which may take their time.");
        }
        catch
        {
            await body.DisposeAsync();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    private async Task ReadDocumentAsync(byte[] bytes, BatchRun run, BatchResults results, CancellationToken cancellation)
    {
        var elements = Cut(bytes);
        if (elements.Count > MostScans)
            throw new ProblemException(413, ProblemCodes.TooLarge, $"The batch has {elements.Count} scans; at most {MostScans} are taken in one list. Send it in parts, or as lines (application/x-ndjson).");
        foreach (var (start, length, broken) in elements)
        {
            run.Add(bytes.AsSpan(start, length), broken);
            if (run.IsFull) await HandInAsync(run, results, cancellation);
        }
    }

    // Where the elements lie, by the rules of the readers of streams: a broken one costs itself, and as little else as can be.
    private List<ElementRange> Cut(byte[] bytes)
    {
        if (bytes.AsSpan().StartsWith("\uFEFF"u8)) bytes.AsSpan(0, 3).Fill((byte)' ');
        var cutter = new Recognition(NoColumns).Recognise(bytes, atEnd: true, isFull: true, mayBeCsv: false, out var skip, out _);
        if (cutter is not ListCutter) return CutLines(bytes);
        if (bytes.AsSpan(0, skip).Contains((byte)'{')) RefuseSecondList(bytes);
        if (!_ranges.TryTake(out var block)) block = new Block { Place = new InputPlace("batch") };
        cutter.Cut(bytes.AsSpan(skip), atEnd: true, block);
        var elements = block.Ranges!.ConvertAll(range => range with { Start = range.Start + skip });
        _ranges.Add(block);
        return elements;
    }

    // One of two would be passed over without a word. In a document that is broken, which list is which cannot be told; then the elements say what is wrong with them.
    private static void RefuseSecondList(ReadOnlySpan<byte> document)
    {
        var lists = 0;
        try
        {
            var reader = Recognition.ReaderOf(document, isAll: true);
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && Recognition.IsNamed(ref reader, "scans"u8)) lists++;
            }
        }
        catch (JsonException)
        {
            // As far as it can be read, it was.
        }

        if (lists > 1) throw new ProblemException(400, ProblemCodes.Unreadable, "The body has more than one list \"scans\"; nothing was taken. Send one list, or several batches.");
    }

    private static readonly ExpectedColumns NoColumns = new(field => field, []);

    // One scan alone, or a line for each that did not say so. What is neither is not a batch at all.
    private static List<ElementRange> CutLines(byte[] bytes)
    {
        var elements = new List<ElementRange>();
        var start = 0;
        while (start < bytes.Length)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', start);
            if (end < 0) end = bytes.Length;
            if (!Blanks.IsBlank(bytes.AsSpan(start, end - start))) elements.Add(new ElementRange(start, end - start));
            start = end + 1;
        }

        if (elements.Count > 0 && bytes.AsSpan(elements[0].Start).TrimStart(" \t\r\n"u8)[0] == (byte)'{') return elements;
        throw new ProblemException(400, ProblemCodes.Unreadable, "The body is no batch: {\"scans\": […]} is expected, or a line for each scan (application/x-ndjson).");
    }
}
