using System.Globalization;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Verification;
using Headcount.Engine;
using Headcount.Server.Access;

namespace Headcount.Server.Past.Review;

/// <summary>What came of counting an event again.</summary>
/// <param name="Records">How many records its log has.</param>
/// <param name="Occupancy">How many are inside, as recounted.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Differences">Where the log, the views and the gates differ; empty = nowhere.</param>
public sealed record CheckedLog(long Records, long Occupancy, TimeSpan Took, IReadOnlyList<LogDifference> Differences);

/// <summary>Counts an event again from its log, as <c>headcount verify</c> does, and compares with the SQL views and with what the gates go by.</summary>
internal sealed class LogCheck(EventDirectory directory, EventHost host, DataOptions data, TimeProvider time) : IDisposable
{
    // It reads the whole log: one at a time.
    private readonly SemaphoreSlim _turn = new(1);

    public async Task<CheckedLog> RunAsync(Caller caller, string slug, CancellationToken cancellation)
    {
        var (listed, _) = directory.Admit(caller, slug, Right.Organise);
        var mailbox = await host.OpenAsync(listed.EventId, cancellation) ?? throw EventDirectory.NoSuchEvent(slug);
        await _turn.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => RunNowAsync(mailbox, slug, cancellation), cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<CheckedLog> RunNowAsync(EventMailbox mailbox, string slug, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var (seq, now, theoretical) = await mailbox.AskAsync(admission => (admission.LastSeq, admission.Now(), admission.Theoretical));
        var verified = (await LogVerification.RunAsync(data, slug, cancellation)).Single();
        var recounted = await LogVerification.RecountAsync(data, slug, seq, cancellation);
        var differences = new List<LogDifference>(verified.Differences);
        Compare(differences, "seq", recounted.Seq, seq);
        Compare(differences, "occupancy", recounted.Now.Occupancy, now.Occupancy);
        Compare(differences, "entries", recounted.Now.Entries, now.Entries);
        Compare(differences, "exits", recounted.Now.Exits, now.Exits);
        Compare(differences, "first entries", recounted.Now.FirstEntries, now.FirstEntries);
        Compare(differences, "theoretical", recounted.Theoretical, theoretical);
        return new CheckedLog(verified.Records, recounted.Now.Occupancy, time.GetElapsedTime(began), differences);
    }

    private static void Compare(List<LogDifference> differences, string what, long recounted, long told)
    {
        if (recounted != told) differences.Add(new LogDifference("gates: " + what, recounted.ToString(CultureInfo.InvariantCulture), told.ToString(CultureInfo.InvariantCulture)));
    }
}
