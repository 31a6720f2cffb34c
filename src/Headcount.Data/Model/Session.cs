using Headcount.Core;

namespace Headcount.Data.Model;

/// <summary>A browser in which somebody is signed in. Table <c>sessions</c>.</summary>
public sealed class Session
{
    public required string SessionId { get; set; }

    public required string UserId { get; set; }

    public Instant CreatedAt { get; set; }

    /// <summary>When it was last used, to some minutes.</summary>
    public Instant LastSeenAt { get; set; }

    /// <summary>The network address it began from.</summary>
    public string Address { get; set; } = "";

    /// <summary>The browser, as it names itself.</summary>
    public string Agent { get; set; } = "";

    public Instant? EndedAt { get; set; }
}

/// <summary>A passkey (WebAuthn credential) by which somebody signs in. Table <c>passkeys</c>.</summary>
public sealed class Passkey
{
    public required byte[] CredentialId { get; set; }

    public required string UserId { get; set; }

    /// <summary>What its owner calls it.</summary>
    public string Name { get; set; } = "";

    public required byte[] PublicKey { get; set; }

    /// <summary>How often it has signed, as it says itself: one that goes backwards was copied.</summary>
    public long SignCount { get; set; }

    public string[] Transports { get; set; } = [];

    public bool IsUserVerified { get; set; }

    public bool IsBackupEligible { get; set; }

    public bool IsBackedUp { get; set; }

    public required byte[] AttestationObject { get; set; }

    public required byte[] ClientDataJson { get; set; }

    public Instant CreatedAt { get; set; }

    public Instant? LastUsedAt { get; set; }
}

/// <summary>Something that the owner set for the whole server. Table <c>settings</c>.</summary>
public sealed class Setting
{
    public required string Name { get; set; }

    public required string Value { get; set; }
}
