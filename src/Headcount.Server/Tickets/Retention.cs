using System.Globalization;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Audit;
using Headcount.Data.Log;
using Headcount.Data.Model;
using Headcount.Data.Tickets;
using Headcount.Engine;
using Headcount.Server.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Headcount.Server.Tickets;

/// <summary>Erases the names of those who were at an event, so many days after it as the event or the server says. Scans stay.</summary>
internal sealed partial class Retention(People people, EventHost host, ServerSettings settings, IDbReader reader, IWriteQueue writes, TimeProvider time, ILogger<Retention> logger) : BackgroundService
{
    /// <summary>How often it is looked for events whose time is over.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private const int ChunkSize = 500;

    /// <summary>Erases what is due now.</summary>
    /// <returns>How many tickets lost their names.</returns>
    public async Task<int> EraseDueAsync(CancellationToken cancellation)
    {
        Actor.Current = new Actor(null, "retention", "server", time);
        var erased = 0;
        foreach (var row in await DueAsync(cancellation)) erased += await EraseAsync(row, cancellation);
        return erased;
    }

    /// <summary>When an event was over for good: when its doors closed, or, where nobody said when, when it was archived; or when its last record came, if that was later. Null = it is not over.</summary>
    /// <remarks>A last record alone ends nothing: scans are tried out long before the doors open.</remarks>
    public static async Task<Instant?> EndOfAsync(HeadcountDb db, EventRow row, CancellationToken cancellation)
    {
        if ((row.ClosesAt ?? row.ArchivedAt) is not { } end) return null;
        return await LastRecord.ReceivedAtAsync(db, row.EventId, cancellation) is { } last && last > end ? last : end;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await EraseDueAsync(stoppingToken);
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                // The next hour is another try.
                Failed(logger, problem);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<List<EventRow>> DueAsync(CancellationToken cancellation)
    {
        Instant now = time.GetUtcNow();
        await using var db = reader.Open();
        var due = new List<EventRow>();
        foreach (var row in await db.Events.AsNoTracking().ToListAsync(cancellation))
        {
            if ((row.RetentionDays ?? settings.RetentionDays) is { } days && await EndOfAsync(db, row, cancellation) is { } end && end + TimeSpan.FromDays(days) <= now) due.Add(row);
        }

        return due;
    }

    private async Task<int> EraseAsync(EventRow row, CancellationToken cancellation)
    {
        if (await host.OpenAsync(row.EventId, cancellation) is not { } mailbox) return 0;
        var erased = 0;
        while (true)
        {
            string[] tickets;
            List<string> users;
            await using (var db = reader.Open())
            {
                tickets = await db.Tickets.Where(ticket => ticket.EventId == row.EventId && (ticket.UserId != null || db.TicketNotes.Any(note => note.EventId == ticket.EventId && note.TicketId == ticket.TicketId)))
                    .OrderBy(ticket => ticket.TicketId).Select(ticket => ticket.TicketId).Take(ChunkSize).ToArrayAsync(cancellation);
                if (tickets.Length == 0) break;
                users = await db.Tickets.Where(ticket => ticket.EventId == row.EventId && ticket.UserId != null && EF.Parameter(tickets).Contains(ticket.TicketId)).Select(ticket => ticket.UserId!).Distinct().ToListAsync(cancellation);
            }

            await people.ForgetAsync(mailbox, tickets, "names_erased");
            erased += tickets.Length;
            await writes.WriteAsync(async (db, ct) =>
            {
                foreach (var user in users) await People.DropAsync(db, user, ct);
                return true;
            }, cancellation);
        }

        if (erased + await EraseReviewNotesAsync(row.EventId, cancellation) == 0) return 0;
        Instant now = time.GetUtcNow();
        await writes.WriteAsync((db, ct) => db.Events.Where(one => one.EventId == row.EventId).ExecuteUpdateAsync(set => set.SetProperty(one => one.NamesErasedAt, now), ct), cancellation);
        Erased(logger, row.Slug, erased);
        return erased;
    }

    // Of tickets that were nobody's too: who settled something may have written a name.
    private async Task<int> EraseReviewNotesAsync(long eventId, CancellationToken cancellation)
    {
        await using (var db = reader.Open())
        {
            if (!await db.Reviews.AnyAsync(row => row.EventId == eventId && row.Note != null, cancellation)) return 0;
        }

        return await writes.WriteAsync(async (db, ct) =>
        {
            var notes = await ReviewNotes.EraseAsync(db, eventId, null, ct);
            await db.NoteAsync("names_erased", "review", "", eventId, null, [new FieldChange("count", null, notes.ToString(CultureInfo.InvariantCulture))], ct);
            return notes;
        }, cancellation);
    }

    [LoggerMessage(210, LogLevel.Information, "Event {Event}: the names of {Tickets} tickets were erased, as its retention period says")]
    private static partial void Erased(ILogger logger, string @event, int tickets);

    [LoggerMessage(211, LogLevel.Error, "Names whose time is over could not be erased; it is tried again in an hour")]
    private static partial void Failed(ILogger logger, Exception problem);
}
