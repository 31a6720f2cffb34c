using Headcount.Core;
using Headcount.Server.Problems;

namespace Headcount.Server.Access;

/// <summary>A token that is good, as the server holds it in memory.</summary>
internal sealed class HeldToken(long tokenId, TokenHash hash, string? deviceId, string? userId, Instant? expiresAt, TimeProvider time, RateLimits limits) : Proof(time, limits)
{
    public long TokenId => tokenId;

    public TokenHash Hash => hash;

    /// <summary>The device whose it is; null = an account's.</summary>
    public string? DeviceId => deviceId;

    /// <summary>The account whose it is; null = a device's.</summary>
    public string? UserId => userId;

    public override Instant? ExpiresAt => expiresAt;

    /// <summary>Who shows it. It is replaced when what its device or account may do changes.</summary>
    public Identity Identity { get; set; } = null!;
}
