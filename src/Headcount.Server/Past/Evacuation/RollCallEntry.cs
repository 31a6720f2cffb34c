using Headcount.Core;
using Headcount.Data.Model;

namespace Headcount.Server.Past.Evacuation;

/// <summary>How somebody on the list stands.</summary>
public enum Whereabouts : byte
{
    /// <summary>Neither found nor seen at a gate.</summary>
    Missing,

    /// <summary>Marked as safe.</summary>
    Safe,

    /// <summary>Left by a gate, without a mark.</summary>
    Left,
}

/// <summary>Somebody on a list as it is shown: a value, that any thread may keep.</summary>
/// <param name="TicketId">The ticket; what they are called by where no name is known.</param>
/// <param name="Name">Whose the ticket is; null = not known.</param>
/// <param name="TicketType">Its type when they came in.</param>
/// <param name="Gate">Where they came in.</param>
/// <param name="EnteredAt">When.</param>
/// <param name="Whereabouts">How they stand.</param>
/// <param name="IsLate">Whether they came in after the roll-call had begun.</param>
/// <param name="MarkedBy">Who marked them last; null = nobody.</param>
/// <param name="MarkedAt">When.</param>
/// <param name="LeftGate">By which gate they left; null = they did not.</param>
/// <param name="LeftAt">When.</param>
/// <param name="Version">Goes up with every change of the list, so that whoever follows sees what is new.</param>
public sealed record ListedPerson(
    string TicketId, string? Name, string TicketType, string Gate, Instant EnteredAt, Whereabouts Whereabouts, bool IsLate, string? MarkedBy, Instant? MarkedAt, string? LeftGate, Instant? LeftAt, long Version);

/// <summary>Somebody on the list of a roll-call, with what happened since. Guarded by its roll-call.</summary>
internal sealed class RollCallEntry(string ticketId, string ticketType, string gate, Instant enteredAt, bool isLate)
{
    // Few: what came to the log since the list began, whatever time it tells of.
    private readonly List<(Instant At, long Seq, bool IsExit, string Gate)> _moves = [];
    private RollCallMark? _mark;

    public string TicketId => ticketId;

    public string? Name { get; set; }

    public bool IsNameKnown { get; set; }

    public long Version { get; set; }

    public Whereabouts Whereabouts => _mark is { IsSafe: true } ? Whereabouts.Safe : LastMove is { IsExit: true } ? Whereabouts.Left : Whereabouts.Missing;

    private (Instant At, long Seq, bool IsExit, string Gate)? LastMove => _moves.Count == 0 ? null : _moves[^1];

    /// <summary>Takes a mark in, unless a later one is known.</summary>
    public void Take(RollCallMark mark)
    {
        if (_mark is null || mark.MarkId > _mark.MarkId) _mark = mark;
    }

    /// <summary>Takes a scan in, in its place in counted order. What tells of the time before they came in changes nothing.</summary>
    public void Move(Instant at, long seq, bool isExit, string place)
    {
        if (at < enteredAt) return;
        var index = _moves.FindLastIndex(move => (move.At, move.Seq).CompareTo((at, seq)) < 0) + 1;
        _moves.Insert(index, (at, seq, isExit, place));
    }

    /// <summary>Takes a scan back; true where it was one of theirs.</summary>
    public bool TakeBack(long seq) => _moves.RemoveAll(move => move.Seq == seq) > 0;

    public ListedPerson Listed()
    {
        var left = LastMove is { IsExit: true } move ? move : ((Instant At, long Seq, bool IsExit, string Gate)?)null;
        return new ListedPerson(ticketId, Name, ticketType, gate, enteredAt, Whereabouts, isLate, _mark?.By, _mark?.At, left?.Gate, left?.At, Version);
    }
}
