namespace Headcount.Engine;

/// <summary>The latest records, for repeats that follow at once, as most do. Any thread.</summary>
internal sealed class RecentEntries
{
    private const int Size = 4_096;

    private readonly LogEntry?[] _entries = new LogEntry?[Size];

    public void Add(LogEntry entry) => Volatile.Write(ref _entries[entry.Seq % Size], entry);

    public LogEntry? Find(long seq) => Volatile.Read(ref _entries[seq % Size]) is { } entry && entry.Seq == seq ? entry : null;
}
