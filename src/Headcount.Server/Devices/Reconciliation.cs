using Headcount.Core;
using Headcount.Data;
using Headcount.Data.Model;
using Headcount.Engine;
using Microsoft.EntityFrameworkCore;

namespace Headcount.Server.Devices;

/// <summary>Two scans, or one, that cannot be right as they stand.</summary>
/// <param name="Kind"><c>duplicate_entry</c>: let in twice. Otherwise what was noted on an entry that the device let in: <c>revoked</c>, <c>at_capacity</c>, <c>contradicts_refusal</c>, …</param>
/// <param name="Entry">The scan.</param>
/// <param name="Earlier">The one that it contradicts; null = what the server knew.</param>
internal sealed record Contradiction(string Kind, LogEntry Entry, LogEntry? Earlier);

/// <summary>Where what came in late changed the occupancy of the past the most.</summary>
internal sealed record PastChange(Instant At, long Before, long After);

/// <summary>One offline period of a device, seen from afterwards.</summary>
internal sealed record ReconciledPeriod(OfflinePeriod Period, int Late, int Entries, int Exits, int Refused, Instant? Oldest, Instant? Newest, PastChange? Change, IReadOnlyList<Contradiction> Contradictions);

/// <summary>Says what came in late from a device, what that changed in the past, and which admissions contradict each other.</summary>
/// <remarks>Whether a ticket is inside depends on its own scans alone: so only the records of the tickets concerned are folded, once with what came in late and once without.</remarks>
internal sealed class Reconciliation(IDbReader reader, IScanLog log) : IDisposable
{
    // It reads the whole log: one at a time, so that the gates keep the machine.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The latest periods of a device, the newest first.</summary>
    public async Task<IReadOnlyList<ReconciledPeriod>> OfAsync(EventMailbox mailbox, string deviceId, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return await ReconcileAsync(mailbox, deviceId, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<IReadOnlyList<ReconciledPeriod>> ReconcileAsync(EventMailbox mailbox, string deviceId, CancellationToken cancellation)
    {
        var settings = mailbox.Settings;
        await using var db = reader.Open();
        var periods = await db.OfflinePeriods.AsNoTracking().Where(period => period.DeviceId == deviceId && period.EventId == settings.EventId)
            .OrderByDescending(period => period.OfflinePeriodId).Take(DeviceLimits.MostPeriods).ToListAsync(cancellation);
        if (periods.Count == 0) return [];
        var late = await LateAsync(settings.EventId, deviceId, periods, mailbox.Figures.Seq, cancellation);
        var tickets = late.Values.SelectMany(facts => facts).Select(entry => ((ScanRecord)entry.Record).Scan.TicketId).ToHashSet();
        var story = tickets.Count == 0 ? [] : await StoryAsync(settings.EventId, tickets, cancellation);
        var found = new List<ReconciledPeriod>();
        foreach (var period in periods) found.Add(await ReconcileAsync(mailbox, period, late[period.OfflinePeriodId], story));
        return found;
    }

    private async Task<Dictionary<long, List<LogEntry>>> LateAsync(long eventId, string deviceId, List<OfflinePeriod> periods, long lastSeq, CancellationToken cancellation)
    {
        var late = periods.ToDictionary(period => period.OfflinePeriodId, _ => new List<LogEntry>());
        var through = periods.Max(period => period.LastSeq ?? lastSeq);
        await foreach (var chunk in log.ReadAsync(eventId, periods.Min(period => period.FirstSeq), through, cancellation))
        {
            foreach (var entry in chunk)
            {
                if (entry.Record is not RecordedFact fact || fact.Scan.DeviceId?.Value != deviceId) continue;
                var period = periods.Find(one => entry.Seq > one.FirstSeq && entry.Seq <= (one.LastSeq ?? long.MaxValue));
                if (period is not null) late[period.OfflinePeriodId].Add(entry);
            }
        }

        return late;
    }

    // All that the log has on some tickets, and every closing.
    private async Task<List<LogEntry>> StoryAsync(long eventId, HashSet<TicketId> tickets, CancellationToken cancellation)
    {
        var story = new List<LogEntry>();
        var seqs = new HashSet<long>();
        await foreach (var chunk in log.ReadAsync(eventId, 0, null, cancellation))
        {
            foreach (var entry in chunk)
            {
                var concerns = entry.Record switch { ScanRecord scan => tickets.Contains(scan.Scan.TicketId), Annulment annulment => seqs.Contains(annulment.Annulled), _ => true };
                if (!concerns) continue;
                story.Add(entry);
                seqs.Add(entry.Seq);
            }
        }

        return story;
    }

    private static async Task<ReconciledPeriod> ReconcileAsync(EventMailbox mailbox, OfflinePeriod period, List<LogEntry> late, List<LogEntry> story)
    {
        var facts = late.ConvertAll(entry => (RecordedFact)entry.Record);
        var through = facts.Where(fact => fact.CountedAt is not null).ToList();
        var lateSeqs = late.Select(entry => entry.Seq).ToHashSet();
        var (with, entries) = Fold(mailbox.Settings.Rules, story);
        var (without, _) = Fold(mailbox.Settings.Rules, story.Where(entry => !lateSeqs.Contains(entry.Seq)));
        return new ReconciledPeriod(
            period, late.Count, through.Count(fact => fact.Scan.Type == ScanType.Entry), through.Count(fact => fact.Scan.Type == ScanType.Exit), facts.Count - through.Count,
            facts.Count == 0 ? null : facts.Min(fact => fact.Scan.Timestamp), facts.Count == 0 ? null : facts.Max(fact => fact.Scan.Timestamp),
            await ChangeAsync(mailbox, with, without, through), [.. Contradictions(with, entries, late, lateSeqs).Take(DeviceLimits.MostTold)]);
    }

    // Renumbered: what is left out leaves no gap.
    private static (Admission Admission, List<LogEntry> Entries) Fold(AdmissionRules rules, IEnumerable<LogEntry> story)
    {
        var admission = new Admission(rules);
        var entries = new List<LogEntry>();
        var numbers = new Dictionary<long, long>();
        foreach (var entry in story)
        {
            if (entry.Record is Annulment { Annulled: var annulled } && !numbers.ContainsKey(annulled)) continue;
            var seq = entries.Count + 1;
            admission.Apply(entry.Record is Annulment annulment ? annulment with { Seq = seq, Annulled = numbers[annulment.Annulled] } : entry.Record with { Seq = seq });
            numbers[entry.Seq] = seq;
            entries.Add(entry);
        }

        return (admission, entries);
    }

    private static async Task<PastChange?> ChangeAsync(EventMailbox mailbox, Admission with, Admission without, List<RecordedFact> facts)
    {
        var (at, most) = (default(Instant), 0L);
        foreach (var instant in facts.Select(fact => fact.CountedAt!.Value).Distinct())
        {
            var change = with.OccupancyAt(instant) - without.OccupancyAt(instant);
            if (Math.Abs(change) > Math.Abs(most)) (at, most) = (instant, change);
        }

        if (most == 0) return null;
        var after = await mailbox.AskAsync(admission => admission.OccupancyAt(at));
        return new PastChange(at, after - most, after);
    }

    private static IEnumerable<Contradiction> Contradictions(Admission with, List<LogEntry> entries, List<LogEntry> late, HashSet<long> lateSeqs)
    {
        const ScanWarnings AgainstTheRules = ScanWarnings.UnknownGate | ScanWarnings.UnknownTicket | ScanWarnings.Revoked | ScanWarnings.Unpaid | ScanWarnings.OutsideValidity | ScanWarnings.WrongGate
            | ScanWarnings.NoReentry | ScanWarnings.AtCapacity | ScanWarnings.ContradictsRefusal;
        var twice = with.AnomaliesAfter(new CountedPlace(Instant.Min, 0), Instant.Max, int.MaxValue, int.MaxValue, new HashSet<AnomalyKind> { AnomalyKind.DuplicateEntry });
        foreach (var anomaly in twice.Anomalies)
        {
            var (entry, earlier) = (entries[(int)anomaly.Position - 1], entries[(int)anomaly.Earlier!.Position - 1]);
            if (lateSeqs.Contains(entry.Seq) || lateSeqs.Contains(earlier.Seq)) yield return new Contradiction(anomaly.Kind.Code(), entry, earlier);
        }

        foreach (var entry in late)
        {
            var scan = (ScanRecord)entry.Record;
            if (scan.Outcome == ScanOutcome.Rejected || scan.Scan.Type == ScanType.Exit) continue;
            foreach (var code in (scan.Warnings & AgainstTheRules).CodesOf()) yield return new Contradiction(code, entry, null);
        }
    }
}
