using Headcount.Core;
using Headcount.Data.Tickets;
using Headcount.Server.Access;
using Headcount.Server.Manage;
using Headcount.Server.Problems;

namespace Headcount.Server.Tickets;

/// <summary>What came of a change of many tickets, and what it takes to take it back.</summary>
/// <param name="Change">The change.</param>
/// <param name="Before">What those that changed were before.</param>
/// <param name="Unchanged">How many were so already.</param>
/// <param name="LeftOut">How many could not be changed: another ticket was issued in their place, they are not paid, or somebody changed them since.</param>
internal sealed record BulkOutcome(BulkChange Change, IReadOnlyList<TicketBefore> Before, int Unchanged, int LeftOut);

/// <summary>Changes many tickets, some at a time, so that scans go between; what was done stays done when it is broken off.</summary>
internal sealed class TicketBulkRuns(TicketList list, EventChanges changes, TimeProvider time)
{
    /// <summary>How many are changed together.</summary>
    public const int ChunkSize = 500;

    /// <summary>Changes them. What was done so far is told after every piece: should it break off, that can be taken back.</summary>
    public async Task<BulkOutcome> ApplyAsync(Caller caller, string slug, IReadOnlyList<string> ticketIds, BulkChange change, Action<int, BulkOutcome> progress, CancellationToken cancellation)
    {
        if (change.Type is { } type && (type.Length == 0 || Names.Characters(type) > Names.MostType || Names.WrongName(type) is not null))
            throw new ProblemException(422, ProblemCodes.Malformed, "The type cannot be taken.", new Dictionary<string, string> { ["type"] = $"must have 1 to {Names.MostType} characters" });
        var (before, done, leftOut) = (new List<TicketBefore>(), 0, 0);
        await RunAsync(caller, slug, ticketIds, async (db, eventId, chunk, ct) =>
        {
            var result = await TicketBulk.ApplyAsync(db, eventId, chunk, change, time.GetUtcNow(), ct);
            return (result, result.Tickets, result.NewTypes.Count > 0);
        }, (result, count) =>
        {
            before.AddRange(result.Before);
            leftOut += result.LeftOut;
            done += count;
            progress(done, SoFar());
        }, cancellation);
        return SoFar();

        BulkOutcome SoFar() => new(change, before, done - before.Count - leftOut, leftOut);
    }

    /// <summary>Takes such a change back.</summary>
    public async Task<BulkOutcome> TakeBackAsync(Caller caller, string slug, BulkOutcome outcome, Action<int> progress, CancellationToken cancellation)
    {
        var (done, leftOut) = (0, 0);
        var were = outcome.Before.ToDictionary(one => one.TicketId, StringComparer.Ordinal);
        await RunAsync(caller, slug, [.. were.Keys], async (db, eventId, chunk, ct) =>
        {
            var result = await TicketBulk.TakeBackAsync(db, eventId, [.. chunk.Select(id => were[id])], outcome.Change, time.GetUtcNow(), ct);
            return (result, result.Tickets, result.NewTypes.Count > 0);
        }, (result, count) =>
        {
            leftOut += result.LeftOut;
            progress(done += count);
        }, cancellation);
        return outcome with { Before = [], Unchanged = 0, LeftOut = leftOut };
    }

    private async Task RunAsync(Caller caller, string slug, IReadOnlyList<string> ticketIds, Func<Data.HeadcountDb, long, string[], CancellationToken, Task<(BulkResult, IReadOnlyList<Ticket>, bool)>> change, Action<BulkResult, int> done, CancellationToken cancellation)
    {
        var (mailbox, _) = await list.AdmitAsync(caller, slug, Right.Organise, cancellation);
        foreach (var chunk in ticketIds.Chunk(ChunkSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var result = await changes.ChangeTicketsAsync(mailbox, (db, ct) => change(db, mailbox.Settings.EventId, chunk, ct), cancellation);
            done(result, chunk.Length);
        }
    }
}
