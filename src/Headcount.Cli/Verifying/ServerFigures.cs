using System.Globalization;
using Headcount.Client;
using Headcount.Data.Verification;

namespace Headcount.Cli.Verifying;

/// <summary>What a server says of one event, held against a recount of the log up to the same record: scans that come in meanwhile make no difference.</summary>
internal sealed class ServerFigures(HeadcountClient server, string slug, Func<long, Task<RecountedEvent>> recount)
{
    private const int MostTries = 10;

    // After everything that was counted, whatever the two clocks say.
    private static readonly DateTimeOffset AfterAll = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private readonly List<Difference> _differences = [];

    public async Task<IReadOnlyList<Difference>> CompareAsync(CancellationToken cancellationToken)
    {
        var current = await server.ReadOccupancyAsync(cancellation: cancellationToken).ConfigureAwait(false);
        var isQuiet = false;
        for (var attempt = 0; attempt < MostTries && !isQuiet; attempt++)
        {
            var gates = await server.ReadOccupancyByGateAsync(cancellationToken).ConfigureAwait(false);
            var types = await server.ReadOccupancyByTicketTypeAsync(cancellationToken).ConfigureAwait(false);
            var after = await server.ReadOccupancyAsync(cancellation: cancellationToken).ConfigureAwait(false);
            isQuiet = after.Seq == current.Seq;
            current = after;
            if (!isQuiet) continue;
            var recounted = await RecountAsync(current.Seq).ConfigureAwait(false);
            Compare(current, recounted);
            CompareGates(gates.ToDictionary(gate => gate.Key, gate => new Flow(gate.Value.Occupancy, gate.Value.Entries, gate.Value.Exits, gate.Value.Scans)), recounted);
            CompareTypes(types.ToDictionary(type => type.Key, type => type.Value.Occupancy), recounted);
        }

        if (!isQuiet) await CompareBusyAsync(current, cancellationToken).ConfigureAwait(false);
        return _differences;
    }

    // Scans come in faster than questions: then the totals of one moment, and the breakdowns of another that one answer holds.
    private async Task CompareBusyAsync(CurrentOccupancy current, CancellationToken cancellationToken)
    {
        Compare(current, await RecountAsync(current.Seq).ConfigureAwait(false));
        var whole = await server.ReadOccupancyAtAsync(AfterAll, cancellation: cancellationToken).ConfigureAwait(false);
        var recounted = await RecountAsync(whole.Seq).ConfigureAwait(false);
        CompareGates(whole.Flow.ToDictionary(gate => gate.Key, gate => new Flow(whole.ByGate.GetValueOrDefault(gate.Key), gate.Value.Entries, gate.Value.Exits, gate.Value.Scans)), recounted);
        CompareTypes(whole.ByTicketType, recounted);
    }

    private async Task<RecountedEvent> RecountAsync(long seq)
    {
        var recounted = await recount(seq).ConfigureAwait(false);
        if (recounted.Seq < seq) Add("records", recounted.Seq, seq);
        return recounted;
    }

    private void Compare(CurrentOccupancy said, RecountedEvent recounted)
    {
        var now = recounted.Now;
        Add("occupancy", now.Occupancy, said.Occupancy);
        Add("theoretical", recounted.Theoretical, said.Theoretical ?? 0);
        Add("entries", now.Entries, said.Entries ?? 0);
        Add("exits", now.Exits, said.Exits ?? 0);
        Add("first entries", now.FirstEntries, said.FirstEntries ?? 0);
    }

    private void CompareGates(Dictionary<string, Flow> said, RecountedEvent recounted)
    {
        var now = recounted.Now;
        foreach (var gate in said.Keys.Union(now.Flow.Keys).Union(now.ByGate.Keys).Order(StringComparer.Ordinal))
        {
            var found = said.GetValueOrDefault(gate);
            now.Flow.TryGetValue(gate, out var flow);
            Add($"gate {gate} occupancy", now.ByGate.GetValueOrDefault(gate), found.Occupancy);
            Add($"gate {gate} entries", flow.Entries, found.Entries);
            Add($"gate {gate} exits", flow.Exits, found.Exits);
            Add($"gate {gate} scans", flow.Scans, found.Scans);
        }
    }

    private void CompareTypes(IReadOnlyDictionary<string, long> said, RecountedEvent recounted)
    {
        var now = recounted.Now.ByTicketType;
        foreach (var type in said.Keys.Union(now.Keys).Order(StringComparer.Ordinal)) Add($"ticket type {type} occupancy", now.GetValueOrDefault(type), said.GetValueOrDefault(type));
    }

    private void Add(string what, long recounted, long found)
    {
        if (recounted != found) _differences.Add(new Difference(slug, "server", what, recounted.ToString(CultureInfo.InvariantCulture), found.ToString(CultureInfo.InvariantCulture)));
    }

    private readonly record struct Flow(long Occupancy, long Entries, long Exits, long Scans);
}
