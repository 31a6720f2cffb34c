using Headcount.Core;

namespace Headcount.Data.Model;

/// <summary>A change that somebody made, through the office or the API. Table <c>audit</c>, append-only. What scans did is in the log.</summary>
public sealed class AuditRow
{
    public long AuditId { get; set; }

    public Instant At { get; set; }

    /// <summary>The event that it concerns; null = none.</summary>
    public long? EventId { get; set; }

    /// <summary>The organisation that it concerns; null = the whole server, or what its event says.</summary>
    public long? OrganisationId { get; set; }

    /// <summary>The account that made it; null = a device.</summary>
    public string? UserId { get; set; }

    /// <summary>What it went by then: the account's e-mail, or the device's id.</summary>
    public required string By { get; set; }

    /// <summary>By which way: <c>office</c>, <c>api</c> or <c>device</c>.</summary>
    public required string Via { get; set; }

    /// <summary><c>created</c>, <c>changed</c>, <c>deleted</c>, <c>imported</c>, <c>started</c>, <c>ended</c>, …</summary>
    public required string Action { get; set; }

    /// <summary>What kind of thing: <c>event</c>, <c>gate</c>, <c>ticket</c>, …</summary>
    public required string Subject { get; set; }

    /// <summary>Which of them.</summary>
    public required string SubjectId { get; set; }

    /// <summary>What changed, as JSON: <c>[{"field","from","to"},…]</c>; null = nothing that is told one by one.</summary>
    public string? Changes { get; set; }
}
