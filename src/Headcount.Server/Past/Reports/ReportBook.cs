using Headcount.Core;
using Headcount.Engine;

namespace Headcount.Server.Past.Reports;

/// <summary>An event's log as reports need it: read in the background, by itself, and only what is new the next time. No gate waits for it.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class ReportBook(AdmissionRules rules)
{
    private const long Minute = 60_000_000;

    private readonly List<Refusal> _refusals = [];

    // In order of time: how many would be inside after the last record of a minute, and at most in it.
    private readonly List<Demand> _demand = [];

    public Admission Admission { get; } = new(rules);

    public IReadOnlyList<Refusal> Refusals => _refusals;

    /// <summary>When it was last asked.</summary>
    public long AskedAt { get; set; }

    public async Task ReadAsync(IScanLog log, long eventId, long throughSeq, CancellationToken cancellation)
    {
        await foreach (var chunk in log.ReadAsync(eventId, Admission.LastSeq, throughSeq, cancellation))
        {
            foreach (var entry in chunk) Take(entry.Record);
        }
    }

    /// <summary>How many would be inside had there been no limit, after the minute of an instant.</summary>
    public long TheoreticalAt(Instant at)
    {
        var place = _demand.BinarySearch(new Demand(FloorMinute(at.Microseconds), 0, 0), Demand.ByMinute);
        if (place < 0) place = ~place - 1;
        return place < 0 ? 0 : _demand[place].Last;
    }

    /// <summary>The most that would have been inside in a range.</summary>
    public Peak PeakTheoretical(Instant from, Instant until)
    {
        var peak = new Peak(0, null);
        foreach (var minute in _demand)
        {
            var end = new Instant((minute.Minute + 1) * Minute);
            if (end > from && end <= until && minute.Most > peak.Occupancy) peak = new Peak(minute.Most, new Instant(minute.Minute * Minute));
        }

        return peak;
    }

    private void Take(LogRecord record)
    {
        Admission.Apply(record);
        if (record is ScanRecord { Outcome: ScanOutcome.Rejected } refused)
            _refusals.Add(new Refusal(Gate.LogFilter.TimeOf(record), refused.Reason, refused.Scan.Gate.Value, refused.TicketType ?? Ticket.UnknownType));
        var minute = FloorMinute(record.ReceivedAt!.Value.Microseconds);
        var theoretical = Admission.Theoretical;
        if (_demand.Count > 0 && _demand[^1].Minute == minute)
            _demand[^1] = new Demand(minute, theoretical, Math.Max(theoretical, _demand[^1].Most));
        else
            _demand.Add(new Demand(minute, theoretical, theoretical));
    }

    private static long FloorMinute(long microseconds) => microseconds / Minute - (microseconds % Minute < 0 ? 1 : 0);

    internal readonly record struct Refusal(Instant At, RefusalReason Reason, string Gate, string Type);

    private readonly record struct Demand(long Minute, long Last, long Most)
    {
        public static readonly Comparer<Demand> ByMinute = Comparer<Demand>.Create((one, other) => one.Minute.CompareTo(other.Minute));
    }
}
