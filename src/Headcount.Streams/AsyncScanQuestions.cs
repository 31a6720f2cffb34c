using Headcount.Core;

namespace Headcount.Streams;

/// <summary>The questions of presence, asked of any asynchronous sequence of scans in order of arrival.</summary>
/// <remarks>Each call reads the sequence once. To ask several questions of the same scans, gather them <see cref="ToLedgerAsync"/> first.</remarks>
public static class AsyncScanQuestions
{
    /// <summary>Gathers scans, so that many questions can be asked of them.</summary>
    /// <exception cref="ArgumentException">A scan's text is empty, too long, or holds U+0000 or a lone surrogate.</exception>
    public static async Task<ScanLedger> ToLedgerAsync(this IAsyncEnumerable<Scan> scans, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(scans);
        var ledger = new ScanLedger();
        await foreach (var scan in scans.WithCancellation(ct).ConfigureAwait(false)) ledger.Add(scan);
        return ledger;
    }

    /// <summary>How many are inside after all scans.</summary>
    public static async Task<OccupancyReport> OccupancyAsync(this IAsyncEnumerable<Scan> scans, Register? register = null, CancellationToken ct = default) =>
        (await scans.ToLedgerAsync(ct).ConfigureAwait(false)).Occupancy(null, register);

    /// <summary>How many were inside at an instant.</summary>
    public static async Task<OccupancyReport> OccupancyAtAsync(this IAsyncEnumerable<Scan> scans, Instant at, Register? register = null, CancellationToken ct = default) =>
        (await scans.ToLedgerAsync(ct).ConfigureAwait(false)).Occupancy(at, register);

    /// <summary>The curve of the day.</summary>
    /// <inheritdoc cref="ScanLedger.Timeline"/>
    public static async Task<TimelineReport> TimelineAsync(
        this IAsyncEnumerable<Scan> scans, TimeSpan step, Zone? zone = null, Instant? from = null, Instant? to = null, CancellationToken ct = default) =>
        (await scans.ToLedgerAsync(ct).ConfigureAwait(false)).Timeline(step, zone ?? Zone.Utc, from, to);

    /// <summary>Which scans are not right.</summary>
    /// <inheritdoc cref="ScanLedger.Anomalies"/>
    public static async Task<AnomalyReport> AnomaliesAsync(
        this IAsyncEnumerable<Scan> scans, Register? register = null, TimeSpan? reentryWindow = null, IReadOnlySet<AnomalyKind>? kinds = null, CancellationToken ct = default) =>
        (await scans.ToLedgerAsync(ct).ConfigureAwait(false)).Anomalies(register, reentryWindow, kinds);

    /// <summary>Who would have got in.</summary>
    /// <inheritdoc cref="ScanLedger.Admit"/>
    public static async Task<AdmissionReport> AdmitAsync(this IAsyncEnumerable<Scan> scans, AdmissionRules rules, Register? register = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return (await scans.ToLedgerAsync(ct).ConfigureAwait(false)).Admit(rules, register);
    }

    /// <summary>Who would have got in with so many places, <c>VIP</c> passing a full house (<see cref="AdmissionRules.DefaultTicketTypes"/>).</summary>
    /// <inheritdoc cref="ScanLedger.Admit"/>
    public static Task<AdmissionReport> AdmitAsync(this IAsyncEnumerable<Scan> scans, long capacity, Register? register = null, CancellationToken ct = default) =>
        scans.AdmitAsync(new AdmissionRules { Capacity = capacity }, register, ct);
}
