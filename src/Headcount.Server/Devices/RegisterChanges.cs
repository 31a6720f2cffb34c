using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Headcount.Core;
using Headcount.Engine;

namespace Headcount.Server.Devices;

/// <summary>What has changed of each event's register and settings since the server started, by version: so that devices are sent what is new and not everything.</summary>
/// <remarks>Written on the mailboxes, between two scans; read on any thread. A version names the run of the server that it is of: after a restart, devices are sent everything.</remarks>
internal sealed class RegisterChanges : IEventListener
{
    private readonly ConcurrentDictionary<long, Changes> _ofEvents = new();

    /// <summary>The version of an event's register now.</summary>
    public string VersionOf(long eventId) => Of(eventId).Version;

    /// <summary>The tickets that changed after a version; null where that is too long ago, or is none of this run.</summary>
    public IReadOnlyCollection<TicketId>? Since(long eventId, string version) => Of(eventId).Since(version);

    /// <summary>Something that devices are sent with every download has changed.</summary>
    public void Raise(long eventId) => Of(eventId).Add([]);

    public void OnOpened(EventMailbox mailbox)
    {
    }

    public void OnCommitted(EventMailbox mailbox, Commit commit)
    {
    }

    public void OnSettingsChanged(EventMailbox mailbox) => Raise(mailbox.Settings.EventId);

    public void OnTicketsChanged(EventMailbox mailbox, IReadOnlyList<Ticket> tickets) => Of(mailbox.Settings.EventId).Add(tickets);

    public void OnReloaded(EventMailbox mailbox) => _ofEvents[mailbox.Settings.EventId] = new Changes();

    private Changes Of(long eventId) => _ofEvents.GetOrAdd(eventId, static _ => new Changes());

    private sealed class Changes
    {
        private readonly string _run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        private readonly Queue<(long Number, TicketId Ticket)> _tickets = new();
        private readonly Lock _lock = new();
        private long _number;
        private long _forgottenThrough;

        public string Version
        {
            get
            {
                lock (_lock) return string.Create(CultureInfo.InvariantCulture, $"{_run}.{_number}");
            }
        }

        public void Add(IReadOnlyList<Ticket> tickets)
        {
            lock (_lock)
            {
                _number++;
                foreach (var ticket in tickets)
                {
                    _tickets.Enqueue((_number, ticket.TicketId));
                    if (_tickets.Count > DeviceLimits.MostChanges) _forgottenThrough = _tickets.Dequeue().Number;
                }
            }
        }

        public HashSet<TicketId>? Since(string version)
        {
            if (version.Split('.') is not [var run, var text] || run != _run || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            lock (_lock)
            {
                if (number > _number || number < _forgottenThrough) return null;
                return _tickets.Where(change => change.Number > number).Select(change => change.Ticket).ToHashSet();
            }
        }
    }
}
