using Headcount.Core;
using Headcount.Data.Audit;
using Headcount.Data.Model;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Data.Tickets;

/// <summary>A change of many tickets: to a status, or to a type.</summary>
/// <param name="Status">The status that they get; null = it stays.</param>
/// <param name="Type">The type that they get; null = it stays.</param>
public sealed record BulkChange(TicketStatus? Status, string? Type);

/// <summary>What a ticket was before it was changed.</summary>
public sealed record TicketBefore(string TicketId, TicketStatus Status, string? Type);

/// <summary>What came of a stretch of a change of many.</summary>
/// <param name="Tickets">The tickets that changed, as they are now.</param>
/// <param name="Before">What they were.</param>
/// <param name="NewTypes">Types that were made for it.</param>
/// <param name="LeftOut">How many were not reinstated: another ticket was issued in their place, or they are not paid.</param>
public sealed record BulkResult(IReadOnlyList<Ticket> Tickets, IReadOnlyList<TicketBefore> Before, IReadOnlyList<string> NewTypes, int LeftOut);

/// <summary>Changes tickets by the thousand.</summary>
public static class TicketBulk
{
    /// <summary>Changes the tickets of a stretch that are not so already. Call it inside <see cref="IWriteQueue.WriteAsync{T}"/>.</summary>
    public static async Task<BulkResult> ApplyAsync(HeadcountDb db, long eventId, IReadOnlyList<string> ticketIds, BulkChange change, Instant now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        var rows = await RowsAsync(db, eventId, ticketIds, cancellation);

        // Only what was revoked is reinstated; who has not paid has not paid for being among many.
        var leftOut = change.Status == TicketStatus.Valid ? rows.RemoveAll(row => row.Status == TicketStatus.Unpaid || row.Status == TicketStatus.Revoked && row.ReplacedBy is not null) : 0;
        rows.RemoveAll(row => (change.Status is null || change.Status == row.Status) && (change.Type is null || change.Type == row.TicketType));
        var imported = await WriteAsync(db, eventId, rows, change, row => (change.Status ?? row.Status, change.Type ?? row.TicketType), now, cancellation);
        return new BulkResult(imported.Tickets, [.. rows.Select(row => new TicketBefore(row.TicketId, row.Status, row.TicketType))], imported.NewTypes, leftOut);
    }

    /// <summary>Takes a change back where nobody has changed the ticket otherwise since.</summary>
    public static async Task<BulkResult> TakeBackAsync(HeadcountDb db, long eventId, IReadOnlyList<TicketBefore> before, BulkChange change, Instant now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(change);
        var were = before.ToDictionary(one => one.TicketId, StringComparer.Ordinal);
        var rows = await RowsAsync(db, eventId, [.. were.Keys], cancellation);
        rows.RemoveAll(row => (change.Status is { } status && row.Status != status) || (change.Type is { } type && row.TicketType != type) || row.ReplacedBy is not null);
        var imported = await WriteAsync(db, eventId, rows, change, row => (were[row.TicketId].Status, were[row.TicketId].Type), now, cancellation);
        return new BulkResult(imported.Tickets, [], imported.NewTypes, before.Count - rows.Count);
    }

    private static async Task<ImportedTickets> WriteAsync(HeadcountDb db, long eventId, List<TicketRow> rows, BulkChange change, Func<TicketRow, (TicketStatus Status, string? Type)> become, Instant now, CancellationToken cancellation)
    {
        var fields = (change.Status is null ? 0 : TicketFields.Status) | (change.Type is null ? 0 : TicketFields.TicketType);
        var changed = rows.Select(row => new TicketChange(new Ticket(new TicketId(row.TicketId)) { Status = become(row).Status, TicketType = become(row).Type }, fields));
        var byId = rows.ToDictionary(row => row.TicketId, StringComparer.Ordinal);
        return await TicketImport.UpsertAsync(db, eventId, [.. changed], now, cancellation, "changed", id => Told(byId[id], change, become(byId[id])));
    }

    // As a change of one ticket is told.
    private static List<FieldChange> Told(TicketRow row, BulkChange change, (TicketStatus Status, string? Type) now)
    {
        var told = new List<FieldChange>();
        if (change.Status is not null && row.Status != now.Status) told.Add(new FieldChange("status", TicketColumns.Word(row.Status), TicketColumns.Word(now.Status)));
        if (change.Type is not null && row.TicketType != now.Type) told.Add(new FieldChange("ticket_type", row.TicketType, now.Type));
        return told;
    }

    private static Task<List<TicketRow>> RowsAsync(HeadcountDb db, long eventId, IReadOnlyList<string> ticketIds, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(db);
        string[] ids = [.. ticketIds];
        return db.Tickets.AsNoTracking().Where(row => row.EventId == eventId && EF.Parameter(ids).Contains(row.TicketId)).ToListAsync(cancellation);
    }
}
