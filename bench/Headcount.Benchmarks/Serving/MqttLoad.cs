using System.Text;

namespace Headcount.Benchmarks.Serving;

/// <summary>What came of a load over MQTT.</summary>
/// <param name="Latencies">From when each scan was due to its answer, which comes after it is on disk.</param>
/// <param name="Answered">How they were answered.</param>
/// <param name="Took">From the first scan to the last answer.</param>
/// <param name="Errors">What else was answered, the first few.</param>
internal sealed record MqttRun(IReadOnlyList<TimeSpan> Latencies, Answered Answered, TimeSpan Took, IReadOnlyList<string> Errors);

/// <summary>Scans by devices of which each has its own connection to the built-in MQTT broker.</summary>
internal sealed class MqttLoad(Venue venue, IReadOnlyList<MqttGate> gates, string run)
{
    private const int Lead = 2_000;
    private const int MostErrors = 5;

    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _latencies = [];
    private readonly List<string> _errors = [];
    private readonly Dictionary<MqttGate, Queue<TimeSpan>> _due = gates.ToDictionary(gate => gate, _ => new Queue<TimeSpan>());
    private long _accepted;
    private long _refused;
    private int _sent;
    private int _entries;
    private int _exits;

    /// <summary>As fast as it goes, with so many scans of each device under way.</summary>
    public async Task<MqttRun> FloodAsync(int window, TimeSpan duration, CancellationToken cancellation)
    {
        var began = PreciseWait.Now;
        var end = began + duration;
        foreach (var gate in gates)
        {
            gate.Answered = (from, json) =>
            {
                Take(from, json.Span);
                if (PreciseWait.Now < end) Send(from, PreciseWait.Now);
            };
        }

        return await HearAsync(
            () =>
            {
                foreach (var gate in gates)
                {
                    for (var i = 0; i < window; i++) Send(gate, PreciseWait.Now);
                }
            },
            began, () => PreciseWait.Now >= end, cancellation);
    }

    /// <summary>At a steady rate, whether or not answers come; a scan's time runs from when it was due.</summary>
    public Task<MqttRun> SteadyAsync(int perSecond, TimeSpan duration, CancellationToken cancellation)
    {
        foreach (var gate in gates) gate.Answered = (from, json) => Take(from, json.Span);
        var began = PreciseWait.Now;
        var isDone = false;
        var count = (int)(perSecond * duration.TotalSeconds);
        var sending = new Thread(() =>
        {
            for (var number = 0; number < count && !cancellation.IsCancellationRequested; number++)
            {
                var due = began + TimeSpan.FromTicks(number * (TimeSpan.TicksPerSecond / perSecond));
                PreciseWait.Until(due);
                Send(gates[number % gates.Count], due);
            }

            Volatile.Write(ref isDone, true);
        })
        {
            Name = "steady MQTT load", Priority = ThreadPriority.Highest,
        };
        return HearAsync(sending.Start, began, () => Volatile.Read(ref isDone), cancellation);
    }

    private async Task<MqttRun> HearAsync(Action start, TimeSpan began, Func<bool> isSent, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var hearing = gates.Select(gate => Task.Run(() => gate.HearAsync(stop.Token), stop.Token)).ToArray();
        start();
        var done = UntilAnsweredAsync(isSent, cancellation);
        var first = await Task.WhenAny([done, .. hearing]);
        if (first != done)
        {
            await first;
            throw new InvalidOperationException("The broker hung up.");
        }

        await done;
        var took = PreciseWait.Now - began;
        await stop.CancelAsync();
        await Task.WhenAll(hearing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new MqttRun(_latencies, new Answered(_accepted, _refused, 0), took, _errors);
    }

    private async Task UntilAnsweredAsync(Func<bool> isSent, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            if (!isSent()) continue;
            lock (_lock)
            {
                if (_latencies.Count == _sent) return;
            }
        }
    }

    private void Send(MqttGate gate, TimeSpan due)
    {
        lock (gate)
        {
            string ticket;
            bool isEntry;
            int number;
            lock (_lock)
            {
                number = _sent++;
                (ticket, isEntry) = Next(number);
                _due[gate].Enqueue(due);
            }

            gate.Scan(ticket, isEntry, $"{run}-{number:D8}", TimeProvider.System.GetUtcNow());
        }
    }

    // As scans.lua does, backwards through the tickets: two come, one goes, and now and then somebody tries again.
    private (string Ticket, bool IsEntry) Next(int number)
    {
        if (number % 20 == 19) return (TicketAt(Math.Max(0, _entries - Lead / 2)), true);
        return number % 2 == 1 && _exits + Lead < _entries ? (TicketAt(_exits++), false) : (TicketAt(_entries++), true);
    }

    private string TicketAt(int number) => Venue.TicketId(venue.Tickets - 1 - number % venue.Tickets);

    private void Take(MqttGate gate, ReadOnlySpan<byte> json)
    {
        var isAccepted = json.IndexOf("\"status\":\"accepted\""u8) >= 0;
        var isRefused = !isAccepted && json.IndexOf("\"status\":\"rejected\""u8) >= 0;
        lock (_lock)
        {
            // The answers of a connection come in the order of its scans.
            _latencies.Add(PreciseWait.Now - _due[gate].Dequeue());
            if (isAccepted) _accepted++;
            else if (isRefused) _refused++;
            else if (_errors.Count < MostErrors) _errors.Add(Encoding.UTF8.GetString(json));
        }
    }
}
