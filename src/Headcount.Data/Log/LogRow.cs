using Headcount.Core;
using Headcount.Engine;

namespace Headcount.Data.Log;

/// <summary>One row of <c>scan_log</c>: a <see cref="LogEntry"/> in columns, the same on every database.</summary>
internal struct LogRow
{
    /// <summary>The columns after <c>event_id</c>, in the order in which both databases are written and read.</summary>
    public const string Columns =
        "seq, outcome, is_fact, ticket_id, ticket_type, gate, scan_type, counted_at, scan_time, received_at, device_id, scan_id, "
        + "reason, warnings, override_by, override_reason, annuls, noted_by, note, occupancy, capacity";

    public const int ColumnCount = 21;

    public long Seq;
    public string Outcome;
    public bool IsFact;
    public string? TicketId;
    public string? TicketType;
    public string? Gate;
    public string? ScanType;
    public Instant? CountedAt;
    public Instant? ScanTime;
    public Instant ReceivedAt;
    public string? DeviceId;
    public string? ScanId;
    public string? Reason;
    public string? Warnings;
    public string? OverrideBy;
    public string? OverrideReason;
    public long? Annuls;
    public string? NotedBy;
    public string? Note;
    public long Occupancy;
    public long Capacity;

    /// <exception cref="ArgumentException">The record does not say when it was taken.</exception>
    public static LogRow Of(LogEntry entry)
    {
        var record = entry.Record;
        var row = new LogRow
        {
            Seq = record.Seq,
            Outcome = "",
            ReceivedAt = record.ReceivedAt ?? throw new ArgumentException($"Record {record.Seq} does not say when it was taken.", nameof(entry)),
            NotedBy = entry.By,
            Note = entry.Note,
            Occupancy = entry.Occupancy,
            Capacity = entry.Capacity,
        };
        switch (record)
        {
            case ScanRecord scan:
                row.Take(scan);
                break;
            case Annulment annulment:
                row.Outcome = LogWords.Annulled;
                row.Annuls = annulment.Annulled;
                break;
            case DayClosing closing:
                row.Outcome = LogWords.Closed;
                row.CountedAt = closing.At;
                break;
        }

        return row;
    }

    private void Take(ScanRecord record)
    {
        var scan = record.Scan;
        Outcome = record.Outcome switch
        {
            ScanOutcome.Accepted => LogWords.Accepted,
            ScanOutcome.Rejected => LogWords.Rejected,
            ScanOutcome.Recorded => LogWords.Recorded,
            _ => throw new ArgumentException($"Record {record.Seq} does not say what became of the scan.", nameof(record)),
        };
        IsFact = record is RecordedFact;
        TicketId = scan.TicketId.Value;
        TicketType = record.TicketType;
        Gate = scan.Gate.Value;
        ScanType = scan.Type == Core.ScanType.Entry ? LogWords.Entry : LogWords.Exit;
        CountedAt = record.CountedAt;
        ScanTime = scan.Timestamp;
        DeviceId = scan.DeviceId?.Value;
        ScanId = scan.ScanId?.Value;
        Reason = LogWords.TextOf(record.Reason);
        Warnings = LogWords.TextOf(record.Warnings);
        OverrideBy = record.Override?.By;
        OverrideReason = record.Override?.Reason;
    }

    public readonly LogEntry ToEntry() => new(ToRecord()) { Occupancy = Occupancy, Capacity = Capacity, By = NotedBy, Note = Note };

    private readonly LogRecord ToRecord()
    {
        switch (Outcome)
        {
            case LogWords.Annulled:
                return new Annulment(Seq, ReceivedAt, Annuls!.Value);
            case LogWords.Closed:
                return new DayClosing(Seq, ReceivedAt, CountedAt!.Value);
        }

        var scan = new Scan(new TicketId(TicketId!), new GateName(Gate!), LogWords.ParseType(ScanType), ScanTime!.Value,
            DeviceId is null ? null : new DeviceId(DeviceId), ScanId is null ? null : new ScanId(ScanId));
        var outcome = LogWords.ParseOutcome(Outcome);
        var reason = LogWords.ParseReason(Reason);
        var warnings = LogWords.ParseWarnings(Warnings);
        var word = OverrideBy is null ? null : new SupervisorOverride(OverrideBy, OverrideReason!);
        return IsFact
            ? new RecordedFact(Seq, ReceivedAt, scan) { Outcome = outcome, Reason = reason, Warnings = warnings, CountedAt = CountedAt, TicketType = TicketType, Override = word }
            : new DecidedScan(Seq, ReceivedAt, scan) { Outcome = outcome, Reason = reason, Warnings = warnings, CountedAt = CountedAt, TicketType = TicketType, Override = word };
    }
}
