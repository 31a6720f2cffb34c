using Headcount.Core;

namespace Headcount.Data.Model;

/// <summary>Who runs events: a club, a theatre, an agency. Table <c>organisations</c>.</summary>
public sealed class Organisation
{
    /// <summary>The one that every database has.</summary>
    public const long First = 1;

    public long OrganisationId { get; set; }

    public required string Name { get; set; }

    public Instant CreatedAt { get; set; }
}

/// <summary>What somebody may do at the events of an organisation. Table <c>members</c>.</summary>
public sealed class Member
{
    public long OrganisationId { get; set; }

    public required string UserId { get; set; }

    public AccountRole Role { get; set; }

    public Instant Since { get; set; }
}

/// <summary>A letter that asks somebody to become a member. Table <c>invitations</c>. The code in its link is nowhere.</summary>
public sealed class Invitation
{
    public long InvitationId { get; set; }

    public long OrganisationId { get; set; }

    public required string Email { get; set; }

    public AccountRole Role { get; set; }

    /// <summary>SHA-256 of the code, which has 256 random bits of its own.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>The account that invited; its number only, so that the invitation outlives it.</summary>
    public required string InvitedBy { get; set; }

    public Instant CreatedAt { get; set; }

    public Instant ExpiresAt { get; set; }

    /// <summary>When it was accepted or taken back; null = it is open.</summary>
    public Instant? EndedAt { get; set; }
}
