using Headcount.Core;

namespace Headcount.Data.Model;

/// <summary>What somebody said of an anomaly or a refusal: that it is settled, or that it is open again. Table <c>reviews</c>, append-only: the last one holds.</summary>
public sealed class ReviewRow
{
    public long ReviewId { get; set; }

    public long EventId { get; set; }

    /// <summary>The record of the log.</summary>
    public long Seq { get; set; }

    /// <summary>The kind of anomaly by its code, or <c>refused</c>.</summary>
    public required string Kind { get; set; }

    public bool IsResolved { get; set; }

    public string? Note { get; set; }

    public Instant At { get; set; }

    public required string By { get; set; }
}
