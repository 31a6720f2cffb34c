using Headcount.Core;

namespace Headcount.Data.Model;

/// <summary>A roll-call: everybody who was inside is to be found safe. Table <c>roll_calls</c>. Who that was is in the log, as it stood at <see cref="StartedSeq"/>.</summary>
public sealed class RollCall
{
    public long RollCallId { get; set; }

    public long EventId { get; set; }

    public Instant StartedAt { get; set; }

    public required string StartedBy { get; set; }

    /// <summary>The record of the log up to which it knew who was inside.</summary>
    public long StartedSeq { get; set; }

    public Instant? EndedAt { get; set; }

    public string? EndedBy { get; set; }

    /// <summary>How far the log was taken into account when it ended.</summary>
    public long? EndedSeq { get; set; }
}

/// <summary>A steward's word on one person. Table <c>roll_call_marks</c>, append-only: the last one holds.</summary>
public sealed class RollCallMark
{
    public long MarkId { get; set; }

    public long RollCallId { get; set; }

    public required string TicketId { get; set; }

    /// <summary>Whether they were found safe; false takes an earlier mark back.</summary>
    public bool IsSafe { get; set; }

    public Instant At { get; set; }

    public required string By { get; set; }
}
