using System.Globalization;
using Headcount.Core;
using Headcount.Engine;
using Headcount.Server.Counts;
using Headcount.Server.Manage;

namespace Headcount.Server.Gate;

/// <summary>Which records of the log were asked for.</summary>
internal sealed record LogFilter
{
    private static readonly string[] Outcomes = ["accepted", "rejected", "recorded", "annulled", "closed"];

    /// <summary>Only records that count at this instant or later.</summary>
    public Instant? From { get; private init; }

    /// <summary>Only records that count before this instant.</summary>
    public Instant? Until { get; private init; }

    public string? Gate { get; private init; }

    public string? TicketType { get; private init; }

    public IReadOnlySet<string>? OutcomeCodes { get; private init; }

    /// <summary>Only later records.</summary>
    public long SinceSeq { get; private init; }

    /// <summary>Whether it asks for what only a scan has; an annulment then goes with the scan that it takes back.</summary>
    public bool IsAboutScans => From is not null || Until is not null || Gate is not null || TicketType is not null;

    public static LogFilter Read(HttpContext context, Zone zone)
    {
        var query = new CountQuery(context, "date", "from", "to", "gate", "ticket_type", "outcome", "since_seq");
        var (from, to) = (query.Time("from", zone), query.Time("to", zone));
        if (from > to) query.Wrong("to", "is before from");
        if (query.Text("date") is { } date)
        {
            if (from is not null || to is not null) query.Wrong("date", "cannot go with from or to");
            if (DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                (from, to) = (MidnightOf(day, zone), day == DateOnly.MaxValue ? null : MidnightOf(day.AddDays(1), zone));
            else
                query.Wrong("date", $"'{Names.Excerpt(date)}' is no date; write 2025-09-30");
        }

        var since = 0L;
        if (query.Text("since_seq") is { } seq && !long.TryParse(seq, NumberStyles.None, CultureInfo.InvariantCulture, out since)) query.Wrong("since_seq", "must be a whole number, 0 or more");
        var outcomes = query.Text("outcome")?.Split(',').ToHashSet(StringComparer.Ordinal);
        if (outcomes?.FirstOrDefault(outcome => !Outcomes.Contains(outcome)) is { } other) query.Wrong("outcome", $"'{Names.Excerpt(other)}' is no outcome; there are {string.Join(", ", Outcomes)}");
        query.ThrowIfWrong();
        return new LogFilter { From = from, Until = to, Gate = query.Text("gate"), TicketType = query.Text("ticket_type"), OutcomeCodes = outcomes, SinceSeq = since };
    }

    /// <summary>Whether a record was asked for, by its outcome.</summary>
    public bool HasOutcome(LogRecord record) => OutcomeCodes is null || OutcomeCodes.Contains(OutcomeOf(record));

    /// <summary>Whether a record was asked for, by all but its outcome. Of an annulment, the scan that it takes back is asked.</summary>
    public bool Fits(LogRecord record)
    {
        if (!IsAboutScans) return true;
        var time = TimeOf(record);
        if (time < From || time >= Until) return false;

        // A closing ends stays of every gate and type.
        if (record is not ScanRecord scan) return true;
        return (Gate is null || scan.Scan.Gate.Value == Gate) && (TicketType is null || (scan.TicketType ?? Ticket.UnknownType) == TicketType);
    }

    public static string OutcomeOf(LogRecord record) => record switch
    {
        ScanRecord scan => scan.Outcome.Code(),
        Annulment => "annulled",
        _ => "closed",
    };

    /// <summary>When a record counts. What was refused counts never; it has the time at which it would have.</summary>
    public static Instant TimeOf(LogRecord record)
    {
        var received = record.ReceivedAt!.Value;
        switch (record)
        {
            case ScanRecord { CountedAt: { } counted }:
                return counted;
            case DayClosing closing:
                return closing.At;
            case ScanRecord scan:
                var made = scan.Scan.Timestamp;
                if (scan is DecidedScan && (made - received).Duration() > Admission.ClockTolerance) return received;
                return made < received ? made : received;
            default:
                return received;
        }
    }

    // East of Greenwich the first day of the calendar begins before its first moment in UTC, west of it the last one ends after the last.
    private static Instant MidnightOf(DateOnly day, Zone zone)
    {
        var midnight = zone.FromLocal((day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * 86_400_000_000L);
        return midnight < Instant.Min ? Instant.Min : midnight > Instant.Max ? Instant.Max : midnight;
    }
}
