using System.Threading.Channels;
using Headcount.Cli.Playback;
using Headcount.Client;
using Headcount.Core;

namespace Headcount.Cli.Sending;

/// <summary>Plays a day to a server: as requests, several at once and each ticket's in order; or as facts, in batches.</summary>
internal sealed class DaySender(HeadcountClient server, SendingCounts counts, TimeProvider time)
{
    /// <summary>How many requests are under way at once.</summary>
    public const int InFlight = 32;

    /// <summary>How many facts one batch holds.</summary>
    public const int FactsInABatch = 5_000;

    private const int MostWaiting = 64;

    /// <summary>Hands in each scan when it is due, and has the server decide.</summary>
    /// <exception cref="HeadcountProblemException">The token is not good, or may not scan.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task PlayAsync(IAsyncEnumerable<Scan> scans, Speed speed, CancellationToken cancellationToken)
    {
        var shift = new DayShift(time.GetUtcNow(), speed);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lanes = Enumerable.Range(0, InFlight).Select(_ => Channel.CreateBounded<NewScan>(MostWaiting)).ToArray();
        var sending = lanes.Select(lane => SendAsync(lane.Reader, stop)).ToArray();
        try
        {
            await foreach (var scan in scans.WithCancellation(stop.Token).ConfigureAwait(false))
            {
                var wait = shift.Due(scan) - time.GetUtcNow();
                if (speed.Times is not null && wait > TimeSpan.Zero) await Task.Delay(wait, time, stop.Token).ConfigureAwait(false);

                // A ticket has its lane: what comes later is sent later.
                var lane = (uint)string.GetHashCode(scan.TicketId.Value, StringComparison.Ordinal) % InFlight;
                await lanes[lane].Writer.WriteAsync(shift.Move(scan), stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A lane has failed, and says why below.
        }
        finally
        {
            foreach (var lane in lanes) lane.Writer.TryComplete();
            await Task.WhenAll(sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (Array.Find(sending, task => task.IsFaulted) is { } failed) await failed.ConfigureAwait(false);
    }

    /// <summary>Hands all in as facts, their own times kept.</summary>
    /// <exception cref="HeadcountProblemException">The server does not take them.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task RecordAsync(IAsyncEnumerable<Scan> scans, CancellationToken cancellationToken)
    {
        var facts = new List<NewScan>(FactsInABatch);
        await foreach (var scan in scans.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            facts.Add(DayShift.AsFact(scan));
            if (facts.Count == FactsInABatch) await RecordAsync(facts, cancellationToken).ConfigureAwait(false);
        }

        if (facts.Count > 0) await RecordAsync(facts, cancellationToken).ConfigureAwait(false);
    }

    private async Task RecordAsync(List<NewScan> facts, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var result = await server.RecordAsync(facts, cancellation: cancellationToken).ConfigureAwait(false);
        counts.Took(facts.Count, result, time.GetElapsedTime(start));
        facts.Clear();
    }

    private async Task SendAsync(ChannelReader<NewScan> lane, CancellationTokenSource stop)
    {
        await foreach (var scan in lane.ReadAllAsync(stop.Token).ConfigureAwait(false))
        {
            var start = time.GetTimestamp();
            try
            {
                counts.Took(await server.ScanAsync(scan, stop.Token).ConfigureAwait(false), time.GetElapsedTime(start));
            }
            catch (HeadcountProblemException problem) when (!IsOfTheCaller(problem))
            {
                counts.Failing(problem.Message);
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                // The next scan would fare no better.
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private static bool IsOfTheCaller(HeadcountProblemException problem) =>
        problem.Status is System.Net.HttpStatusCode.Unauthorized or System.Net.HttpStatusCode.Forbidden or System.Net.HttpStatusCode.NotFound;
}
