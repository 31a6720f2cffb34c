using Headcount.Core;
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
/// <param name="LeftOut">How many were not reinstated, because another ticket was issued in their place.</param>
public sealed record BulkResult(IReadOnlyList<Ticket> Tickets, IReadOnlyList<TicketBefore> Before, IReadOnlyList<string> NewTypes, int LeftOut);

/// <summary>Changes tickets by the thousand.</summary>
public static class TicketBulk
{
    /// <summary>Changes the tickets of a stretch that are not so already. Call it inside <see cref="IWriteQueue.WriteAsync{T}"/>.</summary>
    public static async Task<BulkResult> ApplyAsync(HeadcountDb db, long eventId, IReadOnlyList<string> ticketIds, BulkChange change, Instant now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        var rows = await RowsAsync(db, eventId, ticketIds, cancellation);
        var replaced = change.Status == TicketStatus.Valid ? rows.RemoveAll(row => row.ReplacedBy is not null && row.Status == TicketStatus.Revoked) : 0;
        rows.RemoveAll(row => (change.Status is null || change.Status == row.Status) && (change.Type is null || change.Type == row.TicketType));
        var fields = (change.Status is null ? 0 : TicketFields.Status) | (change.Type is null ? 0 : TicketFields.TicketType);
        var imported = await TicketImport.UpsertAsync(db, eventId, [.. rows.Select(row => new TicketChange(new Ticket(new TicketId(row.TicketId)) { Status = change.Status ?? row.Status, TicketType = change.Type ?? row.TicketType }, fields))], now, cancellation, "changed");
        return new BulkResult(imported.Tickets, [.. rows.Select(row => new TicketBefore(row.TicketId, row.Status, row.TicketType))], imported.NewTypes, replaced);
    }

    /// <summary>Takes a change back where nobody has changed the ticket otherwise since.</summary>
    public static async Task<BulkResult> TakeBackAsync(HeadcountDb db, long eventId, IReadOnlyList<TicketBefore> before, BulkChange change, Instant now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(change);
        var were = before.ToDictionary(one => one.TicketId, StringComparer.Ordinal);
        var rows = await RowsAsync(db, eventId, [.. were.Keys], cancellation);
        rows.RemoveAll(row => (change.Status is { } status && row.Status != status) || (change.Type is { } type && row.TicketType != type) || row.ReplacedBy is not null);
        var fields = (change.Status is null ? 0 : TicketFields.Status) | (change.Type is null ? 0 : TicketFields.TicketType);
        var imported = await TicketImport.UpsertAsync(db, eventId, [.. rows.Select(row => new TicketChange(new Ticket(new TicketId(row.TicketId)) { Status = were[row.TicketId].Status, TicketType = were[row.TicketId].Type }, fields))], now, cancellation, "changed");
        return new BulkResult(imported.Tickets, [], imported.NewTypes, before.Count - rows.Count);
    }

    private static Task<List<TicketRow>> RowsAsync(HeadcountDb db, long eventId, IReadOnlyList<string> ticketIds, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(db);
        string[] ids = [.. ticketIds];
        return db.Tickets.AsNoTracking().Where(row => row.EventId == eventId && EF.Parameter(ids).Contains(row.TicketId)).ToListAsync(cancellation);
    }
}
