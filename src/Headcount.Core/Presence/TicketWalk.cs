namespace Headcount.Core;

/// <summary>What one scan did to its ticket's presence.</summary>
internal enum Step : byte
{
    /// <summary>Outside + entry: a stay opened.</summary>
    Opened,

    /// <summary>Inside + exit: the stay closed.</summary>
    Closed,

    /// <summary>Inside + entry: the open stay keeps its first gate and time.</summary>
    DuplicateEntry,

    /// <summary>Outside + exit: nothing else changes.</summary>
    ExitWithoutEntry,
}

/// <summary>One ticket's scans walked in counted order: the rule of presence, which everything that counts goes by.</summary>
/// <remarks>Rows are whatever numbers the caller gives its scans; -1 = none. Start from <see cref="Fresh"/>, not from the default value.</remarks>
internal struct TicketWalk
{
    /// <summary>The scan that opened the open stay.</summary>
    public int OpenRow;

    /// <summary>The latest exit scan of any kind.</summary>
    public int LatestExit;

    /// <summary>The latest scan.</summary>
    public int LatestRow;

    /// <summary>Whether a stay was ever opened.</summary>
    public bool EverEntered;

    /// <summary>A ticket without any scan.</summary>
    public static TicketWalk Fresh => new() { OpenRow = -1, LatestExit = -1, LatestRow = -1 };

    public readonly bool IsPresent => OpenRow >= 0;

    /// <summary>Whether the latest scan is an entry: present, unless a closing of the day ended the stay.</summary>
    public readonly bool EndsWithEntry => LatestRow >= 0 && LatestRow != LatestExit;

    /// <summary>Takes the next scan of the ticket in counted order.</summary>
    public Step Take(int row, ScanType type)
    {
        LatestRow = row;
        if (type == ScanType.Entry)
        {
            if (OpenRow >= 0) return Step.DuplicateEntry;
            OpenRow = row;
            EverEntered = true;
            return Step.Opened;
        }

        LatestExit = row;
        if (OpenRow < 0) return Step.ExitWithoutEntry;
        OpenRow = -1;
        return Step.Closed;
    }

    /// <summary>The day was closed while the stay was open, and no exit scan came next: the stay ends, without a scan.</summary>
    public void EndStay() => OpenRow = -1;
}
