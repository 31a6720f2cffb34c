namespace Headcount.Core;

/// <summary>The name of a ticket: 1–128 Unicode scalar values, compared ordinally, exactly as given.</summary>
public readonly record struct TicketId(string Value)
{
    /// <summary>The longest a ticket's id may be, in Unicode scalar values.</summary>
    public const int MaxLength = 128;

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The name of a gate: 1–64 Unicode scalar values, compared ordinally, exactly as given.</summary>
public readonly record struct GateName(string Value)
{
    /// <summary>The longest a gate's name may be, in Unicode scalar values.</summary>
    public const int MaxLength = 64;

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The name of the device that made a scan: up to 64 Unicode scalar values.</summary>
public readonly record struct DeviceId(string Value)
{
    /// <summary>The longest a device's id may be, in Unicode scalar values.</summary>
    public const int MaxLength = 64;

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The sender's own name for a scan, unique per device: the key that makes a retry harmless. Up to 64 Unicode scalar values.</summary>
public readonly record struct ScanId(string Value)
{
    /// <summary>The longest a scan's id may be, in Unicode scalar values.</summary>
    public const int MaxLength = 64;

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The direction of a scan.</summary>
public enum ScanType : byte
{
    /// <summary>Somebody comes in.</summary>
    Entry,

    /// <summary>Somebody goes out.</summary>
    Exit,
}

/// <summary>What became of a scan, as a log writes it.</summary>
public enum ScanOutcome : byte
{
    /// <summary>The scan does not say: it comes straight from a gate.</summary>
    None,

    /// <summary>Decided live, let through.</summary>
    Accepted,

    /// <summary>Decided live or by a device, refused: it counts for nobody, and is an attempt to admission only.</summary>
    Rejected,

    /// <summary>A fact: decided elsewhere and let through.</summary>
    Recorded,
}

/// <summary>One ticket read at one gate, once.</summary>
/// <remarks>The constructor takes what it is given; the ledger and the readers of Headcount.Streams check lengths and characters.</remarks>
public sealed record Scan
{
    /// <summary>A scan as a gate sends it.</summary>
    public Scan(TicketId ticketId, GateName gate, ScanType type, Instant timestamp, DeviceId? deviceId = null, ScanId? scanId = null)
    {
        TicketId = ticketId;
        Gate = gate;
        Type = type;
        Timestamp = timestamp;
        DeviceId = deviceId;
        ScanId = scanId;
    }

    /// <summary>Whose ticket.</summary>
    public TicketId TicketId { get; init; }

    /// <summary>At which gate.</summary>
    public GateName Gate { get; init; }

    /// <summary>In or out.</summary>
    public ScanType Type { get; init; }

    /// <summary>When, by the clock of the device (in a log: when it counts).</summary>
    public Instant Timestamp { get; init; }

    /// <summary>By which device; where it is absent, the gate stands in for it.</summary>
    public DeviceId? DeviceId { get; init; }

    /// <summary>The sender's own name for this scan.</summary>
    public ScanId? ScanId { get; init; }

    /// <summary>What became of it, where the scan comes from a log.</summary>
    public ScanOutcome Outcome { get; init; }

    /// <summary>Its number in the log it comes from, counting from 1; null straight from a gate.</summary>
    public long? Seq { get; init; }
}
