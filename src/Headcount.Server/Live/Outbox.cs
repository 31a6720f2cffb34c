using System.Threading.Channels;

namespace Headcount.Server.Live;

/// <summary>What waits for one watcher: little, whatever passes at the gates. The newest state takes the place of an older one; when other messages become too many, a fresh snapshot takes the place of all.</summary>
/// <remarks>Any thread may offer; one takes.</remarks>
internal sealed class Outbox(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private List<LiveMessage> _waiting = [];
    private List<LiveMessage> _taken = [];
    private bool _wantsSnapshot;

    /// <summary>Adds a message. It never waits.</summary>
    public void Offer(LiveMessage message)
    {
        lock (_lock)
        {
            if (message.IsState) _waiting.RemoveAll(earlier => ReferenceEquals(earlier.Type, message.Type));
            _waiting.Add(message);
            if (_waiting.Count > capacity)
            {
                // Alerts are few, and the snapshot's seq does not say whether it has them.
                _waiting.RemoveAll(static earlier => earlier.Type != LiveTypes.Alert);
                if (_waiting.Count > capacity) _waiting.RemoveRange(0, _waiting.Count - capacity);
                _wantsSnapshot = true;
            }
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>Asks for a fresh snapshot before anything else.</summary>
    public void WantSnapshot()
    {
        lock (_lock) _wantsSnapshot = true;
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Waits until there is something, and takes it. The list is good until the next call.</summary>
    public async ValueTask<(IReadOnlyList<LiveMessage> Messages, bool WantsSnapshot)> TakeAsync(CancellationToken cancellation)
    {
        await _signal.Reader.ReadAsync(cancellation);
        lock (_lock)
        {
            (_taken, _waiting) = (_waiting, _taken);
            _waiting.Clear();
            var wanted = _wantsSnapshot;
            _wantsSnapshot = false;
            return (_taken, wanted);
        }
    }
}
