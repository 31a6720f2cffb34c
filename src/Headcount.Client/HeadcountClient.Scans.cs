using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Headcount.Client;

public sealed partial class HeadcountClient
{
    /// <summary>How many scans one call of <see cref="RecordAsync(IReadOnlyList{NewScan}, bool, CancellationToken)"/> may hold.</summary>
    public const int MostInABatch = 10_000;

    /// <summary>Asks whether to open. When the answer is there it is on the server's disk. With <see cref="NewScan.Decided"/> it is a fact, decided by the device already.</summary>
    /// <remarks>Give a <see cref="NewScan.ScanId"/>: with it a lost answer is asked for again, and counted once.</remarks>
    /// <returns>What to do; a refusal is a result, and so is a <see cref="ScanStatus.Conflict"/>.</returns>
    /// <exception cref="HeadcountProblemException">The scan is malformed, the token is not good, or the server cannot take it now.</exception>
    public async Task<ScanResult> ScanAsync(NewScan scan, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scan);
        var path = About("api/scans").ToString();
        using var response = await _exchange.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, path) { Content = new JsonBody<NewScan>(scan, WireContext.Default.NewScan) },
            isRepeatable: !string.IsNullOrEmpty(scan.ScanId), cancellation, HttpStatusCode.Forbidden, HttpStatusCode.Conflict).ConfigureAwait(false);
        if (response.IsSuccessStatusCode) return await Exchange.ReadAsync(response, WireContext.Default.ScanResult, cancellation).ConfigureAwait(false);

        // 403 is a refusal at the gate, or a token that may not scan there: the former says so.
        await response.Content.LoadIntoBufferAsync(cancellation).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Forbidden && TryReadResult(body) is { } refused) return refused;
        var problem = await Exchange.ProblemOfAsync(response, cancellation).ConfigureAwait(false);
        if (problem.Code != "conflict") throw problem;
        return new ScanResult { Status = ScanStatus.Conflict, TicketId = scan.TicketId, ScanId = scan.ScanId, Error = problem.Message, Message = problem.Message };
    }

    /// <summary>Hands in facts: what devices decided while they were offline. They are recorded, never refused; one bad one does not cost the others.</summary>
    /// <param name="scans">At most <see cref="MostInABatch"/>.</param>
    /// <param name="allResults">Whether to list what became of every one; otherwise of those only that were not plainly recorded.</param>
    /// <param name="cancellation">Gives up; what was recorded by then stays, and sending all again is safe.</param>
    /// <exception cref="ArgumentException">There are more: hand them in as a stream.</exception>
    public Task<BatchResult> RecordAsync(IReadOnlyList<NewScan> scans, bool allResults = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scans);
        if (scans.Count > MostInABatch) throw new ArgumentException($"A batch holds at most {MostInABatch} scans; hand in more as a stream.", nameof(scans));
        return _exchange.SendAsync(
            HttpMethod.Post, BatchPath(allResults), () => new JsonBody<Batch>(new Batch(scans), WireContext.Default.Batch), WireContext.Default.BatchResult,
            isRepeatable: scans.All(scan => !string.IsNullOrEmpty(scan.ScanId)), cancellation);
    }

    /// <summary>Hands in facts as a stream of any length, sent as they come; the server commits them in pieces. Where it breaks off, sending the whole again is safe.</summary>
    public Task<BatchResult> RecordAsync(IAsyncEnumerable<NewScan> scans, bool allResults = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scans);
        return _exchange.SendAsync(
            HttpMethod.Post, BatchPath(allResults), () => new LinesBody<NewScan>(scans, WireContext.Default.NewScan), WireContext.Default.BatchResult, isRepeatable: false, cancellation);
    }

    /// <summary>Takes a scan back (a turnstile that did not turn): from then on everything is as if it had not been.</summary>
    /// <param name="seq">The scan's number, from its answer.</param>
    /// <param name="reason">Why, for the log.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task<AnnulResult> AnnulAsync(long seq, string reason, CancellationToken cancellation = default) => _exchange.SendAsync(
        HttpMethod.Post, About($"api/scans/{seq}/annul").ToString(), () => new JsonBody<Reason>(new Reason(reason), WireContext.Default.Reason), WireContext.Default.AnnulResult, isRepeatable: false, cancellation);

    /// <summary>The event's log, in order of <see cref="LoggedScan.Seq"/>, as it comes over the line.</summary>
    /// <param name="query">Which part; null = all of it.</param>
    /// <param name="cancellation">Ends it.</param>
    public async IAsyncEnumerable<LoggedScan> ReadLogAsync(LogQuery? query = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var path = (query ?? new LogQuery()).AddTo(About("api/scans")).ToString();
        using var response = await _exchange.SendAsync(() => Lines(path), isRepeatable: true, cancellation).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await foreach (var row in JsonSerializer.DeserializeAsyncEnumerable(stream, WireContext.Default.LoggedScan, topLevelValues: true, cancellation).ConfigureAwait(false))
                yield return row!;
        }
    }

    private static HttpRequestMessage Lines(string path) => new(HttpMethod.Get, path) { Headers = { { "Accept", "application/x-ndjson" } } };

    private string BatchPath(bool allResults) => About("api/scans/batch").With("results", allResults ? "all" : null).ToString();

    private static ScanResult? TryReadResult(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, WireContext.Default.ScanResult);
        }
        catch (JsonException)
        {
            // A problem document: its status is a number.
            return null;
        }
    }

    private Query About(string path) => new Query(path).With("event", _options.Event);
}
