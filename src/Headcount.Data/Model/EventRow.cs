using Headcount.Core;

namespace Headcount.Data.Model;

/// <summary>An event: one venue on one occasion, with one log. Table <c>events</c>.</summary>
public sealed class EventRow
{
    public long EventId { get; set; }

    /// <summary>The organisation that runs it.</summary>
    public long OrganisationId { get; set; } = Organisation.First;

    /// <summary>Its name in addresses: lower-case letters, digits and hyphens, 1–64; unique.</summary>
    public required string Slug { get; set; }

    public required string Name { get; set; }

    /// <summary>IANA zone, <c>UTC</c>, or a fixed offset.</summary>
    public required string Zone { get; set; }

    public long Capacity { get; set; }

    public long? FirmCapacity { get; set; }

    public Instant? OpensAt { get; set; }

    public Instant? ClosesAt { get; set; }

    /// <summary><c>warn</c> or <c>reject</c>.</summary>
    public string ReentryPolicy { get; set; } = "warn";

    public double ReentryMinutes { get; set; } = 5;

    /// <summary>Percentages of the capacity at which an alert is raised.</summary>
    public int[] AlertLevels { get; set; } = [80, 90, 100];

    /// <summary>How many days after the event the names of those who were there are erased; null = as the server says.</summary>
    public int? RetentionDays { get; set; }

    /// <summary>When they were erased last; null = never.</summary>
    public Instant? NamesErasedAt { get; set; }

    /// <summary>Whether entries take a signed code, and plain ids are refused.</summary>
    public bool RequiresCodes { get; set; }

    public Instant CreatedAt { get; set; }

    public Instant? ArchivedAt { get; set; }

    /// <summary>Goes up with every change, so that whoever changes what has changed meanwhile is told.</summary>
    public long Version { get; set; }

    public List<GateRow> Gates { get; set; } = [];

    public List<TicketTypeRow> TicketTypes { get; set; } = [];
}

/// <summary>A gate of an event. Table <c>gates</c>.</summary>
public sealed class GateRow
{
    public long EventId { get; set; }

    public required string Name { get; set; }

    /// <summary>Its place among the event's gates.</summary>
    public int Position { get; set; }

    /// <summary>What it does while it is cut off from the server.</summary>
    public DegradedMode DegradedMode { get; set; }
}

/// <summary>A type of ticket of an event. Table <c>ticket_types</c>.</summary>
public sealed class TicketTypeRow
{
    public long EventId { get; set; }

    public required string Name { get; set; }

    /// <summary>Whether it passes a full house.</summary>
    public bool Override { get; set; }

    /// <summary>The only gates it opens; empty = every gate.</summary>
    public string[] Gates { get; set; } = [];

    public Instant? ValidFrom { get; set; }

    public Instant? ValidUntil { get; set; }

    public bool SingleEntry { get; set; }
}
