using System.Text.Json.Serialization;

namespace Headcount.Client;

/// <summary>A scan to hand in. What is null is filled in from the device, where it has it: gate, direction, id.</summary>
public sealed record NewScan
{
    /// <summary>The ticket as it was read, 1 to 128 characters; compared as it stands.</summary>
    public required string TicketId { get; init; }

    /// <summary>The gate, 1 to 64 characters; null = the device's.</summary>
    public string? Gate { get; init; }

    /// <summary>In or out; null = the device's direction.</summary>
    public ScanDirection? ScanType { get; init; }

    /// <summary>When it was scanned, by the device's clock. The server counts in microseconds; finer digits are cut off.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The device, at most 64 characters; null = the token's.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Your own name for this scan, unique per device, at most 64 characters. With it, sending the scan again is harmless.</summary>
    public string? ScanId { get; init; }

    /// <summary>A supervisor's word that lets somebody into a full house; needs the right to.</summary>
    public ScanOverride? Override { get; init; }

    /// <summary>What the device decided already, which makes it a fact: recorded, never refused. Null = decide now (in a batch: accepted).</summary>
    public DeviceDecision? Decided { get; init; }

    /// <summary>Of a fact that the device refused: why, one of <see cref="RefusalReasons"/>.</summary>
    public string? Reason { get; init; }
}

/// <summary>In or out.</summary>
[JsonConverter(typeof(SnakeCaseEnum<ScanDirection>))]
public enum ScanDirection
{
    /// <summary>In.</summary>
    Entry,

    /// <summary>Out.</summary>
    Exit,
}

/// <summary>What a device decided by itself.</summary>
[JsonConverter(typeof(SnakeCaseEnum<DeviceDecision>))]
public enum DeviceDecision
{
    /// <summary>It let the person through.</summary>
    Accepted,

    /// <summary>It did not.</summary>
    Rejected,
}

/// <summary>Why somebody is let in although the house is full.</summary>
/// <param name="Reason">For the log, which also keeps whose token it was.</param>
public sealed record ScanOverride(string Reason);

internal sealed record Batch(IReadOnlyList<NewScan> Scans);

internal sealed record Reason([property: JsonPropertyName("reason")] string Text);
