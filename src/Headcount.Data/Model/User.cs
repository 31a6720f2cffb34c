using Headcount.Core;

namespace Headcount.Data.Model;

/// <summary>A person: attendee or staff. Table <c>users</c>.</summary>
public sealed class User
{
    public required string UserId { get; set; }

    public string? Email { get; set; }

    public string? Name { get; set; }

    /// <summary>What they may do on this server; null = an attendee, who cannot sign in.</summary>
    public AccountRole? Role { get; set; }

    /// <summary>As ASP.NET Core Identity's hasher writes it; null = no password.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Changes whenever every session must end.</summary>
    public string SecurityStamp { get; set; } = "";

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
