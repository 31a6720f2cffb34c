namespace Headcount.Client;

/// <summary>What a device is set to.</summary>
public sealed record DeviceConfiguration
{
    /// <summary>Its id.</summary>
    public string DeviceId { get; init; } = "";

    /// <summary>The gate it is bound to; null = any.</summary>
    public string? Gate { get; init; }

    /// <summary>What a scan without a direction means.</summary>
    public ScanDirection? Direction { get; init; }

    /// <summary>The zone of its clock.</summary>
    public string? Clock { get; init; }

    /// <summary>What it may do.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Whether it only looks at tickets, and lets nobody in.</summary>
    public bool ValidateOnly { get; init; }

    /// <summary>What it does while it is cut off: <c>leased</c>, <c>open</c> or <c>closed</c>.</summary>
    public string DegradedMode { get; init; } = "leased";
}

/// <summary>A code by which a device is paired, once.</summary>
public sealed record PairingCode
{
    /// <summary>The device.</summary>
    public string DeviceId { get; init; } = "";

    /// <summary>The code.</summary>
    public string Code { get; init; } = "";

    /// <summary>The scanner's page with the code, for a QR code.</summary>
    public string Link { get; init; } = "";

    /// <summary>Until when it is good.</summary>
    public DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>What a device gets for its pairing code.</summary>
public sealed record PairedDevice
{
    /// <summary>The version of the device protocol that the server speaks.</summary>
    public int Protocol { get; init; }

    /// <summary>The event's slug.</summary>
    public string Event { get; init; } = "";

    /// <summary>The device's token, shown this once.</summary>
    public string Token { get; init; } = "";

    /// <summary>When the token ends by itself; null = never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What the device is set to.</summary>
    public DeviceConfiguration Device { get; init; } = new();
}

/// <summary>What a device says of itself, every few seconds.</summary>
public sealed record NewHeartbeat
{
    /// <summary>How many scans it has decided and not handed in.</summary>
    public long QueueLength { get; init; }

    /// <summary>When the oldest of these was made.</summary>
    public DateTimeOffset? OldestWaitingAt { get; init; }

    /// <summary>The time on the device, when this is sent.</summary>
    public DateTimeOffset? Clock { get; init; }

    /// <summary>In per cent.</summary>
    public double? Battery { get; init; }

    /// <summary>What runs on it.</summary>
    public string? AppVersion { get; init; }

    /// <summary>What it does: <c>entry</c>, <c>exit</c>, <c>validate</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>Where it stands, where it is not bound to a gate.</summary>
    public string? Gate { get; init; }

    /// <summary>The lease that it holds; 0 = none.</summary>
    public long Lease { get; init; }

    /// <summary>Since when it could not reach the server.</summary>
    public DateTimeOffset? OfflineSince { get; init; }

    /// <summary>Whether it goes off for good and gives its lease back.</summary>
    public bool Leaving { get; init; }
}

/// <summary>Places that a device may fill by itself.</summary>
public sealed record DeviceLease
{
    /// <summary>Its number.</summary>
    public long Number { get; init; }

    /// <summary>How many.</summary>
    public long Places { get; init; }

    /// <summary>For how many seconds from when the heartbeat was sent.</summary>
    public long ExpiresIn { get; init; }
}

/// <summary>Which register the server has.</summary>
public sealed record RegisterVersion
{
    /// <summary>Its version.</summary>
    public string Version { get; init; } = "";

    /// <summary>The last record of the log.</summary>
    public long Seq { get; init; }
}

/// <summary>The answer to a heartbeat.</summary>
public sealed record HeartbeatAnswer
{
    /// <summary>The version of the device protocol that the server speaks.</summary>
    public int Protocol { get; init; }

    /// <summary>The time on the server.</summary>
    public DateTimeOffset ServerTime { get; init; }

    /// <summary>How far the device's clock is ahead of the server's, in milliseconds; null = it did not say.</summary>
    public long? ClockOffsetMs { get; init; }

    /// <summary>What the device is set to.</summary>
    public DeviceConfiguration Device { get; init; } = new();

    /// <summary>How often to say that one is there.</summary>
    public int HeartbeatSeconds { get; init; }

    /// <summary>After how long without an answer to decide by oneself.</summary>
    public int OfflineAfterSeconds { get; init; }

    /// <summary>The lease to go by from now on; null = none.</summary>
    public DeviceLease? Lease { get; init; }

    /// <summary>Which register the server has.</summary>
    public RegisterVersion Register { get; init; } = new();

    /// <summary>How many are inside.</summary>
    public long Occupancy { get; init; }

    /// <summary>How many may be.</summary>
    public long Capacity { get; init; }
}

/// <summary>What to change of a device; what is null stays as it is.</summary>
public sealed record DeviceChange
{
    /// <summary>The gate it is bound to.</summary>
    public string? Gate { get; init; }

    /// <summary>What a scan without a direction means.</summary>
    public ScanDirection? Direction { get; init; }

    /// <summary>The zone of its clock.</summary>
    public string? Clock { get; init; }

    /// <summary>Besides <c>scan</c>: <c>counts</c>, <c>register</c>, <c>supervise</c>.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Whether it only looks at tickets.</summary>
    public bool? ValidateOnly { get; init; }

    /// <summary>What it does while it is cut off.</summary>
    public string? DegradedMode { get; init; }

    /// <summary>Fields to make empty, by their names on the wire.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<string> Clear { get; init; } = [];
}

internal sealed record Pairing(string Code);
