using System.Diagnostics.CodeAnalysis;
using Headcount.Core;
using Headcount.Data.Model;
using Headcount.Engine;

namespace Headcount.Server.Past.Evacuation;

/// <summary>How a list adds up.</summary>
/// <param name="Listed">Everybody on it.</param>
/// <param name="Safe">Marked as safe.</param>
/// <param name="Left">Left by a gate, without a mark.</param>
/// <param name="Missing">Neither.</param>
public readonly record struct RollCallCounts(int Listed, int Safe, int Left, int Missing);

/// <summary>One roll-call in memory: whom it began with, who was marked, who left by a gate meanwhile. The database and the log have all of it.</summary>
/// <remarks>Any thread.</remarks>
public sealed class RollCallList
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RollCallEntry> _entries = new(StringComparer.Ordinal);
    private readonly List<LogEntry> _waiting = [];
    private Action[] _followers = [];
    private long _appliedSeq;

    // Nothing that whoever follows has not seen is of version 0 or 1: they begin there.
    private long _version = 1;
    private bool _isReady;

    public RollCallList(RollCall row)
    {
        Row = row;
        _appliedSeq = row.StartedSeq;
    }

    /// <summary>The roll-call.</summary>
    public RollCall Row { get; private set; }

    public bool IsOver => Row.EndedAt is not null;

    /// <summary>How far its log was taken into account.</summary>
    public long AppliedSeq
    {
        get
        {
            lock (_lock) return _appliedSeq;
        }
    }

    public long Version
    {
        get
        {
            lock (_lock) return _version;
        }
    }

    /// <summary>Takes those in with whom it began.</summary>
    public void Begin(IEnumerable<(string TicketId, Stay Stay)> inside)
    {
        lock (_lock)
        {
            foreach (var (ticketId, stay) in inside) _entries[ticketId] = new RollCallEntry(ticketId, stay.TicketType, stay.EntryGate.Value, stay.EnteredAt, isLate: false);
        }
    }

    /// <summary>From here on records are applied as they come; those that came while it was read follow now.</summary>
    public void Ready()
    {
        lock (_lock)
        {
            _isReady = true;
            ApplyAll(_waiting);
            _waiting.Clear();
        }
    }

    /// <summary>Takes records of the log in. It returns at once.</summary>
    public void Take(IReadOnlyList<LogEntry> entries, bool isReading = false)
    {
        lock (_lock)
        {
            if (!_isReady && !isReading)
            {
                _waiting.AddRange(entries);
                return;
            }

            ApplyAll(entries);
        }

        Tell();
    }

    public void Take(IEnumerable<RollCallMark> marks)
    {
        lock (_lock)
        {
            foreach (var mark in marks)
            {
                if (!_entries.TryGetValue(mark.TicketId, out var entry)) continue;
                entry.Take(mark);
                entry.Version = ++_version;
            }
        }

        Tell();
    }

    /// <summary>It is over.</summary>
    public void End(RollCall row)
    {
        lock (_lock)
        {
            Row = row;
            _version++;
        }

        Tell();
    }

    public bool Has(string ticketId)
    {
        lock (_lock) return _entries.ContainsKey(ticketId);
    }

    public RollCallCounts Count()
    {
        lock (_lock)
        {
            var counts = new int[3];
            foreach (var entry in _entries.Values) counts[(int)entry.Whereabouts]++;
            return new RollCallCounts(_entries.Count, counts[(int)Whereabouts.Safe], counts[(int)Whereabouts.Left], counts[(int)Whereabouts.Missing]);
        }
    }

    /// <summary>Everybody whose entry changed after a version; 0 or less = all.</summary>
    public (IReadOnlyList<ListedPerson> People, long Version) Listed(long since = 0)
    {
        lock (_lock)
        {
            return ([.. _entries.Values.Where(entry => since <= 0 || entry.Version > since).Select(entry => entry.Listed())], _version);
        }
    }

    public bool TryFind(string ticketId, [NotNullWhen(true)] out ListedPerson? person)
    {
        lock (_lock) person = _entries.TryGetValue(ticketId, out var entry) ? entry.Listed() : null;
        return person is not null;
    }

    /// <summary>The tickets whose names were not looked for yet.</summary>
    public IReadOnlyList<string> Nameless()
    {
        lock (_lock) return [.. _entries.Values.Where(entry => !entry.IsNameKnown).Select(entry => entry.TicketId)];
    }

    public void Name(IReadOnlyDictionary<string, string?> names)
    {
        lock (_lock)
        {
            foreach (var (ticketId, name) in names)
            {
                if (!_entries.TryGetValue(ticketId, out var entry)) continue;
                (entry.Name, entry.IsNameKnown) = (name, true);
                if (name is not null) entry.Version = ++_version;
            }
        }
    }

    /// <summary>Is told of every change, on any thread, and must return at once.</summary>
    public IDisposable Follow(Action changed)
    {
        lock (_lock) _followers = [.. _followers, changed];
        return new Following(this, changed);
    }

    private void Tell()
    {
        foreach (var follower in Volatile.Read(ref _followers)) follower();
    }

    private void ApplyAll(IReadOnlyList<LogEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Seq <= _appliedSeq) continue;
            _appliedSeq = entry.Seq;
            switch (entry.Record)
            {
                case ScanRecord { CountedAt: { } at } scan:
                    Move(scan, at);
                    break;
                case Annulment annulment:
                    foreach (var one in _entries.Values)
                    {
                        if (one.TakeBack(annulment.Annulled)) one.Version = ++_version;
                    }

                    break;
            }
        }
    }

    private void Move(ScanRecord scan, Instant at)
    {
        var ticketId = scan.Scan.TicketId.Value;
        if (!_entries.TryGetValue(ticketId, out var entry))
        {
            // Nobody who was not inside can leave; whoever comes in now has to be found too.
            if (scan.Scan.Type == ScanType.Exit) return;
            _entries[ticketId] = entry = new RollCallEntry(ticketId, scan.TicketType ?? Ticket.UnknownType, scan.Scan.Gate.Value, at, isLate: true);
        }

        entry.Move(at, scan.Seq, scan.Scan.Type == ScanType.Exit, scan.Scan.Gate.Value);
        entry.Version = ++_version;
    }

    private sealed class Following(RollCallList list, Action changed) : IDisposable
    {
        public void Dispose()
        {
            lock (list._lock) list._followers = [.. list._followers.Where(other => other != changed)];
        }
    }
}
