using Headcount.Client;
using Headcount.Core;

namespace Headcount.Server.Demo;

/// <summary>One gate of the demonstration: scans as people come, one after the other; and whoever was turned away because it was full tries again.</summary>
internal sealed class DemoGate(HeadcountClient gate, TurnedAway turnedAway, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan TooLate = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private const int MostTries = 12;

    private readonly PriorityQueue<(NewScan Scan, int Tries), long> _waiting = new();

    public async Task PlayAsync(IReadOnlyList<DemoScan> scans, CancellationToken cancellation)
    {
        Instant now = time.GetUtcNow();
        for (var i = 0; i < scans.Count; i++)
        {
            // Passed while the server was not running.
            if (scans[i].Due + TooLate < now) continue;
            await UntilAsync(scans[i].Due, cancellation);
            if (!scans[i].IsFact)
            {
                await SendAsync(scans[i].Scan, 1, cancellation);
                continue;
            }

            // The link is back: all that the gate kept.
            var facts = new List<NewScan>();
            for (var end = scans[i].Due + Burst; i < scans.Count && scans[i].Due < end && scans[i].IsFact; i++) facts.Add(scans[i].Scan);
            i--;
            await SendAsync(facts, cancellation);
        }
    }

    private async Task UntilAsync(Instant due, CancellationToken cancellation)
    {
        while (true)
        {
            Instant now = time.GetUtcNow();
            if (_waiting.TryPeek(out _, out var next) && next < due.Microseconds)
            {
                await DelayAsync(new Instant(next) - now, cancellation);
                var (scan, tries) = _waiting.Dequeue();
                await SendAsync(scan with { Timestamp = time.GetUtcNow(), ScanId = $"{scan.ScanId}-{tries}" }, tries, cancellation, scan);
                continue;
            }

            await DelayAsync(due - now, cancellation);
            return;
        }
    }

    private async Task DelayAsync(TimeSpan length, CancellationToken cancellation)
    {
        if (length > TimeSpan.Zero) await Task.Delay(length, time, cancellation);
    }

    private async Task SendAsync(NewScan scan, int tries, CancellationToken cancellation, NewScan? first = null)
    {
        if (scan.ScanType == ScanDirection.Exit && turnedAway.HasLeft(scan.TicketId)) return;
        if (tries > 1 && !turnedAway.IsWaiting(scan.TicketId)) return;
        try
        {
            var result = await gate.ScanAsync(scan, cancellation);
            if (scan.ScanType == ScanDirection.Exit) return;
            if (result.Reason != RefusalReasons.AtCapacity)
                turnedAway.Remove(scan.TicketId);
            else if ((turnedAway.Add(scan.TicketId) || tries > 1) && tries < MostTries)
                _waiting.Enqueue((first ?? scan, tries + 1), ((Instant)(time.GetUtcNow() + Patience)).Microseconds);
        }
        catch (Exception problem) when (problem is HeadcountProblemException or HttpRequestException)
        {
            DemoLog.NotTaken(logger, scan.Gate!, problem.Message);
        }
    }

    private async Task SendAsync(List<NewScan> facts, CancellationToken cancellation)
    {
        try
        {
            await gate.RecordAsync(facts, cancellation: cancellation);
        }
        catch (Exception problem) when (problem is HeadcountProblemException or HttpRequestException)
        {
            DemoLog.NotTaken(logger, facts[0].Gate!, problem.Message);
        }
    }
}

/// <summary>Who was turned away because it was full, and is outside: they wait, and do not leave what they never entered. Any thread.</summary>
internal sealed class TurnedAway
{
    private readonly HashSet<string> _tickets = [];
    private readonly Lock _lock = new();

    /// <summary>Notes somebody; false where they were noted before.</summary>
    public bool Add(string ticketId)
    {
        lock (_lock) return _tickets.Add(ticketId);
    }

    public void Remove(string ticketId)
    {
        lock (_lock) _tickets.Remove(ticketId);
    }

    public bool IsWaiting(string ticketId)
    {
        lock (_lock) return _tickets.Contains(ticketId);
    }

    /// <summary>Whether somebody who would leave now never came in; they wait no more.</summary>
    public bool HasLeft(string ticketId)
    {
        lock (_lock) return _tickets.Remove(ticketId);
    }
}
