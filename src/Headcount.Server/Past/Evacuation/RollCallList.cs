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

/// <summary>One roll-call in memory: whom it began with, who was marked, and how everybody stands by the log since. It decides nothing about scans itself: whom a record concerns is asked about anew.</summary>
/// <remarks>Any thread. What is heard on a mailbox is noted under a lock of its own, which nobody holds for long.</remarks>
public sealed class RollCallList
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RollCallEntry> _entries = new(StringComparer.Ordinal);

    // Those that changed last are at the end, so that whoever follows is told of them without a look at all.
    private readonly LinkedList<RollCallEntry> _byVersion = new();
    private readonly int[] _counts = new int[3];
    private readonly TaskCompletionSource _filled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Lock _heardLock = new();
    private List<LogEntry> _heard = [];

    private int _isCatchingUp;
    private Action[] _followers = [];
    private long _appliedSeq;

    // Nothing that whoever follows has not seen is of version 0 or 1: they begin there.
    private long _version = 1;

    public RollCallList(RollCall row)
    {
        ArgumentNullException.ThrowIfNull(row);
        Row = row;
        _appliedSeq = row.StartedSeq;
    }

    /// <summary>The roll-call.</summary>
    public RollCall Row { get; private set; }

    public bool IsOver => Row.EndedAt is not null;

    /// <summary>Ends once everybody is on it; nobody is shown a list that is being read.</summary>
    public Task Filled => _filled.Task;

    /// <summary>Whether the log has something that was not asked about yet.</summary>
    public bool IsBehind
    {
        get
        {
            lock (_heardLock) return _heard.Count > 0;
        }
    }

    /// <summary>Whoever asks how people stand does so in turn: what was asked first is taken in first.</summary>
    internal SemaphoreSlim Turn { get; } = new(1);

    /// <summary>Whether the caller is the one who catches up from now on, until <see cref="StopCatchingUp"/>.</summary>
    internal bool StartCatchingUp() => Interlocked.Exchange(ref _isCatchingUp, 1) == 0;

    internal void StopCatchingUp() => Volatile.Write(ref _isCatchingUp, 0);

    /// <summary>The record of the log as of which it stands.</summary>
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
        ArgumentNullException.ThrowIfNull(inside);
        lock (_lock)
        {
            foreach (var (ticketId, stay) in inside) Add(new RollCallEntry(ticketId, stay, isLate: false));
        }
    }

    /// <summary>Everybody is on it.</summary>
    public void Ready() => _filled.TrySetResult();

    /// <summary>It could not be read.</summary>
    public void Fail(Exception reason) => _filled.TrySetException(reason);

    /// <summary>Notes records of the log; how those stand whom they concern is asked later. It returns at once.</summary>
    public void Hear(IReadOnlyList<LogEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        lock (_heardLock) _heard.AddRange(entries.Where(entry => entry.Record is ScanRecord { CountedAt: not null } or Annulment));
    }

    /// <summary>What was heard and not asked about yet; whoever takes it asks, or gives it back.</summary>
    internal IReadOnlyList<LogEntry> TakeHeard()
    {
        lock (_heardLock)
        {
            var heard = _heard;
            _heard = [];
            return heard;
        }
    }

    /// <summary>Takes in how people stand as of a record.</summary>
    internal void Take(IReadOnlyList<LogEntry> heard, IEnumerable<Standing> standings, long seq)
    {
        var exits = heard.Select(entry => entry.Record).OfType<ScanRecord>().Where(scan => scan is { Scan.Type: ScanType.Exit, CountedAt: not null })
            .ToLookup(scan => scan.Scan.TicketId.Value, scan => (scan.CountedAt!.Value, scan.Scan.Gate.Value), StringComparer.Ordinal);
        lock (_lock)
        {
            foreach (var standing in standings)
            {
                if (!_entries.TryGetValue(standing.TicketId, out var entry))
                {
                    // Nobody who was not inside can leave; whoever is inside now has to be found too.
                    if (standing.Stay is { } stay) Add(new RollCallEntry(standing.TicketId, stay, isLate: true));
                    continue;
                }

                foreach (var (at, gate) in exits[standing.TicketId]) entry.Hear(at, gate);
                Change(entry, one => one.Take(standing));
            }

            _appliedSeq = Math.Max(_appliedSeq, seq);
        }

        Tell();
    }

    public void Take(IEnumerable<RollCallMark> marks)
    {
        ArgumentNullException.ThrowIfNull(marks);
        lock (_lock)
        {
            foreach (var mark in marks)
            {
                if (_entries.TryGetValue(mark.TicketId, out var entry)) Change(entry, one => one.Take(mark));
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
        lock (_lock) return new RollCallCounts(_entries.Count, _counts[(int)Whereabouts.Safe], _counts[(int)Whereabouts.Left], _counts[(int)Whereabouts.Missing]);
    }

    /// <summary>Everybody whose entry changed after a version; 0 or less = all.</summary>
    public (IReadOnlyList<ListedPerson> People, long Version) Listed(long since = 0)
    {
        lock (_lock)
        {
            if (since <= 0) return ([.. _entries.Values.Select(entry => entry.Listed())], _version);
            var people = new List<ListedPerson>();
            for (var node = _byVersion.Last; node is not null && node.Value.Version > since; node = node.Previous) people.Add(node.Value.Listed());
            people.Reverse();
            return (people, _version);
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
        ArgumentNullException.ThrowIfNull(names);
        var isNews = false;
        lock (_lock)
        {
            foreach (var (ticketId, name) in names)
            {
                if (!_entries.TryGetValue(ticketId, out var entry)) continue;
                entry.IsNameKnown = true;
                if (entry.Name == name) continue;
                Change(entry, one => one.Name = name);
                isNews = true;
            }
        }

        if (isNews) Tell();
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

    private void Add(RollCallEntry entry)
    {
        _entries.Add(entry.TicketId, entry);
        _counts[(int)entry.Whereabouts]++;
        entry.Version = ++_version;
        _byVersion.AddLast(entry.Node);
    }

    private void Change(RollCallEntry entry, Action<RollCallEntry> change)
    {
        _counts[(int)entry.Whereabouts]--;
        change(entry);
        _counts[(int)entry.Whereabouts]++;
        entry.Version = ++_version;
        _byVersion.Remove(entry.Node);
        _byVersion.AddLast(entry.Node);
    }

    private sealed class Following(RollCallList list, Action changed) : IDisposable
    {
        public void Dispose()
        {
            lock (list._lock) list._followers = [.. list._followers.Where(other => other != changed)];
        }
    }
}
