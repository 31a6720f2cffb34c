using Headcount.Engine;

namespace Headcount.Server.Live;

/// <summary>The last records of a log without a gap, and the last ones worth a notice. Whoever owns it sees to it that one thread at a time is in it.</summary>
internal sealed class RecentRecords(int capacity, int noticeCapacity)
{
    private readonly LogEntry[] _entries = new LogEntry[capacity];
    private readonly Queue<Notice> _anomalies = [];
    private readonly Queue<Notice> _refusals = [];
    private readonly Queue<Notice> _overrides = [];
    private readonly List<Notice> _found = [];
    private long _firstSeq = 1;

    /// <summary>The number of the last record; 0 = none.</summary>
    public long LastSeq { get; private set; }

    /// <summary>The newest notices, newest first.</summary>
    public Notices Notices => new([.. _anomalies.Reverse()], [.. _refusals.Reverse()], [.. _overrides.Reverse()]);

    /// <summary>Forgets the records, and goes on after one.</summary>
    public void Restart(long lastSeq)
    {
        Array.Clear(_entries);
        LastSeq = lastSeq;
        _firstSeq = lastSeq + 1;
    }

    /// <summary>Adds the next records.</summary>
    public void Add(IReadOnlyList<LogEntry> entries)
    {
        if (entries.Count == 0) return;

        // The mailbox read its log anew and found there what it had not known to be kept.
        if (entries[0].Seq != LastSeq + 1) Restart(entries[0].Seq - 1);
        LastSeq = entries[^1].Seq;
        for (var i = Math.Max(0, entries.Count - _entries.Length); i < entries.Count; i++) _entries[entries[i].Seq % _entries.Length] = entries[i];
        _firstSeq = Math.Max(_firstSeq, LastSeq - _entries.Length + 1);
        Notice(entries);
    }

    /// <summary>Puts notices of earlier records before those that are known.</summary>
    public void AddEarlier(IReadOnlyList<LogEntry> entries)
    {
        var known = Notices;
        _anomalies.Clear();
        _refusals.Clear();
        _overrides.Clear();
        Notice(entries);
        foreach (var notice in known.Anomalies.Reverse()) Keep(notice);
        foreach (var notice in known.Refusals.Reverse()) Keep(notice);
        foreach (var notice in known.Overrides.Reverse()) Keep(notice);
    }

    /// <summary>Whether every record after one is still here.</summary>
    public bool HasAllAfter(long seq) => seq >= _firstSeq - 1 && seq <= LastSeq;

    /// <summary>The records after one, through another.</summary>
    public LogEntry[] Between(long afterSeq, long throughSeq)
    {
        var from = Math.Max(afterSeq + 1, _firstSeq);
        if (from > throughSeq) return [];
        var found = new LogEntry[throughSeq - from + 1];
        for (var i = 0; i < found.Length; i++) found[i] = _entries[(from + i) % _entries.Length];
        return found;
    }

    private void Notice(IReadOnlyList<LogEntry> entries)
    {
        _found.Clear();
        foreach (var entry in entries) Live.Notice.AddTo(_found, entry);
        foreach (var notice in _found) Keep(notice);
    }

    private void Keep(Notice notice)
    {
        var queue = notice.Type switch { LiveTypes.Anomaly => _anomalies, LiveTypes.Refusal => _refusals, _ => _overrides };
        if (queue.Count == noticeCapacity) queue.Dequeue();
        queue.Enqueue(notice);
    }
}

/// <summary>What was noticed last, newest first.</summary>
internal sealed record Notices(IReadOnlyList<Notice> Anomalies, IReadOnlyList<Notice> Refusals, IReadOnlyList<Notice> Overrides);
