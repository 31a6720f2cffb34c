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

/// <summary>How somebody stands by the log, at the moment of one of its records.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Stay">The stay that they are in; null = they are not inside.</param>
/// <param name="LeftAt">Their latest exit scan; null = none.</param>
internal readonly record struct Standing(string TicketId, Stay? Stay, Instant? LeftAt);

/// <summary>Somebody on the list of a roll-call. Guarded by its roll-call.</summary>
internal sealed class RollCallEntry
{
    private readonly string _ticketId;
    private readonly bool _isLate;

    // Few: the exits that came to the log since the list began, for the names of their gates.
    private readonly List<(Instant At, string Gate)> _exits = [];
    private string _ticketType;
    private string _gate;
    private Instant _enteredAt;
    private Instant? _leftAt;
    private RollCallMark? _mark;

    public RollCallEntry(string ticketId, Stay stay, bool isLate)
    {
        (_ticketId, _isLate, _ticketType, _gate, _enteredAt) = (ticketId, isLate, stay.TicketType, stay.EntryGate.Value, stay.EnteredAt);
        Node = new LinkedListNode<RollCallEntry>(this);
    }

    public string TicketId => _ticketId;

    /// <summary>Its place in the list of those that changed last.</summary>
    public LinkedListNode<RollCallEntry> Node { get; }

    public string? Name { get; set; }

    public bool IsNameKnown { get; set; }

    public long Version { get; set; }

    public Whereabouts Whereabouts => _mark is { IsSafe: true } ? Whereabouts.Safe : _leftAt is not null ? Whereabouts.Left : Whereabouts.Missing;

    /// <summary>Takes a mark in, unless a later one is known.</summary>
    public void Take(RollCallMark mark)
    {
        if (_mark is null || mark.MarkId > _mark.MarkId) _mark = mark;
    }

    /// <summary>An exit scan of theirs came to the log.</summary>
    public void Hear(Instant at, string gate) => _exits.Add((at, gate));

    /// <summary>How they stand by the log. Who is not inside and has no exit after the entry has not been seen to leave: they are still looked for.</summary>
    public void Take(in Standing standing)
    {
        if (standing.Stay is { } stay)
            (_ticketType, _gate, _enteredAt, _leftAt) = (stay.TicketType, stay.EntryGate.Value, stay.EnteredAt, null);
        else
            _leftAt = standing.LeftAt is { } left && left >= _enteredAt ? left : null;
    }

    public ListedPerson Listed() => new(
        _ticketId, Name, _ticketType, _gate, _enteredAt, Whereabouts, _isLate, _mark?.By, _mark?.At, _leftAt is { } at ? _exits.FindLast(exit => exit.At == at).Gate : null, _leftAt, Version);
}
