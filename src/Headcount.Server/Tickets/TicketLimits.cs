namespace Headcount.Server.Tickets;

/// <summary>How much of everything that concerns tickets in the office; see <c>docs/reference/limits.md</c>.</summary>
internal static class TicketLimits
{
    /// <summary>How many tickets a page of the list shows.</summary>
    public const int PageSize = 50;

    /// <summary>How many tickets one change of many may be about.</summary>
    public const int MostInBulk = 250_000;

    /// <summary>How many tickets a printed list has.</summary>
    public const int MostPrinted = 5_000;

    /// <summary>How long a note on a ticket may be, in characters.</summary>
    public const int MostNote = 2_000;

    /// <summary>How many notes a ticket may have.</summary>
    public const int MostNotes = 200;

    /// <summary>How long an uploaded list may be, in bytes.</summary>
    public const int MostFileBytes = 64 << 20;

    /// <summary>How long a workbook may be when it is unpacked, in bytes.</summary>
    public const long MostUnpackedBytes = 512L << 20;

    /// <summary>How many rows an uploaded list may have.</summary>
    public const int MostRows = 250_000;

    /// <summary>How many columns an uploaded list may have.</summary>
    public const int MostColumns = 64;

    /// <summary>How long a cell of an uploaded list may be, in characters.</summary>
    public const int MostCell = 2_000;

    /// <summary>How many lists may be under way at once on a server.</summary>
    public const int MostImports = 4;

    /// <summary>How many tickets of one person are exported.</summary>
    public const int MostOfPerson = 10_000;
}
