using Headcount.Core;

namespace Headcount.Data.Model;

/// <summary>A ticket of an event. Table <c>tickets</c>, key <c>(event_id, ticket_id)</c>.</summary>
public sealed class TicketRow
{
    public long EventId { get; set; }

    public required string TicketId { get; set; }

    /// <summary>Whose it is: a row of <c>users</c>; null = nobody's that we know.</summary>
    public string? UserId { get; set; }

    /// <summary>Its type by name; null = none.</summary>
    public string? TicketType { get; set; }

    /// <summary><c>valid</c>, <c>revoked</c> or <c>unpaid</c>.</summary>
    public TicketStatus Status { get; set; }

    public Instant? ValidFrom { get; set; }

    public Instant? ValidUntil { get; set; }

    public string[] Gates { get; set; } = [];

    public bool SingleEntry { get; set; }

    /// <summary>The ticket in whose place this one was issued; null = none.</summary>
    public string? Replaces { get; set; }

    /// <summary>The ticket that was issued in place of this one; null = none.</summary>
    public string? ReplacedBy { get; set; }

    public Instant CreatedAt { get; set; }

    public Instant UpdatedAt { get; set; }
}

/// <summary>What somebody wrote down about a ticket. Table <c>ticket_notes</c>.</summary>
public sealed class TicketNote
{
    public long NoteId { get; set; }

    public long EventId { get; set; }

    public required string TicketId { get; set; }

    public required string Note { get; set; }

    /// <summary>Who wrote it, by their e-mail.</summary>
    public required string By { get; set; }

    public Instant At { get; set; }
}
