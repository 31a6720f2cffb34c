using System.Runtime.CompilerServices;
using System.Xml;

namespace Headcount.Client;

public sealed partial class HeadcountClient
{
    /// <summary>How many are inside now; of one gate or ticket type, where they are given.</summary>
    public Task<CurrentOccupancy> ReadOccupancyAsync(string? gate = null, string? ticketType = null, CancellationToken cancellation = default) =>
        _exchange.GetAsync(About("api/occupancy/current").With("gate", gate).With("ticket_type", ticketType).ToString(), WireContext.Default.CurrentOccupancy, cancellation);

    /// <summary>How many are inside by the gate they came in at, and what passed there. Every configured gate is there.</summary>
    public async Task<IReadOnlyDictionary<string, GateCount>> ReadOccupancyByGateAsync(CancellationToken cancellation = default) =>
        await _exchange.GetAsync(About("api/occupancy/by-gate").ToString(), WireContext.Default.DictionaryStringGateCount, cancellation).ConfigureAwait(false);

    /// <summary>How many are inside by ticket type.</summary>
    public async Task<IReadOnlyDictionary<string, TicketTypeCount>> ReadOccupancyByTicketTypeAsync(CancellationToken cancellation = default) =>
        await _exchange.GetAsync(About("api/occupancy/by-ticket-type").ToString(), WireContext.Default.DictionaryStringTicketTypeCount, cancellation).ConfigureAwait(false);

    /// <summary>How many were inside at an instant.</summary>
    /// <param name="at">When.</param>
    /// <param name="asOf">As it was known then; null = with all that is known now.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task<PastOccupancy> ReadOccupancyAtAsync(DateTimeOffset at, DateTimeOffset? asOf = null, CancellationToken cancellation = default) =>
        _exchange.GetAsync(About("api/occupancy").With("at", at).With("as_of", asOf).ToString(), WireContext.Default.PastOccupancy, cancellation);

    /// <summary>The curve of the day.</summary>
    /// <param name="step">The time between two points; null = 15 minutes.</param>
    /// <param name="from">From when; null = the first scan.</param>
    /// <param name="to">Until when; null = the last scan.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task<Timeline> ReadTimelineAsync(TimeSpan? step = null, DateTimeOffset? from = null, DateTimeOffset? to = null, CancellationToken cancellation = default) =>
        _exchange.GetAsync(About("api/occupancy/timeline").With("step", step is { } length ? XmlConvert.ToString(length) : null).With("from", from).With("to", to).ToString(), WireContext.Default.Timeline, cancellation);

    /// <summary>Scans that are not right, in counted order; page by page, as they are read.</summary>
    /// <param name="kind">These kinds only, commas between; null = all.</param>
    /// <param name="from">From when.</param>
    /// <param name="to">Until when.</param>
    /// <param name="cancellation">Ends it.</param>
    public async IAsyncEnumerable<Anomaly> ReadAnomaliesAsync(string? kind = null, DateTimeOffset? from = null, DateTimeOffset? to = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? cursor = null;
        do
        {
            var page = await _exchange.GetAsync(About("api/anomalies").With("kind", kind).With("from", from).With("to", to).With("cursor", cursor).ToString(), WireContext.Default.AnomalyPage, cancellation).ConfigureAwait(false);
            foreach (var anomaly in page.Anomalies) yield return anomaly;
            cursor = page.Cursor;
        }
        while (cursor is not null);
    }

    /// <summary>Every gate: what passes, how fast, and when it was last heard of.</summary>
    public async Task<IReadOnlyList<NamedGate>> ReadGatesAsync(CancellationToken cancellation = default) =>
        (await _exchange.GetAsync(About("api/gates").ToString(), WireContext.Default.GateList, cancellation).ConfigureAwait(false)).Gates;

    /// <summary>What the control room was told.</summary>
    public async Task<IReadOnlyList<Alert>> ReadAlertsAsync(CancellationToken cancellation = default) =>
        (await _exchange.GetAsync(About("api/alerts").ToString(), WireContext.Default.AlertList, cancellation).ConfigureAwait(false)).Alerts;
}
