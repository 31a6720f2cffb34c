using System.Collections.Concurrent;
using Headcount.Simulation;

namespace Headcount.SystemTests.Faults;

/// <summary>Gates at work, several connections to each: a connection sends one scan after the other, and one that was not answered again, before any other.</summary>
internal sealed class GateLoad
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly FaultVenue _venue;
    private readonly Chance[] _chances;
    private readonly int[] _sent;
    private readonly SentScan?[] _open;
    private long _slowest;

    public GateLoad(FaultVenue venue, ulong seed, int connections)
    {
        _venue = venue;
        _chances = [.. Enumerable.Range(1, connections).Select(stream => new Chance(seed, (ulong)stream))];
        (_sent, _open) = (new int[connections], new SentScan?[connections]);
    }

    /// <summary>What was answered, in the order of the answers.</summary>
    public ConcurrentQueue<SentScan> Answered { get; } = [];

    /// <summary>How many answers said what became of a scan.</summary>
    public Counter Answers { get; } = new();

    /// <summary>How many answers said that it could not be kept.</summary>
    public Counter Unavailable { get; } = new();

    /// <summary>Answers that a gate should never get.</summary>
    public ConcurrentQueue<string> Strange { get; } = [];

    /// <summary>What has no answer yet.</summary>
    public IReadOnlyList<SentScan> Open => [.. _open.OfType<SentScan>()];

    /// <summary>How long the slowest answer of any kind took.</summary>
    public TimeSpan Slowest => TimeSpan.FromTicks(Interlocked.Read(ref _slowest));

    /// <summary>Works until it is stopped or the server is gone.</summary>
    public Task RunAsync(Door door, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, _open.Length).Select(connection => Task.Run(() => WorkAsync(connection, door, stop), CancellationToken.None)));

    /// <summary>Sends what has no answer once more.</summary>
    /// <param name="door">To whom.</param>
    /// <param name="log">The log as it stood before: what is in it must be answered by its record, all else by a new one.</param>
    public async Task ResendAsync(Door door, LogReplica log)
    {
        for (var connection = 0; connection < _open.Length; connection++)
        {
            if (_open[connection] is not { } scan) continue;
            var reply = await door.ScanAsync(scan);
            Assert.True(reply?.IsDecision, $"{scan.Body} was sent again and got {reply}");
            var seq = reply!.Json.GetProperty("seq").GetInt64();
            if (log.Find(scan) is { } kept)
                Assert.Equal(kept.Seq, seq);
            else
                Assert.True(seq > log.Seq, $"{scan.ScanId} was not in the log, and was answered by its record {seq}");
            Take(connection, scan, reply);
        }
    }

    private async Task WorkAsync(int connection, Door door, CancellationToken stop)
    {
        using var pause = new PeriodicTimer(Pause);
        while (!stop.IsCancellationRequested)
        {
            var scan = _open[connection] ??= Next(connection);
            var began = TimeProvider.System.GetTimestamp();
            if (await door.ScanAsync(scan) is not { } reply) return;
            InterlockedMax(ref _slowest, TimeProvider.System.GetElapsedTime(began).Ticks);
            if (reply.IsDecision)
            {
                Take(connection, scan, reply);
            }
            else if (reply.Status is 503 or 429)
            {
                if (reply.RetryAfter is null) Strange.Enqueue($"without Retry-After: {reply}");
                if (reply.Status == 503) Unavailable.Add();
                await pause.WaitForNextTickAsync(CancellationToken.None);
            }
            else
            {
                Strange.Enqueue(reply.ToString());
                return;
            }
        }
    }

    private void Take(int connection, SentScan scan, Reply reply)
    {
        scan.Answer = reply;
        _open[connection] = null;
        Answered.Enqueue(scan);
        Answers.Add();
    }

    private SentScan Next(int connection)
    {
        var chance = _chances[connection];
        return SentScan.Now(connection % FaultVenue.Gates.Length, $"{connection}-{++_sent[connection]}", $"T{chance.Between(1, _venue.Tickets)}", chance.Below(100) < 45);
    }

    private static void InterlockedMax(ref long place, long value)
    {
        for (var seen = Interlocked.Read(ref place); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref place, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}
