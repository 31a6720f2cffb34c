using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Tickets;
using Headcount.Server.Access;
using Headcount.Server.Languages;
using Headcount.Server.Manage;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Tickets.Import;

/// <summary>What came of a list.</summary>
/// <param name="Written">How many tickets were written.</param>
/// <param name="EmailsLeftOut">How many addresses were not taken, because somebody else on this server has them.</param>
/// <param name="UserIdsLeftOut">How many numbers of persons were not taken, because they are people's whom the organisation does not know.</param>
/// <param name="ChangedSince">Tickets that were left alone, because they are not as they were when the list was planned.</param>
internal sealed record ImportOutcome(int Written, int EmailsLeftOut, int UserIdsLeftOut, IReadOnlyList<string> ChangedSince);

/// <summary>Takes lists of tickets in: read, planned, and only when that was confirmed written, in chunks between which scans go.</summary>
internal sealed class TicketImports(TicketList list, EventChanges changes, IDbReader reader, TimeProvider time) : IDisposable
{
    /// <summary>How many tickets are written together: as long as scans may have to wait behind them.</summary>
    public const int ChunkSize = 500;

    private readonly SemaphoreSlim _places = new(TicketLimits.MostImports);

    /// <summary>Reads a file. The place that it takes is given back when what it returns is disposed of.</summary>
    public async Task<HeldImport> OpenAsync(Caller caller, string slug, Func<CancellationToken, Task<byte[]>> read, CancellationToken cancellation)
    {
        await list.AdmitAsync(caller, slug, Right.Organise, cancellation);
        if (!await _places.WaitAsync(TimeSpan.Zero, cancellation)) throw new ProblemException(503, ProblemCodes.Busy, Words.Of("import.busy", TicketLimits.MostImports), retryAfterSeconds: 60);
        try
        {
            return new HeldImport(await ImportSheet.ReadAsync(await read(cancellation), cancellation), _places);
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    /// <summary>What the list would do. Nothing is written.</summary>
    public async Task<ImportPlan> PlanAsync(Caller caller, string slug, ImportSheet sheet, ImportField[] fields, CancellationToken cancellation)
    {
        var (mailbox, _) = await list.AdmitAsync(caller, slug, Right.Organise, cancellation);
        return await ImportPlan.MakeAsync(sheet, fields, mailbox.Settings, reader, cancellation);
    }

    /// <summary>Writes what was planned. What was written when it is broken off stays; the list can be taken in again.</summary>
    public async Task<ImportOutcome> ApplyAsync(Caller caller, string slug, ImportPlan plan, Action<int> progress, CancellationToken cancellation)
    {
        var (mailbox, _) = await list.AdmitAsync(caller, slug, Right.Organise, cancellation);
        var (eventId, done, written, emails, users) = (mailbox.Settings.EventId, 0, 0, 0, plan.UserIdsLeftOut);
        var changedSince = new List<string>();
        foreach (var chunk in plan.Rows.Chunk(ChunkSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var (count, emailsLeftOut, usersLeftOut, others) = await changes.ChangeTicketsAsync(mailbox, async (db, ct) =>
            {
                Instant now = time.GetUtcNow();
                var rows = await AsPlannedAsync(db, eventId, chunk, ct);
                var assigned = await Holders.AssignAsync(db, eventId, [.. rows.Select(row => row.Holder)], now, ct);
                var tickets = rows.Select(row => assigned.UserIds.TryGetValue(row.Holder.TicketId, out var user)
                    ? new TicketChange(row.Change.Ticket with { UserId = user }, row.Change.Given | TicketFields.UserId)
                    : row.Change);
                var imported = await TicketImport.UpsertAsync(db, eventId, [.. tickets], now, ct);
                foreach (var user in assigned.Ticketless) await People.DropAsync(db, user, ct);
                string[] left = [.. chunk.Except(rows).Select(row => row.Holder.TicketId)];
                return ((rows.Count, assigned.EmailsLeftOut, assigned.UserIdsLeftOut, left), imported.Tickets, imported.NewTypes.Count > 0);
            }, cancellation);
            (written, emails, users) = (written + count, emails + emailsLeftOut, users + usersLeftOut);
            changedSince.AddRange(others);
            progress(done += chunk.Length);
        }

        return new ImportOutcome(written, emails, users, changedSince);
    }

    // Between the plan and its confirmation a ticket may have been revoked or reissued: that is not taken back unseen.
    private static async Task<List<ImportedRow>> AsPlannedAsync(HeadcountDb db, long eventId, ImportedRow[] chunk, CancellationToken cancellation)
    {
        string[] ids = [.. chunk.Select(row => row.Holder.TicketId)];
        var now = await db.Tickets.AsNoTracking().Where(ticket => ticket.EventId == eventId && EF.Parameter(ids).Contains(ticket.TicketId))
            .Select(ticket => new { ticket.TicketId, ticket.Status, ticket.ReplacedBy, ticket.UpdatedAt }).ToDictionaryAsync(ticket => ticket.TicketId, StringComparer.Ordinal, cancellation);
        return [.. chunk.Where(row => now.TryGetValue(row.Holder.TicketId, out var ticket) ? row.SeenAt == ticket.UpdatedAt && !row.Revives(ticket.Status, ticket.ReplacedBy) : row.SeenAt is null)];
    }

    public void Dispose() => _places.Dispose();
}

/// <summary>A list that was read, and the place that it takes.</summary>
internal sealed class HeldImport(ImportSheet sheet, SemaphoreSlim places) : IDisposable
{
    private int _isDone;

    public ImportSheet Sheet => sheet;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDone, 1) == 0) places.Release();
    }
}
