namespace Headcount.Core;

/// <summary>What a counted scan, or a closing of the day, did to the headcount.</summary>
public enum MovementKind : byte
{
    /// <summary>A stay opened: one more inside.</summary>
    Opened,

    /// <summary>A stay closed: one fewer inside.</summary>
    Closed,

    /// <summary>An entry of somebody inside: nobody more.</summary>
    DuplicateEntry,

    /// <summary>An exit of somebody not inside: nobody fewer.</summary>
    ExitWithoutEntry,

    /// <summary>A stay ended because the day was closed: one fewer inside, without a scan.</summary>
    DayEnded,
}

/// <summary>One step of the headcount.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Gate">Where the scan was made; for <see cref="MovementKind.DayEnded"/>, where the stay was opened.</param>
public readonly record struct Movement(Instant At, MovementKind Kind, GateName Gate)
{
    /// <summary>How many more (or fewer) are inside after it: 1, 0 or -1.</summary>
    public int Change => Kind switch
    {
        MovementKind.Opened => 1,
        MovementKind.Closed or MovementKind.DayEnded => -1,
        _ => 0,
    };
}

public sealed partial class ScanLedger
{
    /// <summary>Everything that happened to the headcount, in counted order: what a replay plays.</summary>
    /// <remarks>The changes add up to <see cref="Occupancy"/>, at every instant. Holds 16 bytes for each while it is read.</remarks>
    public IEnumerable<Movement> Movements()
    {
        var visitor = new MovementVisitor();
        if (Mode == LedgerMode.Anonymous)
        {
            Settle();
            for (var row = 0; row < _rows.Count; row++)
            {
                if ((_rows.Flags(row) & RowFlags.Uncounted) != 0) continue;
                visitor.Found.Add(new Moved(_rows.Instant(row), row, _rows.Type(row) == ScanType.Entry ? MovementKind.Opened : MovementKind.Closed));
            }
        }
        else
        {
            Walk(ref visitor);
        }

        visitor.Found.Sort((one, other) => one.Instant != other.Instant ? one.Instant.CompareTo(other.Instant) : one.Row.CompareTo(other.Row));
        foreach (var moved in visitor.Found)
            yield return new Movement(new Instant(moved.Instant), moved.Kind, new GateName(NameText(_rows.Gate(moved.Row))));
    }

    private readonly record struct Moved(long Instant, int Row, MovementKind Kind);

    private readonly struct MovementVisitor() : IPresenceVisitor
    {
        public readonly List<Moved> Found = [];

        public void Took(int row, long instant, int gateAndFlags, Step step, in TicketWalk before) =>
            Found.Add(new Moved(instant, row, step switch
            {
                Step.Opened => MovementKind.Opened,
                Step.Closed => MovementKind.Closed,
                Step.DuplicateEntry => MovementKind.DuplicateEntry,
                _ => MovementKind.ExitWithoutEntry,
            }));

        public void DayEnded(int openRow, long instant) => Found.Add(new Moved(instant, openRow, MovementKind.DayEnded));
    }
}
