using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using Headcount.Core;
using Headcount.Engine;
using StackExchange.Redis;

namespace Headcount.Server.Fanout;

/// <summary>Keeps the hash <c>headcount:{event}:occupancy</c> up to date, ten times a second at the most; the newest state always arrives.</summary>
internal sealed class OccupancyHash(RedisLink link, FanoutState state, TimeProvider time) : IEventListener
{
    /// <summary>How often an event's figures are sent at the most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan OutageWait = TimeSpan.FromSeconds(1);
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ConcurrentDictionary<long, EventMailbox> _events = [];
    private readonly ConcurrentDictionary<long, bool> _changed = [];
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public static string KeyOf(string slug) => $"headcount:{slug}:occupancy";

    public void OnOpened(EventMailbox mailbox)
    {
        _events[mailbox.Settings.EventId] = mailbox;
        Mark(mailbox.Settings.EventId);
    }

    public void OnCommitted(EventMailbox mailbox, Commit commit) => Mark(mailbox.Settings.EventId);

    public void OnSettingsChanged(EventMailbox mailbox) => Mark(mailbox.Settings.EventId);

    /// <summary>Everything is sent anew: Redis may have forgotten it.</summary>
    public void MarkAll()
    {
        foreach (var eventId in _events.Keys) Mark(eventId);
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await _signal.Reader.ReadAsync(cancellation);
            var redis = await link.ConnectedAsync(cancellation);
            var isFine = true;
            foreach (var eventId in _changed.Keys)
            {
                // A change from here on marks it again.
                if (_changed.TryRemove(eventId, out _) && !await TrySendAsync(redis, eventId)) isFine = false;
            }

            await Task.Delay(isFine ? Interval : OutageWait, time, cancellation);
        }
    }

    private async Task<bool> TrySendAsync(IConnectionMultiplexer redis, long eventId)
    {
        try
        {
            var mailbox = _events[eventId];
            var picture = await mailbox.PictureAsync();
            await redis.GetDatabase().HashSetAsync(KeyOf(mailbox.Settings.Slug), Fields(mailbox.Settings, picture));
            state.Sent("figures");
            return true;
        }
        catch (EventClosedException)
        {
            return true;
        }
        catch (Exception problem) when (problem is RedisException or TimeoutException or LogUnavailableException or EventBusyException or ObjectDisposedException)
        {
            if (problem is not (LogUnavailableException or EventBusyException)) link.Report(problem);
            Mark(eventId);
            return false;
        }
    }

    private void Mark(long eventId)
    {
        _changed[eventId] = true;
        _signal.Writer.TryWrite(true);
    }

    private HashEntry[] Fields(EventSettings settings, Picture picture)
    {
        var figures = picture.Figures;
        return
        [
            new("occupancy", figures.Occupancy),
            new("capacity", figures.Capacity),
            new("theoretical", figures.Theoretical),
            new("entries", figures.Entries),
            new("exits", figures.Exits),
            new("first_entries", figures.FirstEntries),
            new("by_gate", JsonSerializer.Serialize(picture.Gates.ToDictionary(gate => gate.Key, gate => gate.Value.Occupancy), Json)),
            new("by_ticket_type", JsonSerializer.Serialize(picture.TicketTypes, Json)),
            new("seq", figures.Seq),
            new("at", settings.Zone.Format(time.GetUtcNow())),
        ];
    }
}
