using System.Globalization;
using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Headcount.Server.Access;
using Headcount.Server.Problems;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Past.Evacuation;

/// <summary>Who is inside, by name, and roll-calls: what pages and endpoints do with them. Each call asks whether the caller may.</summary>
/// <remarks>A mark is answered when it is on disk, and whoever follows sees it then. Any thread.</remarks>
internal sealed class RollCalls(EventDirectory directory, EventHost host, IWriteQueue writes, IDbReader reader, IScanLog log, RunningRollCalls running, TimeProvider time) : IDisposable
{
    /// <summary>How many people one request may mark.</summary>
    public const int MostMarksAtOnce = 500;

    // So many people are looked up before the gates go on: a fraction of a millisecond.
    private const int PeopleAtOnce = 512;

    private readonly SemaphoreSlim _changing = new(1);

    private Instant Now => time.GetUtcNow();

    /// <summary>Names are for people: a device at a gate is nobody's.</summary>
    /// <exception cref="ProblemException">It is a device (403).</exception>
    public static void DemandAccount(Caller caller)
    {
        if (caller.Device is not null) throw new ProblemException(403, ProblemCodes.Forbidden, "Roll-calls are for accounts, from stewards on, and not for devices.");
    }

    /// <summary>The roll-call that is under way at an event; null = none.</summary>
    public async Task<RollCallList?> FindAsync(Caller caller, string slug, CancellationToken cancellation)
    {
        var (listed, _) = Admit(caller, slug, Right.Scan);
        return await RunningAsync(listed.EventId, cancellation);
    }

    /// <summary>Everybody inside now, by ticket.</summary>
    public async Task<IReadOnlyList<ListedPerson>> InsideAsync(Caller caller, string slug, CancellationToken cancellation)
    {
        var (listed, _) = Admit(caller, slug, Right.Supervise);
        var (_, inside) = await ReadInsideAsync(await MailboxAsync(listed.EventId, cancellation));
        var names = await NamesAsync(listed.EventId, [.. inside.Select(one => one.TicketId)], cancellation);
        return [.. inside.Select(one => new ListedPerson(one.TicketId, names.GetValueOrDefault(one.TicketId), one.Stay.TicketType, one.Stay.EntryGate.Value, one.Stay.EnteredAt, Whereabouts.Missing, false, null, null, null, null, 0))];
    }

    /// <summary>The roll-calls of an event, the latest first.</summary>
    public async Task<IReadOnlyList<RollCall>> ListAsync(Caller caller, string slug, CancellationToken cancellation)
    {
        var (listed, _) = Admit(caller, slug, Right.Supervise);
        await using var db = reader.Open();
        return await db.RollCalls.AsNoTracking().Where(row => row.EventId == listed.EventId).OrderByDescending(row => row.RollCallId).Take(100).ToListAsync(cancellation);
    }

    /// <summary>A roll-call that is over, as it ended.</summary>
    public async Task<RollCallList> ReadAsync(Caller caller, string slug, long rollCallId, CancellationToken cancellation)
    {
        var (listed, _) = Admit(caller, slug, Right.Supervise);
        await using var db = reader.Open();
        var row = await db.RollCalls.AsNoTracking().SingleOrDefaultAsync(one => one.RollCallId == rollCallId && one.EventId == listed.EventId, cancellation)
            ?? throw new ProblemException(404, ProblemCodes.NotFound, $"Event '{slug}' has no roll-call {rollCallId}.");
        if (row.EndedAt is null && await RunningAsync(listed.EventId, cancellation) is { } current) return current;
        var list = new RollCallList(row);
        await FillAsync(list, row, row.EndedSeq, cancellation);
        list.Ready();
        return list;
    }

    /// <summary>Begins a roll-call with everybody who is inside.</summary>
    public async Task<RollCallList> StartAsync(Caller caller, string slug, CancellationToken cancellation)
    {
        var (listed, _) = Admit(caller, slug, Right.Supervise);
        await _changing.WaitAsync(cancellation);
        try
        {
            if (await LoadedAsync(listed.EventId, cancellation) is not null) throw new ProblemException(409, ProblemCodes.Conflict, "A roll-call is under way already. End it before you begin another.");
            var mailbox = await MailboxAsync(listed.EventId, cancellation);
            var (seq, inside) = await ReadInsideAsync(mailbox);
            var row = new RollCall { EventId = listed.EventId, StartedAt = Now, StartedBy = caller.Name, StartedSeq = seq };
            await writes.WriteAsync(async (db, ct) =>
            {
                var added = new RollCall { EventId = row.EventId, StartedAt = row.StartedAt, StartedBy = row.StartedBy, StartedSeq = row.StartedSeq };
                db.RollCalls.Add(added);
                await db.SaveChangesAsync(ct);
                await db.NoteAsync("started", "roll_call", added.RollCallId.ToString(CultureInfo.InvariantCulture), row.EventId, null, null, ct);
                row.RollCallId = added.RollCallId;
                return true;
            }, CancellationToken.None);
            var list = new RollCallList(row);
            list.Begin(inside);
            running.Put(listed.EventId, list);
            await CatchUpAsync(list, mailbox);
            Changed?.Invoke(listed.EventId);
            return list;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Ends the roll-call that is under way.</summary>
    public async Task EndAsync(Caller caller, string slug, CancellationToken cancellation)
    {
        var (listed, _) = Admit(caller, slug, Right.Supervise);
        await _changing.WaitAsync(cancellation);
        try
        {
            if (await LoadedAsync(listed.EventId, cancellation) is not { } list) throw NoneRunning(slug);
            var (at, seq, id) = (Now, list.AppliedSeq, list.Row.RollCallId);
            var ended = await writes.WriteAsync(async (db, ct) =>
            {
                var row = await db.RollCalls.SingleAsync(one => one.RollCallId == id, ct);
                (row.EndedAt, row.EndedBy, row.EndedSeq) = (at, caller.Name, seq);
                await db.SaveChangesAsync(ct);
                await db.NoteAsync("ended", "roll_call", id.ToString(CultureInfo.InvariantCulture), listed.EventId, null, null, ct);
                return row;
            }, CancellationToken.None);
            running.Put(listed.EventId, null);
            list.End(ended);
            Changed?.Invoke(listed.EventId);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Marks people as safe, or takes that back. When it returns, it is on disk, and whoever follows has been told.</summary>
    public async Task<RollCallList> MarkAsync(Caller caller, string slug, IReadOnlyList<string> ticketIds, bool isSafe, CancellationToken cancellation)
    {
        var (listed, _) = Admit(caller, slug, Right.Scan);
        if (await RunningAsync(listed.EventId, cancellation) is not { } list) throw NoneRunning(slug);
        var stranger = ticketIds.FirstOrDefault(ticketId => !list.Has(ticketId));
        if (stranger is not null) throw new ProblemException(404, ProblemCodes.NotFound, $"Ticket '{Manage.Names.Excerpt(stranger)}' is not on the list: it was not inside when the roll-call began.");
        var (at, id) = (Now, list.Row.RollCallId);
        var marks = await writes.WriteAsync(async (db, ct) =>
        {
            // Ended meanwhile: what comes now belongs to no list.
            if (!await db.RollCalls.AnyAsync(row => row.RollCallId == id && row.EndedAt == null, ct)) throw NoneRunning(slug);
            var made = ticketIds.Select(ticketId => new RollCallMark { RollCallId = id, TicketId = ticketId, IsSafe = isSafe, At = at, By = caller.Name }).ToList();
            db.RollCallMarks.AddRange(made);
            await db.SaveChangesAsync(ct);
            return made;
        }, CancellationToken.None);
        list.Take(marks);
        return list;
    }

    /// <summary>The marks of one person in a roll-call, the first first.</summary>
    public async Task<IReadOnlyList<RollCallMark>> MarksAsync(Caller caller, string slug, long rollCallId, CancellationToken cancellation)
    {
        Admit(caller, slug, Right.Supervise);
        await using var db = reader.Open();
        return await db.RollCallMarks.AsNoTracking().Where(mark => mark.RollCallId == rollCallId).OrderBy(mark => mark.MarkId).ToListAsync(cancellation);
    }

    /// <summary>The zone of an event that is open.</summary>
    public Zone ZoneOf(long eventId) => host.TryGet(eventId, out var mailbox) ? mailbox.Settings.Zone : Zone.Utc;

    /// <summary>A roll-call of an event began or ended; on any thread.</summary>
    public event Action<long>? Changed;

    public void Dispose() => _changing.Dispose();

    private async ValueTask<RollCallList?> RunningAsync(long eventId, CancellationToken cancellation)
    {
        if (running.TryFind(eventId, out var known))
        {
            if (known is not null && known.Nameless().Count > 0) await NameAsync(known, cancellation);
            return known;
        }

        await _changing.WaitAsync(cancellation);
        try
        {
            return await LoadedAsync(eventId, cancellation);
        }
        finally
        {
            _changing.Release();
        }
    }

    // What was under way when the server stopped goes on.
    private async Task<RollCallList?> LoadedAsync(long eventId, CancellationToken cancellation)
    {
        if (running.TryFind(eventId, out var known)) return known;
        await using var db = reader.Open();
        var row = await db.RollCalls.AsNoTracking().Where(one => one.EventId == eventId && one.EndedAt == null).OrderBy(one => one.RollCallId).FirstOrDefaultAsync(cancellation);
        if (row is null)
        {
            running.Put(eventId, null);
            return null;
        }

        var mailbox = await MailboxAsync(eventId, cancellation);
        var list = new RollCallList(row);
        running.Put(eventId, list);
        try
        {
            await FillAsync(list, row, mailbox.Figures.Seq, cancellation);
            list.Ready();
            return list;
        }
        catch
        {
            running.Forget(eventId);
            throw;
        }
    }

    private async Task FillAsync(RollCallList list, RollCall row, long? throughSeq, CancellationToken cancellation)
    {
        var mailbox = await MailboxAsync(row.EventId, cancellation);
        var then = await mailbox.AsOfAsync(row.StartedSeq, cancellation);
        list.Begin(then.OpenEntries().Select(then.OpenedBy).Select(stay => (then.TicketOf(stay.Ticket).Value, stay)));
        await foreach (var chunk in log.ReadAsync(row.EventId, row.StartedSeq, throughSeq, cancellation)) list.Take(chunk, isReading: true);
        await using var db = reader.Open();
        list.Take(await db.RollCallMarks.AsNoTracking().Where(mark => mark.RollCallId == row.RollCallId).OrderBy(mark => mark.MarkId).ToListAsync(cancellation));
        await NameAsync(list, cancellation);
    }

    // Between the moment that the list tells of and the moment that it was followed, somebody may have left.
    private async Task CatchUpAsync(RollCallList list, EventMailbox mailbox)
    {
        try
        {
            await foreach (var chunk in log.ReadAsync(list.Row.EventId, list.Row.StartedSeq, mailbox.Figures.Seq, CancellationToken.None)) list.Take(chunk, isReading: true);
            list.Ready();
            await NameAsync(list, CancellationToken.None);
        }
        catch
        {
            // It is under way: whoever asks next reads it anew.
            running.Forget(list.Row.EventId);
            throw;
        }
    }

    private (ListedEvent Event, Caller There) Admit(Caller caller, string slug, Right right)
    {
        DemandAccount(caller);
        return directory.Admit(caller, slug, right);
    }

    private static async Task<(long Seq, List<(string TicketId, Stay Stay)> Inside)> ReadInsideAsync(EventMailbox mailbox)
    {
        var (seq, open) = await mailbox.AskAsync(admission => (admission.LastSeq, admission.OpenEntries()));
        var inside = new List<(string, Stay)>(open.Length);
        for (var at = 0; at < open.Length; at += PeopleAtOnce)
        {
            var from = at;
            inside.AddRange(await mailbox.AskAsync(admission =>
            {
                var piece = new List<(string, Stay)>(PeopleAtOnce);
                for (var i = from; i < Math.Min(open.Length, from + PeopleAtOnce); i++)
                {
                    var stay = admission.OpenedBy(open[i]);
                    piece.Add((admission.TicketOf(stay.Ticket).Value, stay));
                }

                return piece;
            }));
        }

        return (seq, inside);
    }

    private async Task NameAsync(RollCallList list, CancellationToken cancellation) => list.Name(await NamesAsync(list.Row.EventId, list.Nameless(), cancellation));

    private async Task<Dictionary<string, string?>> NamesAsync(long eventId, IReadOnlyList<string> ticketIds, CancellationToken cancellation)
    {
        var names = ticketIds.ToDictionary(ticketId => ticketId, string? (_) => null, StringComparer.Ordinal);
        await using var db = reader.Open();
        foreach (var chunk in ticketIds.Chunk(PeopleAtOnce))
        {
            var found = await db.Tickets.AsNoTracking().Where(ticket => ticket.EventId == eventId && chunk.Contains(ticket.TicketId))
                .Join(db.Users, ticket => ticket.UserId, user => user.UserId, (ticket, user) => new { ticket.TicketId, user.Name }).ToListAsync(cancellation);
            foreach (var one in found) names[one.TicketId] = one.Name;
        }

        return names;
    }

    private async Task<EventMailbox> MailboxAsync(long eventId, CancellationToken cancellation) =>
        await host.OpenAsync(eventId, cancellation) ?? throw new ProblemException(404, ProblemCodes.NotFound, "There is no such event.");

    private static ProblemException NoneRunning(string slug) => new(409, ProblemCodes.Conflict, $"No roll-call is under way at event '{slug}'.");
}
