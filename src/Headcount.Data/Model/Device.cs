using Headcount.Core;

namespace Headcount.Data.Model;

/// <summary>A device that scans at an event. Table <c>devices</c>; its id is unique on the server.</summary>
public sealed class Device
{
    public required string DeviceId { get; set; }

    public long EventId { get; set; }

    /// <summary>The gate it is bound to; null = any.</summary>
    public string? Gate { get; set; }

    /// <summary>What a body that names no direction means; null = it must name one.</summary>
    public ScanType? Direction { get; set; }

    /// <summary>The zone of its clock, for timestamps without an offset; null = UTC.</summary>
    public string? Clock { get; set; }

    /// <summary>Besides <c>scan</c>: <c>counts</c>, <c>register</c>, <c>supervise</c>.</summary>
    public string[] Scopes { get; set; } = [];

    /// <summary>Whether it only looks at tickets, and lets nobody in.</summary>
    public bool ValidateOnly { get; set; }

    /// <summary>What it does while it is cut off; null = what is declared for its gate.</summary>
    public DegradedMode? DegradedMode { get; set; }

    public Instant CreatedAt { get; set; }

    public Instant? RevokedAt { get; set; }
}

/// <summary>A token that a device or a program shows. Table <c>tokens</c>. The token itself is nowhere.</summary>
public sealed class Token
{
    public long TokenId { get; set; }

    /// <summary>SHA-256 of the token, which has 256 random bits of its own.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>The device whose it is; null = an account's.</summary>
    public string? DeviceId { get; set; }

    /// <summary>The account whose it is; null = a device's.</summary>
    public string? UserId { get; set; }

    /// <summary>What its owner calls it.</summary>
    public string Name { get; set; } = "";

    public Instant CreatedAt { get; set; }

    public Instant? ExpiresAt { get; set; }

    public Instant? RevokedAt { get; set; }
}
