using System.Collections.Concurrent;
using Headcount.Engine;

namespace Headcount.Server.Past.Evacuation;

/// <summary>The roll-calls that are under way, which hear what is committed at their events.</summary>
/// <remarks>Any thread; on the mailboxes it returns at once.</remarks>
internal sealed class RunningRollCalls : IEventListener
{
    private readonly ConcurrentDictionary<long, RollCallList?> _lists = [];

    /// <summary>The log has something that concerns a roll-call; it must return at once.</summary>
    public event Action<EventMailbox, RollCallList>? Heard;

    /// <summary>What is known of an event: a roll-call, or (null) that there is none. False = it was not looked for yet.</summary>
    public bool TryFind(long eventId, out RollCallList? list) => _lists.TryGetValue(eventId, out list);

    public void Put(long eventId, RollCallList? list) => _lists[eventId] = list;

    /// <summary>Whoever asks next looks for it anew.</summary>
    public void Forget(long eventId) => _lists.TryRemove(eventId, out _);

    public void OnOpened(EventMailbox mailbox)
    {
    }

    public void OnCommitted(EventMailbox mailbox, Commit commit)
    {
        if (!_lists.TryGetValue(mailbox.Settings.EventId, out var list) || list is null) return;
        list.Hear(commit.Entries);
        if (list.IsBehind) Heard?.Invoke(mailbox, list);
    }

    public void OnSettingsChanged(EventMailbox mailbox)
    {
    }
}
