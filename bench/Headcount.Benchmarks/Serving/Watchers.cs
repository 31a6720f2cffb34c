using System.Net.Sockets;

namespace Headcount.Benchmarks.Serving;

/// <summary>Many WebSockets that watch the number, read by one thread: what they cost must be the service's sending, not their reading.</summary>
internal sealed class Watchers : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    // A broadcast goes to all: whoever looks at once wakes up hundreds of times for it.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(2);

    private readonly WatcherSocket[] _sockets;
    private readonly Thread _reading;
    private volatile bool _isOver;

    private Watchers(WatcherSocket[] sockets)
    {
        _sockets = sockets;
        _reading = new Thread(Read) { Name = "watchers" };
        _reading.Start();
    }

    /// <summary>How many messages came.</summary>
    public long Messages => _sockets.Sum(socket => (long)socket.Heard.Count);

    /// <summary>Connects so many, each with its first picture.</summary>
    public static Watchers Connect(Service service, int count) =>
        new([.. Enumerable.Range(0, count).Select(number => new WatcherSocket(service.Address, service.Devices[number % service.Devices.Count].Token))]);

    private void Read()
    {
        var bySocket = _sockets.ToDictionary(socket => socket.Socket);
        while (!_isOver)
        {
            var ready = _sockets.Where(socket => !socket.IsClosed).Select(socket => socket.Socket).ToList();
            if (ready.Count == 0) return;
            Socket.Select(ready, null, null, Look);
            foreach (var socket in ready) bySocket[socket].Read();
            PreciseWait.Until(PreciseWait.Now + Breath);
        }
    }

    /// <summary>Stops reading.</summary>
    public void Stop()
    {
        _isOver = true;
        _reading.Join();
    }

    /// <summary>For each answered scan, how long after its answer the number that reflects it had reached all; null where it never reached one of them. After <see cref="Stop"/>.</summary>
    public IReadOnlyList<TimeSpan>? TimesToAll(IReadOnlyList<(long Seq, long At)> answers)
    {
        var times = new List<TimeSpan>(answers.Count);
        var places = new int[_sockets.Length];
        foreach (var (seq, at) in answers.OrderBy(answer => answer.Seq))
        {
            var last = at;
            for (var i = 0; i < _sockets.Length; i++)
            {
                var heard = _sockets[i].Heard;
                while (places[i] < heard.Count && heard[places[i]].Seq < seq) places[i]++;
                if (places[i] == heard.Count) return null;
                last = Math.Max(last, heard[places[i]].At);
            }

            times.Add(TimeSpan.FromTicks(last - at));
        }

        return times;
    }

    public void Dispose()
    {
        Stop();
        foreach (var socket in _sockets) socket.Dispose();
    }
}
