using Headcount.Simulation;

namespace Headcount.SystemTests.Faults;

/// <summary>Devices that hand in what they let through while they were offline, in more than one chunk of the server's, and once more where no answer came.</summary>
internal sealed class FactUpload(Chance chance)
{
    private const int Facts = 1_200;
    private const int Tickets = 150;

    private readonly List<string> _scanIds = [];
    private (int Gate, string Lines)? _open;
    private int _uploads;

    /// <summary>The ids of all facts of uploads that were answered.</summary>
    public IReadOnlyList<string> ScanIds => _scanIds;

    /// <summary>Hands in a new batch, or the one that got no answer.</summary>
    public async Task RunAsync(Door door)
    {
        var (gate, lines) = _open ??= Next();
        if (await door.BatchAsync(gate, lines) is not { } reply) return;
        Assert.True(reply.Status == 200, reply.ToString());
        var counts = reply.Json;
        Assert.Equal((Facts, 0, 0), (counts.GetProperty("recorded").GetInt32() + counts.GetProperty("repeated").GetInt32(), counts.GetProperty("rejected").GetInt32(), counts.GetProperty("invalid").GetInt32()));
        _scanIds.AddRange(Enumerable.Range(0, Facts).Select(n => $"f{_uploads}-{n}"));
        _open = null;
    }

    /// <summary>Sends a batch that got no answer once more.</summary>
    public Task ResendAsync(Door door) => _open is null ? Task.CompletedTask : RunAsync(door);

    private (int Gate, string Lines) Next()
    {
        var gate = chance.Below(FaultVenue.Gates.Length);
        var upload = ++_uploads;

        // In no order, and no two of one ticket at the same instant.
        var start = TimeProvider.System.GetUtcNow().AddDays(-1);
        return (gate, string.Join('\n', Enumerable.Range(0, Facts).Select(n =>
            SentScan.Fact(gate, $"f{upload}-{n}", $"F{chance.Between(1, Tickets)}", chance.Below(2) == 0, start.AddSeconds(chance.Below(40_000)).AddMicroseconds(n)))));
    }
}
