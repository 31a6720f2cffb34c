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
internal sealed partial class RollCalls : IDisposable
{
    /// <summary>How many people one request may mark.</summary>
    public const int MostMarksAtOnce = 500;

    // So many people are looked up before the gates go on: a fraction of a millisecond.
    private const int PeopleAtOnce = 512;

    private readonly EventDirectory _directory;
    private readonly EventHost _host;
    private readonly IWriteQueue _writes;
    private readonly IDbReader _reader;
    private readonly IScanLog _log;
    private readonly RunningRollCalls _running;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _changing = new(1);

    public RollCalls(EventDirectory directory, EventHost host, IWriteQueue writes, IDbReader reader, IScanLog log, RunningRollCalls running, TimeProvider time)
    {
        (_directory, _host, _writes, _reader, _log, _running, _time) = (directory, host, writes, reader, log, running, time);
        running.Heard += CatchUpSoon;
    }

    private Instant Now => _time.GetUtcNow();

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
        await using var db = _reader.Open();
        return await db.RollCalls.AsNoTracking().Where(row => row.EventId == listed.EventId).OrderByDescending(row => row.RollCallId).Take(100).ToListAsync(cancellation);
    }

    /// <summary>A roll-call that is over, as it ended.</summary>
    public async Task<RollCallList> ReadAsync(Caller caller, string slug, long rollCallId, CancellationToken cancellation)
    {
        var (listed, _) = Admit(caller, slug, Right.Supervise);
        await using var db = _reader.Open();
        var row = await db.RollCalls.AsNoTracking().SingleOrDefaultAsync(one => one.RollCallId == rollCallId && one.EventId == listed.EventId, cancellation)
            ?? throw new ProblemException(404, ProblemCodes.NotFound, $"Event '{slug}' has no roll-call {rollCallId}.");
        if (row.EndedAt is null && await RunningAsync(listed.EventId, cancellation) is { } current) return current;
        var list = new RollCallList(row);
        await FillAsync(list, row, row.EndedSeq, cancellation);
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
            await _writes.WriteAsync(async (db, ct) =>
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
            _running.Put(listed.EventId, list);
            await FollowFromAsync(list, mailbox);
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
            await CatchUpAsync(list, await MailboxAsync(listed.EventId, cancellation));
            var (at, seq, id) = (Now, list.AppliedSeq, list.Row.RollCallId);
            var ended = await _writes.WriteAsync(async (db, ct) =>
            {
                var row = await db.RollCalls.SingleAsync(one => one.RollCallId == id, ct);
                (row.EndedAt, row.EndedBy, row.EndedSeq) = (at, caller.Name, seq);
                await db.SaveChangesAsync(ct);
                await db.NoteAsync("ended", "roll_call", id.ToString(CultureInfo.InvariantCulture), listed.EventId, null, null, ct);
                return row;
            }, CancellationToken.None);
            _running.Put(listed.EventId, null);
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
        var marks = await _writes.WriteAsync(async (db, ct) =>
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

    /// <summary>The zone of an event that is open.</summary>
    public Zone ZoneOf(long eventId) => _host.TryGet(eventId, out var mailbox) ? mailbox.Settings.Zone : Zone.Utc;

    /// <summary>A roll-call of an event began or ended; on any thread.</summary>
    public event Action<long>? Changed;

    public void Dispose()
    {
        _running.Heard -= CatchUpSoon;
        _changing.Dispose();
    }

    private (ListedEvent Event, Caller There) Admit(Caller caller, string slug, Right right)
    {
        DemandAccount(caller);
        return _directory.Admit(caller, slug, right);
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

    private async Task<Dictionary<string, string?>> NamesAsync(long eventId, IReadOnlyList<string> ticketIds, CancellationToken cancellation)
    {
        var names = ticketIds.ToDictionary(ticketId => ticketId, string? (_) => null, StringComparer.Ordinal);
        await using var db = _reader.Open();
        foreach (var chunk in ticketIds.Chunk(PeopleAtOnce))
        {
            var found = await db.Tickets.AsNoTracking().Where(ticket => ticket.EventId == eventId && chunk.Contains(ticket.TicketId))
                .Join(db.Users, ticket => ticket.UserId, user => user.UserId, (ticket, user) => new { ticket.TicketId, user.Name }).ToListAsync(cancellation);
            foreach (var one in found) names[one.TicketId] = one.Name;
        }

        return names;
    }

    private async Task<EventMailbox> MailboxAsync(long eventId, CancellationToken cancellation) =>
        await _host.OpenAsync(eventId, cancellation) ?? throw new ProblemException(404, ProblemCodes.NotFound, "There is no such event.");

    private static ProblemException NoneRunning(string slug) => new(409, ProblemCodes.Conflict, $"No roll-call is under way at event '{slug}'.");
}
