namespace Headcount.Core;

/// <summary>One ticket as things are known now: 40 bytes.</summary>
internal struct TicketState
{
    /// <summary>After all its scans that count.</summary>
    public TicketWalk Walk;

    /// <summary>Its latest row: the head of the chain in counted order.</summary>
    public int Head;

    /// <summary>The first of its entries that counts, or -1.</summary>
    public int FirstEntry;

    /// <summary>The latest of its exit scans by their own time; <see cref="NoExit"/> = none.</summary>
    public long LatestExit;

    /// <summary>Whether it would be inside had there been no limit.</summary>
    public bool Wanted;

    public const long NoExit = long.MinValue;

    /// <summary>A ticket without any scan.</summary>
    public static readonly TicketState Fresh = new() { Walk = TicketWalk.Fresh, Head = -1, FirstEntry = -1, LatestExit = NoExit };
}
