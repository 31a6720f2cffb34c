namespace Headcount.Client;

/// <summary>Which part of the log to read. Times without an offset cannot be given: an instant is one.</summary>
public sealed record LogQuery
{
    /// <summary>What counted on this day, in the event's zone.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>What counted at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>What counted before this.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>At this gate only.</summary>
    public string? Gate { get; init; }

    /// <summary>Of this ticket type only.</summary>
    public string? TicketType { get; init; }

    /// <summary>Of this outcome only: <c>accepted</c>, <c>rejected</c>, <c>recorded</c>, <c>annulled</c>, <c>closed</c>.</summary>
    public string? Outcome { get; init; }

    /// <summary>Only records after this one.</summary>
    public long? SinceSeq { get; init; }

    internal Query AddTo(Query path) => path
        .With("date", Date?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))
        .With("from", From).With("to", To).With("gate", Gate).With("ticket_type", TicketType).With("outcome", Outcome).With("since_seq", SinceSeq);
}

/// <summary>A record of the log: a scan, an annulment, or the closing of a day. What a kind of record does not have is null.</summary>
public sealed record LoggedScan
{
    /// <summary>Its number: 1, 2, 3, … without a gap.</summary>
    public long Seq { get; init; }

    /// <summary>The ticket.</summary>
    public string? TicketId { get; init; }

    /// <summary>The type that the ticket had then.</summary>
    public string? TicketType { get; init; }

    /// <summary>The gate.</summary>
    public string? Gate { get; init; }

    /// <summary>In or out.</summary>
    public ScanDirection? ScanType { get; init; }

    /// <summary>When it counts.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>What the device's clock said.</summary>
    public DateTimeOffset? ScanTime { get; init; }

    /// <summary>When the server took it.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>The device.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The device's own name for it.</summary>
    public string? ScanId { get; init; }

    /// <summary><c>accepted</c>, <c>rejected</c>, <c>recorded</c>, <c>annulled</c> or <c>closed</c>.</summary>
    public string Outcome { get; init; } = "";

    /// <summary>Why it was refused, or annulled.</summary>
    public string? Reason { get; init; }

    /// <summary>What was odd about it.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The number of the scan that it takes back.</summary>
    public long? Annuls { get; init; }
}

internal sealed record Problem
{
    public string? Code { get; init; }

    public string? Error { get; init; }

    public Dictionary<string, string>? Errors { get; init; }

    public string? TraceId { get; init; }
}
