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

    public Instant CreatedAt { get; set; }

    public Instant UpdatedAt { get; set; }
}
