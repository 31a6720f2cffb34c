using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Audit;
using Headcount.Data.Log;
using Headcount.Data.Model;
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

    /// <summary>When an event was over for good: when its doors closed, or its last record came, whichever is later; where neither is known, when it was archived. Null = it is not over.</summary>
    public static async Task<Instant?> EndOfAsync(HeadcountDb db, EventRow row, CancellationToken cancellation)
    {
        var end = await LastRecord.ReceivedAtAsync(db, row.EventId, cancellation);
        if (row.ClosesAt is { } closes && !(end >= closes)) end = closes;
        return end ?? row.ArchivedAt;
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

        if (erased == 0) return 0;
        Instant now = time.GetUtcNow();
        await writes.WriteAsync((db, ct) => db.Events.Where(one => one.EventId == row.EventId).ExecuteUpdateAsync(set => set.SetProperty(one => one.NamesErasedAt, now), ct), cancellation);
        Erased(logger, row.Slug, erased);
        return erased;
    }

    [LoggerMessage(210, LogLevel.Information, "Event {Event}: the names of {Tickets} tickets were erased, as its retention period says")]
    private static partial void Erased(ILogger logger, string @event, int tickets);

    [LoggerMessage(211, LogLevel.Error, "Names whose time is over could not be erased; it is tried again in an hour")]
    private static partial void Failed(ILogger logger, Exception problem);
}
