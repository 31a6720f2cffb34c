using Headcount.Core;

namespace Headcount.Streams;

/// <summary>What an element of an input turned out to be.</summary>
internal enum ElementKind : byte
{
    Scan,

    /// <summary>An entry and an exit in one row.</summary>
    Visit,

    /// <summary>The exit of a visit whose entry was not seen.</summary>
    VisitEnd,

    /// <summary>A row that was not asked for.</summary>
    Skipped,

    /// <summary>A record of a log that takes another one back.</summary>
    Annulment,

    /// <summary>A record of a log that closes the day.</summary>
    Closing,

    Malformed,
}

/// <summary>The texts of an element's fields, before they are understood; an empty one is absent.</summary>
internal ref struct ElementFields
{
    public ReadOnlySpan<byte> Ticket;
    public ReadOnlySpan<byte> Gate;
    public ReadOnlySpan<byte> Type;
    public ReadOnlySpan<byte> Timestamp;
    public ReadOnlySpan<byte> Device;
    public ReadOnlySpan<byte> ScanId;
    public ReadOnlySpan<byte> Outcome;
    public ReadOnlySpan<byte> Entered;
    public ReadOnlySpan<byte> Left;
    public ReadOnlySpan<byte> Seq;
    public ReadOnlySpan<byte> Annuls;
}

/// <summary>An element understood: its texts in UTF-8, its times as instants.</summary>
internal ref struct ScanElement
{
    public ElementKind Kind;
    public ReadOnlySpan<byte> Ticket;
    public ReadOnlySpan<byte> Gate;
    public ReadOnlySpan<byte> Device;
    public ReadOnlySpan<byte> ScanId;
    public RowFlags Flags;

    /// <summary>When, in microseconds; of a visit, the entry.</summary>
    public long Instant;

    /// <summary>The exit of a visit.</summary>
    public long LeftInstant;

    /// <summary>Its number in the log it comes from; 0 = none.</summary>
    public long Seq;

    /// <summary>The number of the record that an annulment takes back.</summary>
    public long Annuls;

    /// <summary>What is wrong with a malformed one.</summary>
    public string? Reason;
}
