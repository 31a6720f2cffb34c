using System.Collections.Concurrent;
using Headcount.Core;
using Headcount.Engine;

namespace Headcount.Server.Office;

/// <summary>When each device was last heard of since the server started, and how far its clock is off: from the records as they are committed.</summary>
/// <remarks>Written on the mailboxes, a few nanoseconds a record; read on any thread.</remarks>
internal sealed class DeviceActivity : IEventListener
{
    /// <summary>How many devices are remembered; of further ones nothing is told.</summary>
    public const int MostDevices = 10_000;

    private readonly ConcurrentDictionary<string, Heard> _heard = new(StringComparer.Ordinal);

    /// <summary>What is known of a device; null = it was not heard of since the server started.</summary>
    public Heard? Of(string deviceId) => _heard.GetValueOrDefault(deviceId);

    public void OnOpened(EventMailbox mailbox)
    {
    }

    public void OnCommitted(EventMailbox mailbox, Commit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        foreach (var entry in commit.Entries)
        {
            if (entry.Record is not ScanRecord { Scan.DeviceId: { Value: { Length: > 0 } id }, ReceivedAt: { } at } record) continue;
            if (!_heard.TryGetValue(id, out var heard))
            {
                if (_heard.Count >= MostDevices) continue;
                _heard[id] = heard = new Heard();
            }

            // A fact may be hours old, and says nothing of the clock.
            heard.Take(at, record is DecidedScan ? record.Scan.Timestamp - at : null);
        }
    }

    public void OnSettingsChanged(EventMailbox mailbox)
    {
    }
}

/// <summary>A device's last sign of life.</summary>
internal sealed class Heard
{
    private const long NotKnown = long.MinValue;

    private long _at;
    private long _drift = NotKnown;

    /// <summary>When its last scan came.</summary>
    public Instant At => new(Volatile.Read(ref _at));

    /// <summary>How far its clock was ahead of the server's at its last scan that was decided here; null = not known.</summary>
    public TimeSpan? Drift => Volatile.Read(ref _drift) is var ticks && ticks == NotKnown ? null : TimeSpan.FromTicks(ticks);

    public void Take(Instant at, TimeSpan? drift)
    {
        Volatile.Write(ref _at, at.Microseconds);
        if (drift is { } known) Volatile.Write(ref _drift, known.Ticks);
    }
}
