using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Engine;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Past.Evacuation;

/// <summary>How lists follow the log: a record says whom it concerns, and how they stand the event's own state says.</summary>
internal sealed partial class RollCalls
{
    private async ValueTask<RollCallList?> RunningAsync(long eventId, CancellationToken cancellation)
    {
        if (!_running.TryFind(eventId, out var list))
        {
            await _changing.WaitAsync(cancellation);
            try
            {
                list = await LoadedAsync(eventId, cancellation);
            }
            finally
            {
                _changing.Release();
            }
        }

        if (list is null) return null;
        await list.Filled.WaitAsync(cancellation);
        if (list.IsBehind) await CatchUpAsync(list, await MailboxAsync(eventId, cancellation));
        if (list.Nameless().Count > 0) await NameAsync(list, cancellation);
        return list;
    }

    // What was under way when the server stopped goes on.
    private async Task<RollCallList?> LoadedAsync(long eventId, CancellationToken cancellation)
    {
        if (_running.TryFind(eventId, out var known)) return known;
        await using var db = _reader.Open();
        var row = await db.RollCalls.AsNoTracking().Where(one => one.EventId == eventId && one.EndedAt == null).OrderBy(one => one.RollCallId).FirstOrDefaultAsync(cancellation);
        if (row is null)
        {
            _running.Put(eventId, null);
            return null;
        }

        var mailbox = await MailboxAsync(eventId, cancellation);
        var list = new RollCallList(row);

        // It hears of the log before it is read, so that nothing falls between.
        _running.Put(eventId, list);
        try
        {
            await FillAsync(list, row, mailbox.Figures.Seq, cancellation);
            return list;
        }
        catch (Exception e)
        {
            _running.Forget(eventId);
            list.Fail(e);
            throw;
        }
    }

    private async Task FillAsync(RollCallList list, RollCall row, long? throughSeq, CancellationToken cancellation)
    {
        await list.Turn.WaitAsync(cancellation);
        try
        {
            await ReadAsync(list, row, throughSeq, cancellation);
        }
        finally
        {
            list.Turn.Release();
        }

        await NameAsync(list, cancellation);
        list.Ready();
    }

    private async Task ReadAsync(RollCallList list, RollCall row, long? throughSeq, CancellationToken cancellation)
    {
        var mailbox = await MailboxAsync(row.EventId, cancellation);
        var then = await mailbox.AsOfAsync(row.StartedSeq, cancellation);
        list.Begin(then.OpenEntries().Select(then.OpenedBy).Select(stay => (then.TicketOf(stay.Ticket).Value, stay)));
        var since = new List<LogEntry>();
        await foreach (var chunk in _log.ReadAsync(row.EventId, row.StartedSeq, throughSeq, cancellation))
        {
            foreach (var entry in chunk)
            {
                then.Apply(entry.Record);
                if (entry.Record is ScanRecord { CountedAt: not null } or Annulment) since.Add(entry);
            }
        }

        list.Take(since, StandingsOf(then, [.. ScannedBy(since).Union(TicketsOf(then, AnnulledBy(since)))]), then.LastSeq);
        await using var db = _reader.Open();
        list.Take(await db.RollCallMarks.AsNoTracking().Where(mark => mark.RollCallId == row.RollCallId).OrderBy(mark => mark.MarkId).ToListAsync(cancellation));
    }

    // Between the moment that the list tells of and the moment that it was followed, somebody may have left.
    private async Task FollowFromAsync(RollCallList list, EventMailbox mailbox)
    {
        try
        {
            await foreach (var chunk in _log.ReadAsync(list.Row.EventId, list.Row.StartedSeq, mailbox.Figures.Seq, CancellationToken.None)) list.Hear(chunk);
            await CatchUpAsync(list, mailbox);
            await NameAsync(list, CancellationToken.None);
            list.Ready();
        }
        catch (Exception e)
        {
            // It is under way: whoever asks next reads it anew.
            _running.Forget(list.Row.EventId);
            list.Fail(e);
            throw;
        }
    }

    private void CatchUpSoon(EventMailbox mailbox, RollCallList list)
    {
        if (list.StartCatchingUp()) _ = Task.Run(() => CatchUpAllAsync(list, mailbox));
    }

    private async Task CatchUpAllAsync(RollCallList list, EventMailbox mailbox)
    {
        // What was heard as it was about to stop is not left for the next record.
        do
        {
            if (!await TryCatchUpAsync(list, mailbox)) return;
        }
        while (list.IsBehind && list.StartCatchingUp());
    }

    private async Task<bool> TryCatchUpAsync(RollCallList list, EventMailbox mailbox)
    {
        try
        {
            while (list.IsBehind) await CatchUpAsync(list, mailbox);
            if (list.Filled.IsCompletedSuccessfully && list.Nameless().Count > 0) await NameAsync(list, CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is EventBusyException or EventClosedException or LogUnavailableException or System.Data.Common.DbException or ObjectDisposedException)
        {
            // What was heard is kept: the next record, or whoever asks next, tries again.
            return false;
        }
        finally
        {
            list.StopCatchingUp();
        }
    }

    private static async Task CatchUpAsync(RollCallList list, EventMailbox mailbox)
    {
        await list.Turn.WaitAsync();
        try
        {
            await InTurnAsync(list, mailbox);
        }
        finally
        {
            list.Turn.Release();
        }
    }

    private static async Task InTurnAsync(RollCallList list, EventMailbox mailbox)
    {
        var heard = list.TakeHeard();
        if (heard.Count == 0) return;
        try
        {
            var concerned = ScannedBy(heard);
            foreach (var annulled in AnnulledBy(heard).Chunk(PeopleAtOnce)) concerned.UnionWith(await mailbox.AskAsync(admission => TicketsOf(admission, annulled)));
            foreach (var piece in concerned.Chunk(PeopleAtOnce))
            {
                var (standings, seq) = await mailbox.AskAsync(admission => (StandingsOf(admission, piece), admission.LastSeq));
                list.Take(heard, standings, seq);
            }
        }
        catch
        {
            list.Hear(heard);
            throw;
        }
    }

    private static HashSet<string> ScannedBy(IEnumerable<LogEntry> entries) => entries.Select(entry => entry.Record).OfType<ScanRecord>().Select(scan => scan.Scan.TicketId.Value).ToHashSet(StringComparer.Ordinal);

    private static long[] AnnulledBy(IEnumerable<LogEntry> entries) => [.. entries.Select(entry => entry.Record).OfType<Annulment>().Select(annulment => annulment.Annulled)];

    private static List<string> TicketsOf(Admission admission, long[] seqs) => [.. seqs.Select(seq => admission.TicketOf(admission.OpenedBy(seq).Ticket).Value)];

    private static List<Standing> StandingsOf(Admission admission, string[] ticketIds)
    {
        var standings = new List<Standing>();
        foreach (var ticketId in ticketIds)
        {
            var ticket = new TicketId(ticketId);
            standings.Add(new Standing(ticketId, admission.StayOf(ticket), admission.PresenceOf(ticket).LeftAt));
        }

        return standings;
    }

    private async Task NameAsync(RollCallList list, CancellationToken cancellation) => list.Name(await NamesAsync(list.Row.EventId, list.Nameless(), cancellation));
}
