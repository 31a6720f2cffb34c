using Headcount.Client;
using Headcount.Core;
using Headcount.SystemTests.Serve;

namespace Headcount.SystemTests.Faults;

/// <summary>A server's log as it is read back, checked record by record and counted again: by Core's ledger, and by nothing but the last scan of each ticket.</summary>
internal sealed class LogReplica
{
    private readonly Dictionary<(string? Device, string? ScanId), LoggedScan> _scans = [];
    private readonly Dictionary<string, (DateTimeOffset At, bool IsInside)> _last = [];
    private readonly List<long> _occupancies = [0];
    private readonly ScanLedger _ledger = new();
    private long _inside;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The last record.</summary>
    public long Seq => _occupancies.Count - 1;

    /// <summary>How many are inside.</summary>
    public long Occupancy => _inside;

    /// <summary>The ids of all scans.</summary>
    public IEnumerable<string?> ScanIds => _scans.Keys.Select(key => key.ScanId);

    public LoggedScan? Find(SentScan scan) => _scans.GetValueOrDefault((FaultVenue.DeviceOf(scan.Gate), scan.ScanId));

    /// <summary>Reads what came since, and holds the server's figures against the recount. Nobody may scan meanwhile.</summary>
    public async Task ReadOnAsync(ServeProcess server)
    {
        using var owner = FaultVenue.Owner(server);
        await foreach (var record in owner.ReadLogAsync(new LogQuery { SinceSeq = Seq }, Cancellation)) Take(record);
        var current = await owner.ReadOccupancyAsync(cancellation: Cancellation);
        var recount = _ledger.Occupancy();
        Assert.Equal((Seq, _inside), (current.Seq, current.Occupancy));
        Assert.Equal((recount.Occupancy, recount.Entries, recount.Exits, recount.FirstEntries), (current.Occupancy, current.Entries, current.Exits, current.FirstEntries));
        foreach (var (gate, count) in await owner.ReadOccupancyByGateAsync(Cancellation))
        {
            var flow = recount.Flow.GetValueOrDefault(gate);
            Assert.Equal((gate, recount.ByGate.GetValueOrDefault(gate), flow.Entries, flow.Exits), (gate, count.Occupancy, count.Entries, count.Exits));
        }
    }

    /// <summary>The answer to a scan is what its record says.</summary>
    public void Check(SentScan scan)
    {
        var answer = scan.Answer!.Json;
        var record = Find(scan);
        Assert.True(record is not null, $"{scan.ScanId} of gate {scan.Gate} was answered and is not in the log: {scan.Answer}");
        Assert.Equal(
            (record.Seq, record.Outcome, record.Reason, record.TicketId, string.Join(' ', record.Warnings), _occupancies[(int)record.Seq]),
            (answer.GetProperty("seq").GetInt64(), answer.GetProperty("status").GetString()!, answer.TryGetProperty("reason", out var reason) ? reason.GetString() : null, answer.GetProperty("ticket_id").GetString(),
                string.Join(' ', answer.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString())), answer.GetProperty("current_occupancy").GetInt64()));
    }

    private void Take(LoggedScan record)
    {
        Assert.Equal(Seq + 1, record.Seq);
        Assert.True(_scans.TryAdd((record.DeviceId, record.ScanId), record), $"{record.ScanId} of {record.DeviceId} is in the log twice, the second time as record {record.Seq}");
        var outcome = Enum.Parse<ScanOutcome>(record.Outcome, ignoreCase: true);
        var isExit = record.ScanType == ScanDirection.Exit;
        var at = record.Timestamp!.Value;
        _ledger.Add(new Scan(
            new TicketId(record.TicketId!), new GateName(record.Gate!), isExit ? ScanType.Exit : ScanType.Entry, Instant.FromDateTimeOffset(at), new DeviceId(record.DeviceId!), new ScanId(record.ScanId!))
        {
            Outcome = outcome, Seq = record.Seq,
        });
        if (outcome != ScanOutcome.Rejected && !(_last.TryGetValue(record.TicketId!, out var last) && last.At > at))
        {
            _inside += (isExit ? 0 : 1) - (last.IsInside ? 1 : 0);
            _last[record.TicketId!] = (at, !isExit);
        }

        _occupancies.Add(_inside);
    }
}
