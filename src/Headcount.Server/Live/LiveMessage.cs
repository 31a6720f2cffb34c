namespace Headcount.Server.Live;

/// <summary>A message as it goes to every watcher: written once, the same bytes for all.</summary>
/// <param name="Type">What it is, <see cref="LiveTypes"/>.</param>
/// <param name="Seq">The last record it reflects.</param>
/// <param name="Json">One line of JSON in UTF-8.</param>
internal sealed record LiveMessage(string Type, long Seq, ReadOnlyMemory<byte> Json)
{
    /// <summary>Whether a later message of its type says all that this one does.</summary>
    public bool IsState => Type is LiveTypes.Occupancy or LiveTypes.Gate or LiveTypes.TicketTypes;

    /// <summary>Whether who has read it, and all before it, has missed nothing up to <see cref="Seq"/>.</summary>
    public bool IsPosition => Type is LiveTypes.Occupancy or LiveTypes.Snapshot;
}

/// <summary>The types of messages.</summary>
internal static class LiveTypes
{
    public const string Snapshot = "snapshot";
    public const string Occupancy = "occupancy";
    public const string Gate = "gate";
    public const string TicketTypes = "ticket_types";
    public const string Anomaly = "anomaly";
    public const string Refusal = "refusal";
    public const string Override = "override";
    public const string Alert = "alert";
    public const string Scans = "scans";
}
