using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;

namespace Headcount.Benchmarks.Serving;

/// <summary>What came of a steady load.</summary>
/// <param name="Latencies">From when each scan was due, not from when it could be sent, to its answer.</param>
/// <param name="Answers">The number of each record, and when its answer was here.</param>
/// <param name="Answered">How they were answered.</param>
/// <param name="Errors">What else was answered, the first few.</param>
internal sealed record SteadyRun(IReadOnlyList<TimeSpan> Latencies, IReadOnlyList<(long Seq, long At)> Answers, Answered Answered, IReadOnlyList<string> Errors);

/// <summary>
/// Sends scans at a steady rate, whether or not answers come (an open loop). A scan that is late because all connections wait is late by the service's fault, so its
/// time runs from when it was due: no coordinated omission.
/// </summary>
internal sealed class SteadyLoad(Service service, Venue venue, string run, int perSecond, TimeSpan duration) : IDisposable
{
    private const int Connections = 64;
    private const int Lead = 500;
    private const long Stride = 7_919;
    private const int MostErrors = 5;

    private readonly ConcurrentQueue<GateConnection> _free = new();
    private readonly SemaphoreSlim _isFree = new(0);
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _latencies = [];
    private readonly List<(long Seq, long At)> _answers = [];
    private readonly List<string> _errors = [];
    private long _accepted;
    private long _refused;
    private int _entries;
    private int _exits;

    public async Task<SteadyRun> RunAsync(CancellationToken cancellation)
    {
        var connections = Enumerable.Range(0, Connections).Select(number => new GateConnection(service.Address, service.Devices[number % service.Devices.Count])).ToArray();
        foreach (var connection in connections) Return(connection);
        var sending = new Thread(() => Send(cancellation)) { Name = "steady load", Priority = ThreadPriority.Highest };
        sending.Start();
        await Task.Run(sending.Join, CancellationToken.None);
        for (var i = 0; i < Connections; i++) await _isFree.WaitAsync(cancellation);
        foreach (var connection in connections) connection.Dispose();
        return new SteadyRun(_latencies, _answers, new Answered(_accepted, _refused, 0), _errors);
    }

    private void Send(CancellationToken cancellation)
    {
        var count = (int)(perSecond * duration.TotalSeconds);
        var apart = TimeSpan.TicksPerSecond / perSecond;
        var clock = TimeProvider.System.GetUtcNow();
        var began = PreciseWait.Now;
        for (var number = 0; number < count && !cancellation.IsCancellationRequested; number++)
        {
            var due = began + TimeSpan.FromTicks(number * apart);
            PreciseWait.Until(due);
            _isFree.Wait(cancellation);
            if (!_free.TryDequeue(out var connection)) throw new InvalidOperationException("A connection is free, and is not there.");
            var (ticket, isEntry) = Next(number);
            connection.Send(Venue.TicketId(ticket), isEntry, $"{run}-{number:D8}", clock + (due - began));
            _ = HearAsync(connection, due, cancellation);
        }
    }

    // As scans.lua does, the other way round.
    private (int Ticket, bool IsEntry) Next(int number)
    {
        if (number % 20 == 19) return (Place(Math.Max(0, _entries - Lead / 2)), true);
        return number % 2 == 1 && _exits + Lead < _entries ? (Place(_exits++), false) : (Place(_entries++), true);
    }

    private int Place(int number) => (int)((venue.Tickets - 1 - number % venue.Tickets) * Stride % venue.Tickets);

    private async Task HearAsync(GateConnection connection, TimeSpan due, CancellationToken cancellation)
    {
        try
        {
            var (status, body) = await connection.AnswerAsync(cancellation);
            var at = PreciseWait.Now;
            Take(status, body.Span, at, at - due);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            lock (_lock) _errors.Add(problem.Message);
        }

        Return(connection);
    }

    private void Take(int status, ReadOnlySpan<byte> body, TimeSpan at, TimeSpan latency)
    {
        var isRight = status switch
        {
            200 => body.IndexOf("\"status\":\"accepted\""u8) >= 0,
            403 => body.IndexOf("\"status\":\"rejected\""u8) >= 0,
            _ => false,
        };
        lock (_lock)
        {
            _latencies.Add(latency);
            if (SeqIn(body) is { } seq) _answers.Add((seq, at.Ticks));
            if (!isRight && _errors.Count < MostErrors) _errors.Add($"{status} {Encoding.UTF8.GetString(body)}");
            if (status == 200) _accepted++;
            else _refused++;
        }
    }

    /// <summary>The number that a message reflects.</summary>
    public static long? SeqIn(ReadOnlySpan<byte> json)
    {
        var key = "\"seq\":"u8;
        var at = json.IndexOf(key);
        return at >= 0 && Utf8Parser.TryParse(json[(at + key.Length)..], out long seq, out _) ? seq : null;
    }

    public void Dispose() => _isFree.Dispose();

    private void Return(GateConnection connection)
    {
        _free.Enqueue(connection);
        _isFree.Release();
    }
}
