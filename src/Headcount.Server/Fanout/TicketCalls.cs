using System.Threading.Channels;
using Headcount.Core;
using Headcount.Data;
using Headcount.Engine;
using Headcount.Server.Manage;
using Microsoft.EntityFrameworkCore;
using StackExchange.Redis;

namespace Headcount.Server.Fanout;

/// <summary>Takes in what another program wrote to the table <c>tickets</c>, when it says so on <c>ticket_created</c> or <c>ticket_changed</c>.</summary>
/// <remarks>What is said while Redis is away, or faster than it can be looked up, is lost; so then the whole table is compared, and what differs is taken in.</remarks>
internal sealed partial class TicketCalls(RedisLink link, FanoutState state, EventHost host, EventChanges changes, IDbReader reader, IEventSource source, TimeProvider time, ILogger<TicketCalls> logger)
{
    /// <summary>How many named tickets may wait; beyond it the whole table is compared instead.</summary>
    public const int MostWaiting = 10_000;

    private const int LookUpAtOnce = 500;
    private static readonly TimeSpan OutageWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private HashSet<NamedTicket> _named = [];
    private bool _mustCompare;

    /// <summary>Redis is there again: what was said meanwhile was not heard.</summary>
    public void CompareAll()
    {
        lock (_lock) _mustCompare = true;
        _signal.Writer.TryWrite(true);
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        await SubscribeAsync(cancellation);
        while (true)
        {
            await _signal.Reader.ReadAsync(cancellation);
            var (named, mustCompare) = Take();
            try
            {
                if (mustCompare)
                    await CompareAsync(cancellation);
                else
                    await LookUpAsync(named, cancellation);
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                state.Failed();
                NotTaken(logger, problem);
                CompareAll();
                await Task.Delay(OutageWait, time, cancellation);
            }
        }
    }

    // Made once; the connection makes it again whenever it was lost.
    private async Task SubscribeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var redis = (await link.ConnectedAsync(cancellation)).GetSubscriber();
                foreach (var channel in (string[])["ticket_created", "ticket_changed"]) await redis.SubscribeAsync(RedisChannel.Literal(channel), (_, message) => Hear(message));
                return;
            }
            catch (Exception problem) when (problem is RedisException or TimeoutException)
            {
                link.Report(problem);
                await Task.Delay(OutageWait, time, cancellation);
            }
        }
    }

    private void Hear(RedisValue message)
    {
        if (message.IsNullOrEmpty) return;
        lock (_lock)
        {
            _named.UnionWith(NamedTicket.Read(message.ToString()));
            if (_named.Count > MostWaiting)
            {
                _named = [];
                _mustCompare = true;
            }
        }

        _signal.Writer.TryWrite(true);
    }

    private (HashSet<NamedTicket> Named, bool MustCompare) Take()
    {
        lock (_lock)
        {
            var taken = (_named, _mustCompare);
            (_named, _mustCompare) = ([], false);
            return taken;
        }
    }

    private async Task LookUpAsync(HashSet<NamedTicket> named, CancellationToken cancellation)
    {
        foreach (var mailbox in host.Open)
        {
            var slug = mailbox.Settings.Slug;
            var ids = named.Where(ticket => ticket.Event is null || ticket.Event == slug).Select(ticket => ticket.TicketId).Distinct(StringComparer.Ordinal);
            foreach (var chunk in ids.Chunk(LookUpAtOnce)) await TakeInAsync(mailbox, chunk, cancellation);
        }
    }

    private async Task<List<Ticket>> ReadAsync(long eventId, string[] ids, CancellationToken cancellation)
    {
        await using var db = reader.Open();
        var rows = await db.Tickets.AsNoTracking().Where(row => row.EventId == eventId && ids.Contains(row.TicketId)).ToListAsync(cancellation);
        return [.. rows.Select(row => row.ToTicket())];
    }

    private async Task CompareAsync(CancellationToken cancellation)
    {
        foreach (var mailbox in host.Open)
        {
            var others = new List<string>(LookUpAtOnce);
            var there = new HashSet<TicketId>();
            var found = 0;
            await foreach (var ticket in source.LoadTicketsAsync(mailbox.Settings.EventId, cancellation))
            {
                there.Add(ticket.TicketId);
                var known = await mailbox.FindTicketAsync(ticket.TicketId);
                if (known is not null) found++;
                if (IsSame(ticket, known)) continue;
                others.Add(ticket.TicketId.Value);
                if (others.Count < LookUpAtOnce) continue;
                await TakeInAsync(mailbox, others, cancellation);
                others.Clear();
            }

            await TakeInAsync(mailbox, others, cancellation);

            // Some that the gates know are no longer in the table. One that came into both meanwhile is looked up like the others, and found.
            if (await mailbox.CountTicketsAsync() == found) continue;
            var gone = (await mailbox.GoodTicketsAsync()).Where(ticket => !there.Contains(ticket));
            foreach (var chunk in gone.Select(ticket => ticket.Value).Chunk(LookUpAtOnce)) await TakeInAsync(mailbox, chunk, cancellation);
        }
    }

    private async Task TakeInAsync(EventMailbox mailbox, IReadOnlyList<string> named, CancellationToken cancellation)
    {
        if (named.Count == 0) return;
        var count = await changes.AdoptTicketsAsync(mailbox, token => FindOthersAsync(mailbox, [.. named], token), cancellation);
        if (count == 0) return;
        state.TicketsTaken(count);
        Taken(logger, mailbox.Settings.Slug, count);
    }

    // Only what differs is a change: others are told of changes.
    private async Task<IReadOnlyList<Ticket>> FindOthersAsync(EventMailbox mailbox, string[] named, CancellationToken cancellation)
    {
        var found = await ReadAsync(mailbox.Settings.EventId, named, cancellation);
        var changed = new List<Ticket>();
        foreach (var ticket in found)
        {
            if (!IsSame(ticket, await mailbox.FindTicketAsync(ticket.TicketId))) changed.Add(ticket);
        }

        // One that is no longer in the table is good for nothing.
        foreach (var id in named.Except(found.Select(ticket => ticket.TicketId.Value), StringComparer.Ordinal))
        {
            if (await mailbox.FindTicketAsync(new TicketId(id)) is { Status: not TicketStatus.Revoked } known) changed.Add(known with { Status = TicketStatus.Revoked });
        }

        return changed;
    }

    private static bool IsSame(Ticket ticket, Ticket? known) => known is not null && ticket with { Gates = known.Gates } == known && ticket.Gates.SequenceEqual(known.Gates);

    [LoggerMessage(760, LogLevel.Information, "Event {Event}: {Count} tickets that another program wrote hold at the gates")]
    private static partial void Taken(ILogger logger, string @event, int count);

    [LoggerMessage(761, LogLevel.Warning, "Tickets that another program named could not be read; the whole table is compared as soon as that is possible")]
    private static partial void NotTaken(ILogger logger, Exception problem);
}
