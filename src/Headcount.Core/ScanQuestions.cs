namespace Headcount.Core;

/// <summary>The questions of presence, asked of any sequence of scans in order of arrival.</summary>
/// <remarks>Each call reads the sequence once. To ask several questions of the same scans, gather them <see cref="ToLedger"/> first.</remarks>
public static class ScanQuestions
{
    /// <summary>Gathers scans, so that many questions can be asked of them.</summary>
    /// <exception cref="ArgumentException">A scan's text is empty, too long, or holds U+0000 or a lone surrogate.</exception>
    public static ScanLedger ToLedger(this IEnumerable<Scan> scans)
    {
        ArgumentNullException.ThrowIfNull(scans);
        var ledger = new ScanLedger();
        foreach (var scan in scans) ledger.Add(scan);
        return ledger;
    }

    /// <summary>How many are inside after all scans.</summary>
    /// <inheritdoc cref="ScanLedger.Occupancy"/>
    public static OccupancyReport Occupancy(this IEnumerable<Scan> scans, Register? register = null) =>
        scans.ToLedger().Occupancy(null, register);

    /// <summary>How many were inside at an instant.</summary>
    /// <inheritdoc cref="ScanLedger.Occupancy"/>
    public static OccupancyReport OccupancyAt(this IEnumerable<Scan> scans, Instant at, Register? register = null) =>
        scans.ToLedger().Occupancy(at, register);

    /// <inheritdoc cref="ScanLedger.Timeline"/>
    public static TimelineReport Timeline(this IEnumerable<Scan> scans, TimeSpan step, Zone? zone = null, Instant? from = null, Instant? to = null) =>
        scans.ToLedger().Timeline(step, zone ?? Zone.Utc, from, to);

    /// <inheritdoc cref="ScanLedger.Anomalies"/>
    public static AnomalyReport Anomalies(this IEnumerable<Scan> scans, Register? register = null, TimeSpan? reentryWindow = null, IReadOnlySet<AnomalyKind>? kinds = null) =>
        scans.ToLedger().Anomalies(register, reentryWindow, kinds);

    /// <inheritdoc cref="ScanLedger.Admit"/>
    public static AdmissionReport Admit(this IEnumerable<Scan> scans, AdmissionRules rules, Register? register = null) =>
        scans.ToLedger().Admit(rules, register);

    /// <summary>Who would have got in with so many places, <c>VIP</c> passing a full house (<see cref="AdmissionRules.DefaultTicketTypes"/>).</summary>
    /// <inheritdoc cref="ScanLedger.Admit"/>
    public static AdmissionReport Admit(this IEnumerable<Scan> scans, long capacity, Register? register = null) =>
        scans.ToLedger().Admit(new AdmissionRules { Capacity = capacity }, register);
}
