using Headcount.Core;
using Headcount.Engine;

namespace Headcount.Server.Webhooks;

/// <summary>Tickets of one event that changed and are not told of yet; the newest state of each. Any thread.</summary>
internal sealed class TicketChanges(int most)
{
    private readonly Lock _lock = new();
    private Dictionary<TicketId, Ticket> _tickets = [];
    private bool _isAll;

    /// <summary>What is to be told.</summary>
    /// <param name="Tickets">The tickets.</param>
    /// <param name="IsAll">Whether there were too many: the register is to be read again.</param>
    public readonly record struct Taken(IReadOnlyList<Ticket> Tickets, bool IsAll);

    public EventMailbox? Mailbox { get; private set; }

    public bool IsEmpty
    {
        get
        {
            lock (_lock) return _tickets.Count == 0 && !_isAll;
        }
    }

    public void Add(EventMailbox mailbox, IReadOnlyList<Ticket> tickets)
    {
        lock (_lock)
        {
            Mailbox = mailbox;
            if (_isAll) return;
            foreach (var ticket in tickets) _tickets[ticket.TicketId] = ticket;
            if (_tickets.Count <= most) return;
            (_isAll, _tickets) = (true, []);
        }
    }

    public Taken Take(int count)
    {
        lock (_lock)
        {
            var taken = new Taken([.. _tickets.Values.Take(count)], _isAll);
            foreach (var ticket in taken.Tickets) _tickets.Remove(ticket.TicketId);
            _isAll = false;
            return taken;
        }
    }

    /// <summary>Could not be written down: they wait again, where nothing newer of them does.</summary>
    public void GiveBack(Taken taken)
    {
        lock (_lock)
        {
            _isAll |= taken.IsAll;
            foreach (var ticket in taken.Tickets) _tickets.TryAdd(ticket.TicketId, ticket);
        }
    }
}
