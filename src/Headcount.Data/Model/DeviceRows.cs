using Headcount.Core;

namespace Headcount.Data.Model;

/// <summary>A code by which a device is paired, once. Table <c>pairing_codes</c>. The code itself is nowhere.</summary>
public sealed class PairingCode
{
    public long PairingCodeId { get; set; }

    public required string DeviceId { get; set; }

    /// <summary>SHA-256 of the code, which has 256 random bits of its own.</summary>
    public required byte[] Hash { get; set; }

    public Instant CreatedAt { get; set; }

    public Instant ExpiresAt { get; set; }

    /// <summary>When it was exchanged for a token, or another took its place; null = it is good.</summary>
    public Instant? UsedAt { get; set; }
}

/// <summary>A key that signs an event's ticket codes. Table <c>signing_keys</c>.</summary>
public sealed class SigningKey
{
    public long EventId { get; set; }

    /// <summary>Its number, by chance: codes of other events and servers name others.</summary>
    public long KeyId { get; set; }

    /// <summary>Ed25519, 32 bytes.</summary>
    public required byte[] PublicKey { get; set; }

    /// <summary>The private key, protected by the server's keys.</summary>
    public required string PrivateKey { get; set; }

    public Instant CreatedAt { get; set; }

    /// <summary>Since when it signs nothing new; what it signed stays good. Null = it is the one that signs.</summary>
    public Instant? RetiredAt { get; set; }

    /// <summary>Since when nothing that it signed is believed.</summary>
    public Instant? RevokedAt { get; set; }
}

/// <summary>Places that a device may fill by itself. Table <c>leases</c>.</summary>
public sealed class LeaseRow
{
    public required string DeviceId { get; set; }

    public long EventId { get; set; }

    public string? Gate { get; set; }

    public long Number { get; set; }

    /// <summary>The most places that it can have.</summary>
    public long Places { get; set; }

    public Instant ExpiresAt { get; set; }

    /// <summary>The last record of the log when it was given.</summary>
    public long Seq { get; set; }
}

/// <summary>A time in which a device could not reach the server. Table <c>offline_periods</c>.</summary>
public sealed class OfflinePeriod
{
    public long OfflinePeriodId { get; set; }

    public required string DeviceId { get; set; }

    public long EventId { get; set; }

    /// <summary>When it was last heard of.</summary>
    public Instant BeganAt { get; set; }

    /// <summary>When it had handed everything in; null = it has not.</summary>
    public Instant? EndedAt { get; set; }

    /// <summary>The last record of the log when it began.</summary>
    public long FirstSeq { get; set; }

    /// <summary>The last record when it ended.</summary>
    public long? LastSeq { get; set; }
}
