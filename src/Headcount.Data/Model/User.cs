using Headcount.Core;

namespace Headcount.Data.Model;

/// <summary>A person: attendee or staff. Table <c>users</c>.</summary>
public sealed class User
{
    public required string UserId { get; set; }

    public string? Email { get; set; }

    public string? Name { get; set; }

    /// <summary>What they may do everywhere on this server; null = nothing but what an organisation lets them (<see cref="Member"/>). Attendees have neither.</summary>
    public AccountRole? Role { get; set; }

    /// <summary>As ASP.NET Core Identity's hasher writes it; null = no password.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Changes with password, second factor and role: links that were sent before are void then.</summary>
    public string SecurityStamp { get; set; } = "";

    /// <summary>When they showed that the e-mail address is theirs; null = not yet.</summary>
    public Instant? EmailConfirmedAt { get; set; }

    /// <summary>Whether a code of their authenticator is asked for after the password.</summary>
    public bool TwoFactor { get; set; }

    /// <summary>The authenticator's key, encrypted with the server's own; null = none.</summary>
    public string? AuthenticatorKey { get; set; }

    /// <summary>SHA-256 of each recovery code that was not used.</summary>
    public string[] RecoveryCodes { get; set; } = [];

    /// <summary>The language of pages and letters, <c>en</c> or <c>de</c>; null = as the browser asks.</summary>
    public string? Language { get; set; }

    public Instant CreatedAt { get; set; }
}

/// <summary>What an account may do; each may do what the ones before it may.</summary>
public enum AccountRole : byte
{
    /// <summary>Sees counts, log and live feed.</summary>
    Viewer,

    /// <summary>Scans.</summary>
    Steward,

    /// <summary>Overrides, looks tickets up, annuls.</summary>
    Supervisor,

    /// <summary>Runs events: settings, tickets, devices, webhooks.</summary>
    Organiser,

    /// <summary>Everything.</summary>
    Owner,
}
